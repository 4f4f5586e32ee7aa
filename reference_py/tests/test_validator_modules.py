"""One fault in modules, states or names gives exactly the finding of its rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracescript import ir
from tracescript.ir.constants import FLOAT, INT, scalar, tensor
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
B = ir.Symbol("B", 1)
X = ir.TensorType(F32, (B,))
W = ir.TensorType(F32, (2,))
TRUTH = ir.TensorType(ir.DataType.BOOL, ())
WEIGHT = tensor(np.ones(2, np.float32), F32)
STATE = ir.State("count", INT, scalar(0), "attribute")


def layer(**changes: object) -> ir.Function:
    """A function with an input, a bound weight and a state; `t` is a predicate in its body."""
    x, w, s, t = ir.Value(X, "x"), ir.Value(W, "w"), ir.Value(INT, "s"), ir.Value(TRUTH, "t")
    kinds = ("positional", "bound", "state")
    inputs = tuple(ir.Input(v.name, v.type, k) for v, k in zip((x, w, s), kinds, strict=True))
    nodes = (ir.Node("foreign", (x,), (t,), opset="com.example"),)
    outputs = (ir.Output("y", X), ir.Output("", INT))
    made = ir.Function("f", "traced", inputs, outputs, ir.Block((x, w, s), nodes, (x, s)))
    return replace(made, **changes)


def model(function: ir.Function | None = None, **root: object) -> ir.Model:
    method = ir.Method("forward", "f", exported=True, bound=(WEIGHT,), states=(STATE,))
    parts = {"methods": (method,), **root}
    return ir.Model("m", (function or layer(),), ir.Module("M", **parts))


def found(made: ir.Model) -> list[tuple[str, str]]:
    return [(f.code, f.rule) for f in findings(made)]


def method(**changes: object) -> ir.Model:
    return model(methods=(replace(model().root.methods[0], **changes),))


def test_the_model_without_a_fault_is_valid():
    assert found(model()) == []


@pytest.mark.parametrize(
    ("changes", "code", "rule"),
    [
        ({"function": "g"}, "BAD_MODULE", "GRAPH-12"),
        ({"bound": ()}, "BAD_MODULE", "GRAPH-12"),
        ({"bound": (scalar(1),)}, "BAD_CONSTANT", "GRAPH-13"),
        ({"bound": (tensor(np.ones(2), ir.DataType.FLOAT64),)}, "BAD_CONSTANT", "GRAPH-13"),
        ({"bound": (tensor(np.ones(3, np.float32), F32),)}, "BAD_CONSTANT", "GRAPH-13"),
        ({"states": ()}, "BAD_MODULE", "STATE-3"),
        ({"states": (ir.State("s", FLOAT, scalar(0.0)),)}, "BAD_TYPE", "STATE-3"),
        ({"name": ""}, "BAD_NAME", "GRAPH-23"),
        ({"name": "a.b"}, "BAD_NAME", "GRAPH-24"),
    ],
)
def test_a_method_with_one_fault_is_refused(changes, code, rule):
    assert found(method(**changes)) == [(code, rule)]


def test_a_state_bound_twice_is_refused():
    s, t = ir.Value(INT, "s"), ir.Value(INT, "t")
    made = ir.Function(
        "f",
        "authored",
        (ir.Input("s", INT, "state"), ir.Input("t", INT, "state")),
        (ir.Output("", INT), ir.Output("", INT)),
        ir.Block((s, t), (), (s, t)),
    )
    twice = ir.Method("forward", "f", exported=True, states=(STATE, STATE))

    assert found(model(made, methods=(twice,))) == [("BAD_MODULE", "STATE-3")]


@pytest.mark.parametrize(
    ("root", "code", "rule"),
    [
        ({"parameters": (ir.Parameter("p", scalar(1)),)}, "BAD_MODULE", "GRAPH-18"),
        ({"buffers": (ir.Buffer("b", None),)}, "BAD_MODULE", "GRAPH-18"),
        ({"attributes": (ir.ModuleAttribute("a", None),)}, "BAD_MODULE", "GRAPH-19"),
        (
            {
                "parameters": (ir.Parameter("p", WEIGHT.value),),
                "buffers": (ir.Buffer("p", WEIGHT.value),),
            },
            "BAD_NAME",
            "GRAPH-16",
        ),
        ({"parameters": (ir.Parameter("a.b", WEIGHT.value),)}, "BAD_NAME", "GRAPH-24"),
        ({"parameters": (ir.Parameter("a\0", WEIGHT.value),)}, "BAD_NAME", "GRAPH-23"),
        ({"parameters": (ir.Parameter("é" * 513, WEIGHT.value),)}, "BAD_NAME", "GRAPH-23"),
        ({"buffers": (ir.Buffer("b", ir.State("count", INT, scalar(0))),)}, "BAD_NAME", "STATE-1"),
        ({"buffers": (ir.Buffer("b", ir.State("b", INT, None)),)}, "BAD_CONSTANT", "STATE-2"),
        (
            {"buffers": (ir.Buffer("b", ir.State("b", INT, scalar(0.5))),)},
            "BAD_CONSTANT",
            "STATE-2",
        ),
        (
            {"buffers": (ir.Buffer("b", ir.State("b", INT, scalar(0), "random")),)},
            "BAD_TYPE",
            "STATE-4",
        ),
        (
            {"buffers": (ir.Buffer("b", ir.State("b", INT, scalar(0), "odd")),)},
            "BAD_ENUM",
            "STATE-5",
        ),
    ],
)
def test_a_module_with_one_fault_is_refused(root, code, rule):
    assert found(model(**root)) == [(code, rule)]


def test_a_module_that_contains_itself_is_refused():
    inner = ir.Module("Inner")
    made = model(submodules=(ir.Submodule("a", inner), ir.Submodule("b", inner)))
    assert found(made) == []

    object.__setattr__(inner, "submodules", (ir.Submodule("back", made.root),))
    (fault,) = findings(made)
    assert (fault.code, fault.rule, fault.where) == ("BAD_MODULE", "GRAPH-17", "root.a")


def test_a_model_without_a_root_is_refused():
    assert found(replace(model(), root=None)) == [("BAD_MODULE", "GRAPH-20")]


@pytest.mark.parametrize(
    ("metadata", "rules"),
    [
        ((("a", "1"), ("b", "")), []),
        ((("b", ""), ("a", "")), [("BAD_NAME", "GRAPH-25")]),
        ((("a", ""), ("a", "")), [("BAD_NAME", "GRAPH-25")]),
    ],
)
def test_metadata_keys_are_sorted_and_different(metadata, rules):
    assert found(replace(model(), metadata=metadata)) == rules


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a\\b", "c:x", "http://x", "..", ".", "a\0", "", "a/b"]
)
def test_an_extra_file_that_is_a_path_is_refused(name):
    assert found(replace(model(), extra_files=(ir.ExtraFile(name, b""),))) == [
        ("BAD_NAME", "GRAPH-26")
    ]


def test_two_extra_files_of_one_name_are_refused():
    files = (ir.ExtraFile("labels.txt", b"a"), ir.ExtraFile("labels.txt", b"b"))
    assert found(replace(model(), extra_files=files[:1])) == []

    assert found(replace(model(), extra_files=files)) == [("BAD_NAME", "GRAPH-26")]


@pytest.mark.parametrize(
    "kind",
    [
        ir.StructType("", (("x", INT),)),
        ir.StructType("P", (("a\n", INT),)),
        ir.TensorType(F32, (ir.Symbol("\x9f"),)),
        ir.TensorType(F32, (ir.Symbol("\ud800"),)),
    ],
)
def test_names_inside_types_are_checked(kind):
    value = ir.Value(kind, "x")
    made = ir.Function("f", "authored", (ir.Input("x", kind),), (), ir.Block((value,), (), ()))

    assert found(model(made, methods=())) == [("BAD_NAME", "GRAPH-23")]
