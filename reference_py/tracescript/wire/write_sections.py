"""Fills the sections beside the program: code, examples, extra files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.opset.dtypes import in_set
from tracescript.v1 import code_pb2, error_pb2, example_pb2, file_pb2
from tracescript.wire import scan
from tracescript.wire.bundles import BundleWriter
from tracescript.wire.enums import DATA_TYPES
from tracescript.wire.faults import fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.graph import Function
    from tracescript.ir.model import CodeUnit, ExampleCall, ExpectedValue, Model
    from tracescript.wire.write_model import Written


def write_code(units: Sequence[CodeUnit], written: Written) -> code_pb2.Code | None:
    """Return the code section, or None without units. Spec: CONTAINER-28."""
    if not units:
        return None
    code = code_pb2.Code(language_major=scan.LANGUAGE[0], language_minor=scan.LANGUAGE[1])
    index = {function.name: i for i, function in enumerate(written.functions, 1)}
    for unit in sorted(units, key=lambda u: u.name):
        entry = code.units.add(name=unit.name, text=unit.text)
        for name, begin, end in sorted(unit.spans, key=lambda span: span[1:]):
            if name in index:
                entry.spans.add(function=index[name], begin=begin, end=end)
    return code


def write_extra_files(model: Model) -> file_pb2.ExtraFiles | None:
    """Return the extra files, sorted by name, or None if there are none."""
    if not model.extra_files:
        return None
    section = file_pb2.ExtraFiles()
    for extra in sorted(model.extra_files, key=lambda f: f.name):
        section.files.add(name=extra.name, content=extra.content, media_type=extra.media_type)
    return section


def write_examples(model: Model) -> example_pb2.Examples | None:
    """Return the examples, or None if there are none.

    Raises:
        InvalidModelError: BAD_EXAMPLE, CONTAINER-24.
    """
    if not model.examples:
        return None
    section = example_pb2.Examples()
    for example in model.examples:
        entry = section.examples.add(name=example.name)
        for call in example.calls:
            _write_call(call, entry.calls.add(), find_function(model, call.method))
    return section


def find_function(model: Model, path: str) -> Function | None:
    """Return the function behind a method's dotted path, or None."""
    *parents, name = path.split(".")
    module = model.root
    for parent in parents:
        child = module.child(parent)
        if child is None:
            return None
        module = child
    method = module.method(name)
    return None if method is None else model.by_name.get(method.function)


def _write_call(
    call: ExampleCall, entry: example_pb2.ExampleCall, function: Function | None
) -> None:
    entry.method = call.method
    inputs = function.inputs if function else ()
    by_name = {item.name: item.type for item in inputs}
    writer = BundleWriter(entry.inputs, "BAD_EXAMPLE")
    for i, (name, value) in enumerate(call.inputs):
        positional = inputs[i].type if i < len(inputs) else None
        writer.item(name, value, by_name.get(name, positional))
    if call.error:
        code: Any = error_pb2.ErrorCode.Value(f"ERROR_CODE_{call.error}")
        entry.error = code
        return
    _write_expected(call.outputs, entry.expected, function)


def _write_expected(
    outputs: Sequence[ExpectedValue], expected: example_pb2.Expected, function: Function | None
) -> None:
    """Write the values, then bounds and alternatives behind them."""
    writer = BundleWriter(expected.outputs, "BAD_EXAMPLE")
    types = [output.type for output in function.outputs] if function else []
    known = [*types, *[None] * len(outputs)]
    indices = [writer.item("", o.value, t) for o, t in zip(outputs, known, strict=False)]
    for index, output in zip(indices, outputs, strict=True):
        _Checks(writer, expected, output.zero_sign).write(index, output.bound, output.alternatives)


class _Checks:
    """Writes the checks of one expected value, element by element."""

    def __init__(
        self, writer: BundleWriter, expected: example_pb2.Expected, zero_sign: bool
    ) -> None:
        self._writer = writer
        self._expected = expected
        self._zero_sign = zero_sign

    def write(self, index: int, bound: Any, alternatives: Sequence[Any] = ()) -> None:
        entry = self._writer.bundle.table[index]
        kind = entry.WhichOneof("kind")
        if kind in {"list", "tuple", "dict", "struct"}:
            if alternatives:
                what = f"found alternatives of a {kind}, expected them of a tensor or number"
                raise fault("BAD_EXAMPLE", what, f"outputs.table[{index}]", "CONTAINER-24")
            self._write_children(entry, kind, bound)
            return
        is_inexact = _is_inexact(entry, kind)
        bound = bound if is_inexact else None
        zero_sign = self._zero_sign and is_inexact
        if bound is None and not alternatives and not zero_sign:
            return
        check = self._expected.checks.add(data=index, zero_sign=zero_sign)
        if bound is not None:
            check.bound = self._writer.add(np.asarray(bound, np.float64))
        check.alternatives.extend(self._writer.add(other) for other in alternatives)

    def _write_children(self, entry: Any, kind: str, bound: Any) -> None:
        children = entry.struct.fields if kind == "struct" else getattr(entry, kind).items
        children = children[1::2] if kind == "dict" else children
        bounds = bound if isinstance(bound, tuple) else (bound,) * len(children)
        if len(bounds) != len(children):
            what = f"found {len(bounds)} bounds, expected {len(children)}, one for each element"
            raise fault("BAD_EXAMPLE", what, "outputs", "CONTAINER-24")
        for child, child_bound in zip(children, bounds, strict=True):
            self.write(child, child_bound)


def _is_inexact(entry: Any, kind: str) -> bool:
    """Tell whether an entry has elements that a bound or the sign of zero can be about."""
    if kind != "tensor":
        return kind in {"float_value", "complex_value"}
    return in_set(DATA_TYPES[entry.tensor.data_type], "inexact")
