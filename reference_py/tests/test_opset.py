"""Every op of the opset against its own file: kernels, examples, names, texts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.op_examples import Example, Literal, examples
from tracescript import ir
from tracescript.errors import CLASSES, InvalidModelError, TrapError
from tracescript.kernels import KERNELS
from tracescript.opset import attributes, dtypes, names
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.shape_rules import RULES
from tracescript.opset.table import opset
from tracescript.opset.value_rules import VALUE_RULES

ENGINES_RUN = {"if", "loop", "call", "struct.get"}
OPS = [op.name for op in opset()]


@pytest.mark.parametrize("name", OPS)
def test_a_primitive_has_a_kernel_and_a_composite_a_decomposition(name):
    op = opset()[name]

    assert op.is_composite == bool(op.decomposition)
    assert op.is_composite or name in ENGINES_RUN or name in KERNELS


@pytest.mark.parametrize("name", OPS)
def test_an_op_names_a_known_shape_rule(name):
    rule = opset()[name].shape_rule

    assert rule in RULES or rule in VALUE_RULES or rule in {"blocks", "derived"}


@pytest.mark.parametrize("name", OPS)
def test_every_error_of_an_op_is_one_that_a_call_may_have(name):
    op = opset()[name]

    assert {CLASSES[code] for _, code in op.errors} <= {TrapError}


def operand(builder: Builder, literal: Literal | None):
    if literal is None:
        return None
    if isinstance(literal.type, ir.TensorType):
        return ir.Value(literal.type)
    if literal.value is None or isinstance(literal.value, bool | int | float | str | ir.DataType):
        return builder.constant(literal.value, literal.type)
    if isinstance(literal.type, ir.ListType) and isinstance(literal.type.element, ir.ScalarType):
        return builder.constant(literal.value, literal.type)
    if isinstance(literal.type, ir.ListType) and any(
        isinstance(v, np.ndarray) for v in literal.value
    ):
        items = [tensor_or_none(builder, v) for v in literal.value]
        return builder.call("list.make", items)[0]
    return ir.Value(literal.type)


def tensor_or_none(builder: Builder, value):
    if value is None:
        return builder.constant(None)
    return ir.Value(ir.TensorType(dtypes.of_numpy(value.dtype), value.shape))


def typed(op, example: Example):
    builder = Builder(Typing())
    inputs = [operand(builder, i) for i in example.inputs]
    return builder.typing.results(op, inputs, example.attributes)


def kernel_result(op, example: Example):
    given = attributes.complete(op, example.attributes)
    plain = {k: dtypes.numpy_of(v) if isinstance(v, ir.DataType) else v for k, v in given.items()}
    inputs = [None if i is None else i.value for i in example.inputs]
    with np.errstate(all="ignore"):
        return KERNELS.get(op.name)(*inputs, **plain)


def same(found, expected: Literal, ulps: float) -> bool:
    want = expected.value
    if isinstance(want, np.ndarray):
        return _close(np.asarray(found), want, expected.bounds, ulps)
    if isinstance(want, float) and isinstance(found, float):
        return (
            math.isnan(found)
            if math.isnan(want)
            else _float_close(found, want, expected.bounds, ulps)
        )
    if isinstance(want, list | tuple):
        return (
            len(found) == len(want)
            and type(found) is type(want)
            and all(
                same(f, Literal("", expected.type, w, ()), ulps)
                for f, w in zip(found, want, strict=True)
            )
        )
    return type(found) is type(want) and found == want and repr(found) == repr(want)


def _float_close(found: float, want: float, bounds: tuple[float, ...], ulps: float) -> bool:
    bound = bounds[0] if bounds else ulps * math.ulp(want)
    if found == want:
        return math.copysign(1, found) == math.copysign(1, want)
    return abs(found - want) <= bound


def _close(found: np.ndarray, want: np.ndarray, bounds: tuple[float, ...], ulps: float) -> bool:
    if found.dtype != want.dtype or found.shape != want.shape:
        return False
    wide = np.complex128 if found.dtype.kind == "c" else np.float64
    if found.dtype.kind in "biu":
        return bool((found == want).all())
    f, w = found.astype(wide), want.astype(wide)
    with np.errstate(all="ignore"):
        near = want.real if want.dtype.kind == "c" else want
        spacing = np.abs(np.spacing(near)).astype(np.float64)
        bound = np.resize(np.array(bounds), w.shape) if bounds else ulps * np.nan_to_num(spacing)
        return bool(((f == w) | (np.isnan(f) & np.isnan(w)) | (np.abs(f - w) <= bound)).all())


def ulps_of(op) -> float:
    message = opset().message(op.name)
    declared = max((t.ulps for t in message.tolerances), default=0.0)
    return 0.0 if op.numeric in {"exact", "rounded"} else max(declared, 4.0)


CASES = [
    pytest.param(op, example, id=f"{op.name}: {example.title}")
    for op in opset()
    for example in examples(op, opset().message(op.name))
]


@pytest.mark.parametrize(("op", "example"), [c for c in CASES if not c.values[1].error])
def test_an_example_types_as_it_says(op, example):
    types = typed(op, example)

    for found, expected in zip(types, example.outputs, strict=True):
        from tracescript.opset.relations import compatible

        assert compatible(found, expected.type)


@pytest.mark.parametrize(
    ("op", "example"),
    [c for c in CASES if not c.values[1].error and c.values[0].name in KERNELS],
)
def test_a_kernel_gives_what_the_example_says(op, example):
    result = kernel_result(op, example)

    results = result if len(op.outputs) != 1 or op.outputs[0].variadic else (result,)
    if op.outputs and op.outputs[0].variadic and len(example.outputs) == 1:
        results = (result,)
    for found, expected in zip(results, example.outputs, strict=True):
        assert same(found, expected, ulps_of(op)), (found, expected.value)


@pytest.mark.parametrize(
    ("op", "example"), [c for c in CASES if c.values[1].error.startswith("BAD_")]
)
def test_an_invalid_example_is_refused_with_the_constraint_it_shows(op, example):
    with pytest.raises(InvalidModelError) as caught:
        typed(op, example)

    assert caught.value.code == example.error
    assert not example.shows or caught.value.rule == f"OP.{op.name}.{example.shows}"


@pytest.mark.parametrize(
    ("op", "example"),
    [
        c
        for c in CASES
        if c.values[1].error
        and not c.values[1].error.startswith("BAD_")
        and c.values[0].name in KERNELS
    ],
)
def test_an_error_example_stops_the_kernel_with_its_code(op, example):
    with pytest.raises(TrapError) as caught:
        kernel_result(op, example)

    assert caught.value.code == example.error
    assert example.error in {code for _, code in op.errors}


@pytest.mark.parametrize("name", [op.name for op in opset() if op.profile == "control"])
def test_every_error_condition_of_a_control_op_is_shown(name):
    op = opset()[name]
    shown = {e.shows for e in examples(op, opset().message(name))}

    static = {"E1"} if name == "size" else set()
    ragged = {"E1"} if name == "to_tensor" else set()
    large = {"E2"} if name == "round_half_even" else set()
    overflow = {"E2"} if name == "num.cast" else set()
    missing = {i for i, _ in op.errors} - shown - static - ragged - large - overflow

    assert missing == set()


def test_each_name_means_one_op_unless_a_condition_tells_them_apart():
    for table in (names.torch_names(), names.numpy_names(), names.python_names()):
        for name, ops in table.items():
            whens = [n.when for _, n in ops]
            assert len(set(whens)) == len(whens), name


def test_a_condition_chooses_the_op_of_a_shared_name():
    a = ir.Value(ir.ScalarType(ir.ScalarKind.INT))
    found = [
        op.name
        for op, n in names.python_names()["operator.add"]
        if names.applies(n, {"a": a, "b": a})
    ]

    assert found == ["int.add"]
