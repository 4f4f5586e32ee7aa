"""Reads the compiled opset and answers questions about ops. The meaning of a call is in `calls`."""

from __future__ import annotations

import ast
import functools
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.v1 import error_pb2, opdef_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIRED: Final = object()
"""The default of an attribute that has none."""


@dataclass(frozen=True, slots=True)
class InputDef:
    """An input: a value that may be computed while the model runs.

    `kind` is `tensor bool int float str list tuple dict struct any`; `type` a data type, a set of
    data types or a type variable; a variadic input is the last one and takes zero or more values.
    """

    name: str
    kind: str
    type: str
    optional: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class AttributeDef:
    """An attribute: known before the call.

    `kind` is `bool int float str ints floats data_type type function constant`; `default` is
    REQUIRED where there is none.
    """

    name: str
    kind: str
    default: Any
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputDef:
    """A result, described like an input."""

    name: str
    kind: str
    type: str
    variadic: bool


@dataclass(frozen=True, slots=True)
class PythonName:
    """A torch, numpy or Python callable that means an op.

    `arguments` are our names in the order of the Python signature, empty where it is ours;
    `when` is a condition over them; `in_place` results go back into the first argument.
    """

    name: str
    arguments: tuple[str, ...]
    when: str
    in_place: bool


@dataclass(frozen=True, slots=True)
class OpDef:
    """One op of the opset; fields as in opdef.proto."""

    name: str
    since: str
    profile: str
    is_composite: bool
    effect: str
    summary: str
    inputs: tuple[InputDef, ...]
    attributes: tuple[AttributeDef, ...]
    outputs: tuple[OutputDef, ...]
    blocks: tuple[str, ...]
    constraints: tuple[tuple[str, str, str], ...]
    shape_rule: str
    shape_arguments: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]
    numeric: str
    decomposition: str
    torch: tuple[PythonName, ...]
    numpy: tuple[PythonName, ...]
    python: tuple[PythonName, ...]
    variables: tuple[tuple[str, str], ...]
    promotion: str
    code: str
    elements: str

    def attribute(self, name: str) -> AttributeDef | None:
        """Return the attribute of this name, or None."""
        return next((a for a in self.attributes if a.name == name), None)


def _enum(enum: Any, prefix: str, number: int) -> str:
    return str(enum.Name(number)).removeprefix(prefix).lower()


def _default(a: opdef_pb2.AttributeDef) -> Any:
    """Read a default as the code language writes it; a data type stays its name."""
    if not a.HasField("default"):
        return REQUIRED
    text = a.default
    if text in {"inf", "-inf", "nan"}:
        return float(text)
    return text if a.kind == opdef_pb2.ATTRIBUTE_KIND_DATA_TYPE else ast.literal_eval(text)


def _names(names: Any) -> tuple[PythonName, ...]:
    return tuple(PythonName(n.name, tuple(n.arguments), n.when, n.in_place) for n in names)


def _op(op: opdef_pb2.OpDef) -> OpDef:
    def kind(number: int) -> str:
        return _enum(opdef_pb2.ValueKind, "VALUE_KIND_", number)

    return OpDef(
        name=op.name,
        since=op.since,
        profile=op.profile,
        is_composite=op.tier == opdef_pb2.TIER_COMPOSITE,
        effect=_enum(opdef_pb2.Effect, "EFFECT_", op.effect),
        summary=op.summary,
        inputs=tuple(
            InputDef(i.name, kind(i.kind), i.type, i.optional, i.variadic) for i in op.inputs
        ),
        attributes=tuple(
            AttributeDef(
                a.name,
                _enum(opdef_pb2.AttributeKind, "ATTRIBUTE_KIND_", a.kind),
                _default(a),
                tuple(a.choices),
            )
            for a in op.attributes
        ),
        outputs=tuple(OutputDef(o.name, kind(o.kind), o.type, o.variadic) for o in op.outputs),
        blocks=tuple(b.name for b in op.blocks),
        constraints=tuple((c.id, c.text, c.predicate) for c in op.constraints),
        shape_rule=op.shape.rule,
        shape_arguments=tuple(op.shape.arguments),
        errors=tuple(
            (e.id, _enum(error_pb2.ErrorCode, "ERROR_CODE_", e.code).upper()) for e in op.errors
        ),
        numeric=_enum(opdef_pb2.NumericClass, "NUMERIC_CLASS_", op.numeric),
        decomposition=op.decomposition,
        torch=_names(op.torch),
        numpy=_names(op.numpy),
        python=_names(op.python),
        variables=tuple((v.name, v.set) for v in op.variables),
        promotion=_enum(opdef_pb2.Promotion, "PROMOTION_", op.promotion),
        code=op.code,
        elements=op.elements,
    )


class Opset:
    """All ops of one opset version, looked up by name; converted on first use."""

    def __init__(self, message: opdef_pb2.OpsetDef) -> None:
        self.name: str = message.name
        self.major: int = message.major
        self.minor: int = message.minor
        self._messages = {op.name: op for op in message.ops}
        self._ops: dict[str, OpDef] = {}

    def get(self, name: str) -> OpDef | None:
        """Return the op of this name, or None."""
        if name not in self._ops:
            if name not in self._messages:
                return None
            self._ops[name] = _op(self._messages[name])
        return self._ops[name]

    def __getitem__(self, name: str) -> OpDef:
        op = self.get(name)
        if op is None:
            raise KeyError(name)
        return op

    def __contains__(self, name: str) -> bool:
        return name in self._messages

    def __iter__(self) -> Iterator[OpDef]:
        return (self[name] for name in self._messages)

    def message(self, name: str) -> opdef_pb2.OpDef:
        """Return the whole definition, with examples and prose."""
        return self._messages[name]


@functools.cache
def opset() -> Opset:
    """Return TraceScript's own opset, as compiled into the package."""
    data = pkgutil.get_data("tracescript.opset", "opset.binpb")
    assert data is not None
    return Opset(opdef_pb2.OpsetDef.FromString(data))
