"""Writes what an op file says as a page of Markdown, for the reference and for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.v1 import error_pb2, opdef_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper


def lower(enum: EnumTypeWrapper, number: int) -> str:
    """Return the name of an entry of an enum, without the prefix that all its entries share."""
    prefix = str(enum.DESCRIPTOR.values[0].name).removesuffix("UNSPECIFIED")
    return str(enum.Name(number)).removeprefix(prefix).lower()


def page(op: opdef_pb2.OpDef) -> str:
    """Return all that is said about an op."""
    tier = lower(opdef_pb2.Tier, op.tier)
    parts = [
        f"# {op.name}\n",
        f"{op.summary}\n",
        f"`{_signature(op)}`\n",
        f"Profile `{op.profile}`, {tier}, since {op.since}.\n",
        f"## Meaning\n\n{op.semantics.strip()}\n",
        *_parameters(op),
        *_conditions(op),
        f"Shape rule: {_shape(op)}. Numeric class: {_numeric(op)}.\n",
        *_code(op),
        *_names(op),
        *_examples(op),
    ]
    if op.notes:
        parts.append(f"## Notes\n\n{op.notes.strip()}\n")
    return "\n".join(parts)


def _signature(op: opdef_pb2.OpDef) -> str:
    inputs = ", ".join(
        f"{'*' if i.variadic else ''}{i.name}{'?' if i.optional else ''}: {_kind(i)}"
        for i in op.inputs
    )
    attributes = ", ".join(
        f"{a.name}: {lower(opdef_pb2.AttributeKind, a.kind)}"
        + (f" = {a.default}" if a.HasField("default") else "")
        for a in op.attributes
    )
    outputs = ", ".join(f"{'*' if o.variadic else ''}{o.name}: {_kind(o)}" for o in op.outputs)
    arguments = "; ".join(filter(None, (inputs, attributes)))
    return f"{op.name}({arguments}) -> {outputs or 'nothing'}"


def _kind(value: opdef_pb2.InputDef | opdef_pb2.OutputDef) -> str:
    kind = lower(opdef_pb2.ValueKind, value.kind)
    return f"{kind}[{value.type}]" if value.type else kind


def _parameters(op: opdef_pb2.OpDef) -> Iterator[str]:
    documented = [(i.name, i.doc) for i in op.inputs]
    documented += [(a.name, a.doc) for a in op.attributes]
    documented += [(o.name, o.doc) for o in op.outputs]
    documented += [(b.name, b.doc) for b in op.blocks]
    lines = [f"* `{name}`: {doc}" for name, doc in documented if doc]
    lines += [f"* `{v.name}` is one type of the set `{v.set}`." for v in op.variables]
    lines += [
        f"* `{a.name}` is one of {', '.join(f'`{c}`' for c in a.choices)}."
        for a in op.attributes
        if a.choices
    ]
    if lines:
        yield "\n".join(lines) + "\n"


def _conditions(op: opdef_pb2.OpDef) -> Iterator[str]:
    if op.constraints:
        yield "## Constraints\n"
        yield (
            "\n".join(
                f"* OP.{op.name}.{c.id}: {c.text}" + (f" `{c.predicate}`" if c.predicate else "")
                for c in op.constraints
            )
            + "\n"
        )
    if op.errors:
        yield "## Errors while running\n"
        yield (
            "\n".join(
                f"* {e.id}, {lower(error_pb2.ErrorCode, e.code).upper()}: {e.text}"
                for e in op.errors
            )
            + "\n"
        )


def _shape(op: opdef_pb2.OpDef) -> str:
    found = f"`{op.shape.rule}({', '.join(op.shape.arguments)})`"
    return found + (f", `{op.elements}` elements" if op.elements else "")


def _numeric(op: opdef_pb2.OpDef) -> str:
    name = lower(opdef_pb2.NumericClass, op.numeric)
    return f"`{name}`" + "".join(map(_tolerance, op.tolerances))


def _tolerance(t: opdef_pb2.Tolerance) -> str:
    bounds = [f"{t.ulps:g} ulps"] if t.ulps else []
    bounds += [t.absolute] if t.absolute else []
    kind = f"{t.type}: " if t.type else ""
    return f"; {kind}{' + '.join(bounds)}{f' ({t.why})' if t.why else ''}"


def _code(op: opdef_pb2.OpDef) -> Iterator[str]:
    if op.code:
        yield f"## In the code language\n\n```\n{op.code.strip()}\n```\n"
    if op.decomposition:
        yield f"## Decomposition\n\n```python\n{op.decomposition.strip()}\n```\n"


def _names(op: opdef_pb2.OpDef) -> Iterator[str]:
    names = [
        n.name + (f" when `{n.when}`" if n.when else "") for n in (*op.torch, *op.numpy, *op.python)
    ]
    if op.onnx:
        names.append(f"ONNX {op.onnx}")
    if names:
        yield "## Also known as\n\n" + "\n".join(f"* {name}" for name in names) + "\n"


def _examples(op: opdef_pb2.OpDef) -> Iterator[str]:
    if op.examples:
        yield "## Examples\n"
    for example in op.examples:
        given = [_literal(i) for i in example.inputs]
        given += [f"{a.name} = {a.text}" for a in example.attributes]
        if example.HasField("error"):
            result = lower(error_pb2.ErrorCode, example.error).upper()
        else:
            result = ", ".join(_literal(o) for o in example.outputs) or "nothing"
        told = ", ".join((example.source, *example.rules))
        yield f"* {example.title}: {', '.join(given)} gives {result} ({told})"
    if op.examples:
        yield ""


def _literal(value: opdef_pb2.NamedLiteral) -> str:
    shape = f"[{', '.join(map(str, value.shape))}]" if value.shape else ""
    return f"{value.name} = {value.type}{shape} `{' '.join(value.values)}`"
