"""What the tests of `wire` share: random models, a way to compare two, edits of files."""

from __future__ import annotations

import math
import struct
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tools import sample_models
from tracescript import ir
from tracescript.ir import constants as c
from tracescript.ir.types import DataType

F32 = DataType.FLOAT32
SCALAR_TENSOR = ir.TensorType(F32, ())


class _Description:
    """Turns a model into nested tuples: objects compared by identity become numbers."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def of(self, item: Any) -> Any:
        if isinstance(item, ir.Value) and item.constant is not None:
            return "constant", self.of(item.type), self.of(item.constant)
        if isinstance(item, ir.Weight):
            return "weight", item.data_type, item.shape, item.array.tobytes()
        if isinstance(item, ir.UnionType):
            return "union", sorted(map(repr, map(self.of, item.members)))
        if isinstance(item, (ir.Value, ir.Module, ir.State)):
            if id(item) in self._numbers:
                return "seen", self._numbers[id(item)]
            self._numbers[id(item)] = len(self._numbers)
        if is_dataclass(item):
            names = [f.name for f in fields(item) if f.name != "by_name"]
            return type(item).__name__, *[self.of(getattr(item, name)) for name in names]
        if isinstance(item, (tuple, list)):
            return type(item).__name__, *map(self.of, item)
        if isinstance(item, dict):
            return "dict", *[(self.of(k), self.of(v)) for k, v in item.items()]
        if isinstance(item, (np.ndarray, np.generic)):
            return str(item.dtype), item.shape, item.tobytes()
        if isinstance(item, float):
            return "float", struct.pack("<d", item)
        return type(item).__name__, item


def describe(model: Any) -> Any:
    """What two models must agree in: everything but the identity of objects."""
    return _Description().of(model)


names = st.text("abcxyz_", min_size=1, max_size=4)
symbols = st.sampled_from([ir.Symbol("n"), ir.Symbol("m", 2, 9), ir.Symbol("k", 1)])
dims = st.recursive(
    st.one_of(symbols, st.integers(0, 5)),
    lambda inner: st.builds(
        ir.DimExpr, st.sampled_from(["+", "*", "//", "%", "min"]), st.tuples(inner, inner)
    ),
    max_leaves=4,
)
extents = st.one_of(st.none(), st.integers(0, 2**40), symbols, dims)
tensor_types = st.builds(
    ir.TensorType,
    st.sampled_from(DataType),
    st.one_of(st.none(), st.lists(extents, max_size=3).map(tuple)),
)
scalar_types = st.sampled_from([c.BOOL, c.INT, c.FLOAT, c.STR, c.DATA_TYPE, c.NONE])
types = st.recursive(
    st.one_of(tensor_types, scalar_types),
    lambda inner: st.one_of(
        st.builds(ir.ListType, inner),
        st.builds(ir.OptionalType, inner),
        st.builds(ir.DictType, st.sampled_from([c.INT, c.STR, c.BOOL]), inner),
        st.builds(ir.TupleType, st.lists(inner, max_size=3).map(tuple)),
        st.builds(ir.StructType, names, st.lists(st.tuples(names, inner), max_size=2).map(tuple)),
    ),
    max_leaves=4,
)
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    c.BOOL: st.booleans(),
    c.INT: st.integers(-(2**63), 2**63 - 1),
    c.FLOAT: st.floats().map(lambda x: float("nan") if math.isnan(x) else x),
    c.STR: st.text(max_size=5),
    c.DATA_TYPE: st.sampled_from(DataType),
    c.NONE: st.none(),
}
native_types = st.sampled_from(
    [DataType.FLOAT32, DataType.BOOL, DataType.INT64, DataType.BFLOAT16, DataType.INT4]
)


@st.composite
def weights(draw: st.DrawFn) -> ir.Weight:
    from tracescript.opset.dtypes import numpy_of

    shape = draw(st.lists(st.integers(0, 3), max_size=3).map(tuple))
    data_type = draw(native_types)
    values = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape) % 2
    return c.weight(values.astype(numpy_of(data_type)), data_type)


@st.composite
def constants(draw: st.DrawFn) -> ir.Constant:
    kind = draw(st.sampled_from(["scalar", "list", "tuple", "dict", "tensor", "optional"]))
    element = draw(scalar_types)
    value = _SCALARS[element]
    if kind == "scalar":
        return ir.Constant(element, draw(value))
    if kind == "optional":
        return ir.Constant(ir.OptionalType(element), draw(st.one_of(st.none(), value)))
    if kind == "tensor":
        weight = draw(weights())
        return ir.Constant(ir.TensorType(weight.data_type, weight.shape), weight)
    if kind == "dict":
        form = ir.DictType(c.INT, element)
        keys = draw(st.lists(st.integers(0, 99), max_size=3, unique=True))
        return ir.Constant(form, tuple((k, ir.Constant(element, draw(value))) for k in keys))
    items = draw(st.lists(value, max_size=3))
    plain = element in {c.BOOL, c.INT, c.FLOAT} and (kind == "list" or bool(items))
    made = tuple(items if plain else [ir.Constant(element, item) for item in items])
    form = ir.ListType(element) if kind == "list" else ir.TupleType((element,) * len(items))
    return ir.Constant(form, made)


places = st.builds(
    ir.Place,
    st.sampled_from(["a.py", "b.py"]),
    st.integers(1, 9),
    st.integers(0, 9),
    scope=names,
    inlined_at=st.one_of(st.none(), st.builds(ir.Place, st.just("c.py"), st.integers(1, 3))),
)


@st.composite
def blocks(draw: st.DrawFn, outer: tuple[ir.Value, ...] = (), depth: int = 2) -> ir.Block:
    """A block whose nodes use values that are visible there, with blocks of their own."""
    params = tuple(ir.Value(t, draw(names)) for t in draw(st.lists(types, max_size=2)))
    visible = list(outer + params)
    nodes = []
    for _ in range(draw(st.integers(0, 3))):
        literal = draw(st.one_of(st.none(), constants()))
        inputs: list[ir.Value | None] = [draw(st.sampled_from([None, *visible]))]
        if literal is not None:
            inputs.append(ir.Value(literal.type, "", literal))
        inner = draw(st.lists(blocks(tuple(visible), depth - 1), max_size=2)) if depth else []
        attributes: list[Any] = draw(
            st.lists(st.tuples(names, st.one_of(types, constants())), max_size=2)
        )
        outputs = tuple(ir.Value(t, draw(names)) for t in draw(st.lists(types, max_size=2)))
        op = draw(st.sampled_from(["add", "if", "loop", "neg", "sum"]))
        place = draw(st.one_of(st.none(), places))
        nodes.append(ir.Node(op, tuple(inputs), outputs, tuple(attributes), tuple(inner), place))
        visible += outputs
    results = tuple(draw(st.lists(st.sampled_from(visible), max_size=2))) if visible else ()
    return ir.Block(params, tuple(nodes), results)


@st.composite
def functions(draw: st.DrawFn, name: str, callees: tuple[str, ...]) -> ir.Function:
    body = draw(blocks())
    calls = [ir.Node("call", (), (), (("function", ir.FunctionRef(n)),)) for n in callees]
    body = ir.Block(body.params, (*body.nodes, *calls), body.results)
    seen = [value for node in body.nodes for value in node.outputs]
    decisions = []
    for value in seen[:2]:
        debug = draw(st.one_of(st.none(), st.builds(ir.GuardDebug, places, names, st.just("if"))))
        decisions.append(ir.TraceDecision("branch", value, draw(constants()), debug))
    guards = [ir.ShapeGuard(a, "<=", 7, "comparison") for a in draw(st.lists(dims, max_size=2))]
    return sample_models.function_of(
        name, body, decisions=tuple(decisions), shape_guards=tuple(guards)
    )


@st.composite
def models(draw: st.DrawFn) -> ir.Model:
    """A model with one to three functions, shared modules, states and tied weights."""
    made: list[ir.Function] = []
    for i in range(draw(st.integers(1, 3))):
        made.append(draw(functions(f"f{i}", tuple(f.name for f in made))))
    weight = draw(weights())
    initial = draw(constants())
    state = ir.State("s", initial.type, initial)
    leaf = ir.Module(
        "Leaf",
        parameters=(ir.Parameter("w", weight), ir.Parameter("tied", weight, trainable=False)),
        buffers=(ir.Buffer("b", state), ir.Buffer("c", draw(weights()), persistent=False)),
        attributes=(ir.ModuleAttribute("d", draw(constants())),),
        methods=(ir.Method("forward", made[-1].name, True, (draw(constants()),), (state,)),),
    )
    middle = ir.Module("Middle", submodules=(ir.Submodule("leaf", leaf),))
    children = (ir.Submodule("x", leaf), ir.Submodule("middle", middle), ir.Submodule("y", leaf))
    return sample_models.module_model(ir.Module("Root", submodules=children, training=True), *made)
