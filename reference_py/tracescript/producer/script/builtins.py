"""Python's builtins, `math` and TraceScript's own marks, as scripts know them."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.comprehensions import quantifier
from tracescript.producer.script.containers import copied, sorted_list
from tracescript.producer.script.core import is_none, is_scalar, is_tensor
from tracescript.producer.script.entries import (
    Closure,
    Empty,
    Items,
    Known,
    MethodOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.flow import branch
from tracescript.producer.script.iteration import (
    as_list,
    as_tuple,
    backwards,
    enumerated,
    range_series,
    series_of,
    zipped,
)
from tracescript.producer.script.operators import (
    NUMBERS,
    binary,
    compare,
    fold,
    scalar_kind,
    to_number,
    truth,
)
from tracescript.producer.script.promote import emit_op
from tracescript.producer.script.text import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry

    Builtin = Callable[[Emitter, ast.Call], Entry]

BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Register the compiler of a call of a builtin."""

    def register(function: Builtin) -> Builtin:
        BUILTINS.update(dict.fromkeys(names, function))
        return function

    return register


def _args(e: Emitter, node: ast.Call, low: int, high: int, *names: str) -> list[Entry]:
    """Compile positional arguments, and keyword ones under `names` into the places after them."""
    from tracescript.producer.script.calls import arguments

    args, kwargs = arguments(e, node)
    for name in names[max(0, len(args) - low) :]:
        if name in kwargs:
            args.append(kwargs.pop(name))
    if kwargs or not low <= len(args) <= high:
        shown = ast.unparse(node.func)
        raise e.error(
            node,
            f"{shown}() takes {low} to {high} arguments here",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return args


# ---------------------------------------------------------------------- running over things
@builtin("builtins.range")
def range_(e: Emitter, node: ast.Call) -> Entry:
    """`range`."""
    return range_series(e, _args(e, node, 1, 3))


@builtin("builtins.enumerate")
def enumerate_(e: Emitter, node: ast.Call) -> Entry:
    """`enumerate`."""
    args = _args(e, node, 1, 2, "start")
    return enumerated(e, series_of(e, args[0]), args[1] if len(args) > 1 else e.constant(0))


@builtin("builtins.zip")
def zip_(e: Emitter, node: ast.Call) -> Entry:
    """`zip`."""
    return zipped(e, [series_of(e, a) for a in _args(e, node, 1, 16)])


@builtin("builtins.reversed")
def reversed_(e: Emitter, node: ast.Call) -> Entry:
    """`reversed`."""
    return backwards(e, series_of(e, _args(e, node, 1, 1)[0]))


@builtin("builtins.sorted")
def sorted_(e: Emitter, node: ast.Call) -> Entry:
    """`sorted(xs, reverse=True)`."""
    args = _args(e, node, 1, 2, "reverse")
    xs = as_list(e, series_of(e, args[0]))
    return (
        xs
        if isinstance(xs, Empty)
        else sorted_list(e, e.value(xs), args[1] if len(args) > 1 else e.constant(False))
    )


@builtin("builtins.list")
def list_(e: Emitter, node: ast.Call) -> Entry:
    """`list(xs)`: a list of its own."""
    args = _args(e, node, 0, 1)
    if not args:
        return Empty(at=node)
    return (
        copied(e, args[0])
        if isinstance(args[0], Value) and isinstance(args[0].type, ListType)
        else as_list(e, series_of(e, args[0]))
    )


@builtin("builtins.tuple")
def tuple_(e: Emitter, node: ast.Call) -> Entry:
    """`tuple(xs)` of a known number of parts."""
    args = _args(e, node, 0, 1)
    made = as_tuple(series_of(e, args[0])) if args else Items(())
    if made is None:
        raise e.error(
            node,
            "the length of this tuple is known only at run time",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="use a list",
        )
    return made


@builtin("builtins.dict")
def dict_(e: Emitter, node: ast.Call) -> Entry:
    """`dict()` and `dict(d)`."""
    args = _args(e, node, 0, 1)
    return args[0] if args else Empty(is_dict=True, at=node)


@builtin("builtins.len")
def len_(e: Emitter, node: ast.Call) -> Entry:
    """`len`."""
    (x,) = _args(e, node, 1, 1)
    if isinstance(x, Value) and x.constant is None:
        if isinstance(x.type, ListType):
            return e.op("list.len", [x])
        if isinstance(x.type, DictType):
            return e.op("dict.len", [x])
        if isinstance(x.type, TupleType):
            return e.constant(len(x.type.elements))
        if isinstance(x.type, TensorType):
            from tracescript.producer.script.library import extent

            return extent(e, x, 0)
        if is_scalar(x, ScalarKind.STR):
            return e.op("str.len", [x])
        raise e.error(node, f"{e.describe(x)} has no length", code="TYPE_INFERENCE", rule="SCRIPT-4")
    known, value = constant_of(x)
    if known and hasattr(value, "__len__"):
        return e.constant(len(value))
    series = series_of(e, x)
    if series.parts is not None:
        return e.constant(len(series.parts))
    assert series.trip is not None
    return series.trip


# ---------------------------------------------------------------------- numbers
@builtin("builtins.int")
def int_(e: Emitter, node: ast.Call) -> Entry:
    """`int(x)`."""
    return _convert(e, node, ScalarKind.INT)


@builtin("builtins.float")
def float_(e: Emitter, node: ast.Call) -> Entry:
    """`float(x)`."""
    return _convert(e, node, ScalarKind.FLOAT)


def _convert(e: Emitter, node: ast.Call, kind: ScalarKind) -> Entry:
    args = _args(e, node, 0, 1)
    if not args:
        return e.constant(0 if kind is ScalarKind.INT else 0.0)
    x = args[0]
    if is_tensor(x) or e.session.holds_array(x):
        return e.op("item_int" if kind is ScalarKind.INT else "item_float", [e.value(x)])
    if is_scalar(x, *NUMBERS, ScalarKind.STR):
        return to_number(e, e.value(x), kind)
    raise e.error(node, f"{kind.value}() of {e.describe(x)}", code="TYPE_INFERENCE", rule="SCRIPT-4")


@builtin("builtins.bool")
def bool_(e: Emitter, node: ast.Call) -> Entry:
    """`bool(x)`."""
    args = _args(e, node, 0, 1)
    return truth(e, args[0]) if args else e.constant(False)


@builtin("builtins.str", "builtins.repr")
def str_(e: Emitter, node: ast.Call) -> Entry:
    """`str(x)` of a number or a text."""
    args = _args(e, node, 0, 1)
    if not args:
        return e.constant("")
    if is_scalar(args[0], *NUMBERS) and isinstance(args[0], Value):
        return to_number(e, args[0], ScalarKind.STR)
    return joined(e, args)


@builtin("builtins.abs")
def abs_(e: Emitter, node: ast.Call) -> Entry:
    """`abs`."""
    (x,) = _args(e, node, 1, 1)
    folded = fold(e, abs, x)
    if folded is not None:
        return folded
    if is_tensor(x) or e.session.holds_array(x):
        return emit_op(e, "abs", [x])
    value = _number(e, x)
    if scalar_kind(value) is ScalarKind.FLOAT:
        return e.op("math.unary", [value], {"function": "fabs"})
    value = to_number(e, value, ScalarKind.INT)
    negative = e.op("int.cmp", [value, e.constant(0)], {"relation": "lt"})
    return branch(e, negative, (lambda: e.op("int.neg", [value]), lambda: value))


def _number(e: Emitter, x: Entry) -> Value:
    if not is_scalar(x, *NUMBERS):
        raise e.error(
            None,
            f"a number is expected, found {e.describe(x)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return e.value(x)


@builtin("builtins.round")
def round_(e: Emitter, node: ast.Call) -> Entry:
    """`round(x)` and `round(x, n)`, half to even."""
    args = _args(e, node, 1, 2, "ndigits")
    folded = fold(e, round, *args) if not is_none(args[-1]) else None
    if folded is not None:
        return folded
    if is_tensor(args[0]):
        return emit_op(e, "round", [args[0]])
    value = _number(e, args[0])
    if len(args) == 1 or is_none(args[1]):
        if scalar_kind(value) is not ScalarKind.FLOAT:
            return to_number(e, value, ScalarKind.INT)
        return e.op("num.cast", [e.op("round_half_even", [value])], {"to": "int"})
    known, digits = constant_of(args[1])
    if not known:
        raise e.error(node, "the digits of round() must be known at compile time", rule="SCRIPT-10")
    if scalar_kind(value) is ScalarKind.BOOL:
        value = to_number(e, value, ScalarKind.INT)
    return e.op("round_half_even", [value], {"digits": digits})


@builtin("builtins.min")
def min_(e: Emitter, node: ast.Call) -> Entry:
    """`min`."""
    return _extreme(e, node, largest=False)


@builtin("builtins.max")
def max_(e: Emitter, node: ast.Call) -> Entry:
    """`max`."""
    return _extreme(e, node, largest=True)


def _extreme(e: Emitter, node: ast.Call, *, largest: bool) -> Entry:
    args = _args(e, node, 1, 64)
    if len(args) == 1 and (is_tensor(args[0]) or e.session.holds_array(args[0])):
        return emit_op(e, "amax" if largest else "amin", args)
    if len(args) == 1:
        listed = as_list(e, series_of(e, args[0]))
        if not isinstance(listed, Items):
            return e.op("min_max", [e.value(listed)], {"largest": largest})
        args = list(listed.parts)
    folded = fold(e, max if largest else min, *args) if len(args) > 1 else None
    if folded is not None:
        return folded
    kinds = {scalar_kind(_number(e, a)) for a in args}
    if len(kinds) == 1 and kinds != {ScalarKind.BOOL}:
        return e.op("min_max", [e.make_list([e.value(a) for a in args])], {"largest": largest})
    if ScalarKind.FLOAT in kinds:
        raise e.error(
            node,
            "min() and max() of ints and floats together: the result's type hangs on the values",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="make all floats: float(n)",
        )
    ints = [to_number(e, e.value(a), ScalarKind.INT) for a in args]
    return e.op("min_max", [e.make_list(ints)], {"largest": largest})


@builtin("builtins.sum")
def sum_(e: Emitter, node: ast.Call) -> Entry:
    """`sum(xs)` of numbers, or of tensors."""
    args = _args(e, node, 1, 2, "start")
    start: Entry = args[1] if len(args) > 1 else e.constant(0)
    if is_tensor(args[0]):
        return emit_op(e, "sum", [args[0]], {"dim": (0,)})
    series = series_of(e, args[0])
    if series.parts is not None:
        for part in series.parts:
            start = binary(e, ast.Add, start, part)
        return start
    return e.session.total(e, series, start)


@builtin("builtins.pow")
def pow_(e: Emitter, node: ast.Call) -> Entry:
    """`pow(a, b)`."""
    a, b = _args(e, node, 2, 2)
    return binary(e, ast.Pow, a, b)


@builtin("builtins.divmod")
def divmod_(e: Emitter, node: ast.Call) -> Entry:
    """`divmod(a, b)`."""
    a, b = _args(e, node, 2, 2)
    return Items((binary(e, ast.FloorDiv, a, b), binary(e, ast.Mod, a, b)))


@builtin("builtins.any")
def any_(e: Emitter, node: ast.Call) -> Entry:
    """`any`."""
    return _quantified(e, node, is_any=True)


@builtin("builtins.all")
def all_(e: Emitter, node: ast.Call) -> Entry:
    """`all`."""
    return _quantified(e, node, is_any=False)


def _quantified(e: Emitter, node: ast.Call, *, is_any: bool) -> Entry:
    if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        return quantifier(e, node.args[0], is_any=is_any)
    (x,) = _args(e, node, 1, 1)
    if is_tensor(x):
        return emit_op(e, "any" if is_any else "all", [x])
    item = ast.copy_location(ast.Name("item of quantifier", ast.Load()), node)
    target = ast.copy_location(ast.Name("item of quantifier", ast.Store()), node)
    over = ast.comprehension(target, node.args[0], [], 0)
    return quantifier(e, ast.copy_location(ast.GeneratorExp(item, [over]), node), is_any=is_any)


# ---------------------------------------------------------------------- types and objects
@builtin("builtins.isinstance")
def isinstance_(e: Emitter, node: ast.Call) -> Entry:
    """`isinstance(x, T)`: known at compile time; of an Optional it asks for None."""
    x, kinds = _args(e, node, 2, 2)
    known, wanted = constant_of(kinds)
    classes = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
    if not known:
        raise e.error(node, "the class must be known at compile time", rule="SCRIPT-10")
    if isinstance(x, Value) and isinstance(x.type, OptionalType):
        inside = Value(x.type.element)
        if _is_instance(e, inside, classes):
            return e.op("bool.not", [e.op("is_none", [x])])
        return e.constant(False)
    return e.constant(_is_instance(e, x, classes))


def _is_instance(e: Emitter, x: Entry, classes: tuple[Any, ...]) -> bool:
    if isinstance(x, Known):
        return isinstance(x.value, classes) or (
            e.session.holds_array(x) and any(map(e.session.is_tensor_class, classes))
        )
    if isinstance(x, Struct):
        return issubclass(x.cls, classes)
    if isinstance(x, Value):
        if isinstance(x.type, TensorType):
            return any(map(e.session.is_tensor_class, classes))
        python: dict[Any, type] = {ListType: list, DictType: dict, TupleType: tuple}
        if isinstance(x.type, ScalarType):
            named = {
                ScalarKind.BOOL: bool,
                ScalarKind.INT: int,
                ScalarKind.FLOAT: float,
                ScalarKind.STR: str,
                ScalarKind.NONE: type(None),
            }
            return issubclass(named.get(x.type.kind, object), classes)
        return issubclass(python.get(type(x.type), object), classes)
    if isinstance(x, Items):
        return issubclass(list if x.is_list else tuple, classes)
    return (
        issubclass(dict if isinstance(x, Empty) and x.is_dict else list, classes)
        if isinstance(x, Empty)
        else False
    )


@builtin("builtins.getattr")
def getattr_(e: Emitter, node: ast.Call) -> Entry:
    """`getattr(x, "name")` with a name known at compile time."""
    args = _args(e, node, 2, 3)
    known, name = constant_of(args[1])
    if not known or not isinstance(name, str):
        e.session.loops.needs_constant(args[1])
        raise e.error(
            node,
            "getattr with a name known only at run time",
            rule="SCRIPT-10",
            hint="use a ModuleDict and compare names",
        )
    if len(args) == 3 and isinstance(args[0], Known) and not hasattr(args[0].value, name):
        return args[2]
    return e.expr(ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node))


@builtin("builtins.hasattr")
def hasattr_(e: Emitter, node: ast.Call) -> Entry:
    """`hasattr`: known at compile time."""
    x, name = _args(e, node, 2, 2)
    known, text = constant_of(name)
    if isinstance(x, Known) and known and isinstance(text, str):
        return e.constant(hasattr(x.value, text))
    if isinstance(x, Struct) and known:
        return e.constant(text in x.fields or hasattr(x.cls, text))
    raise e.error(node, "hasattr needs an object known at compile time", rule="SCRIPT-10")


@builtin("builtins.callable")
def callable_(e: Emitter, node: ast.Call) -> Entry:
    """`callable`: known at compile time."""
    (x,) = _args(e, node, 1, 1)
    return e.constant(
        isinstance(x, Closure | MethodOf) or (isinstance(x, Known) and callable(x.value))
    )


@builtin("builtins.print")
def print_(e: Emitter, node: ast.Call) -> Entry:
    """`print`: an effect a loader may drop."""
    e.ops("print", [joined(e, [e.expr(a) for a in node.args])])
    return e.constant(None)


@builtin("warnings.warn")
def warn(e: Emitter, node: ast.Call) -> Entry:
    """`warnings.warn`: an effect a loader may drop."""
    e.ops("warn", [joined(e, [e.expr(node.args[0])])])
    return e.constant(None)


@builtin("builtins.type")
def type_(e: Emitter, node: ast.Call) -> Entry:
    """`type(x)` of an object known at compile time."""
    (x,) = _args(e, node, 1, 1)
    if isinstance(x, Known):
        return Known(type(x.value))
    raise e.error(node, "type() of a run-time value", hint="use isinstance")


@builtin("builtins.super")
def super_(e: Emitter, node: ast.Call) -> Entry:
    """`super()` of the class whose method this is."""
    owner = e.frame.owner_class
    found = e.lookup(e.frame.first_parameter)
    if node.args or owner is None or not isinstance(found, Known):
        raise e.error(node, "super() works in methods, without arguments")
    return Known(super(owner, found.value), found.path)


@builtin(
    "tracescript.producer.marks.is_scripting",
    "torch.jit.is_scripting",
    "torch.jit._script.is_scripting",
)
def is_scripting(e: Emitter, _node: ast.Call) -> Entry:
    """Compile-time True."""
    return e.constant(True)


@builtin(
    "tracescript.producer.marks.is_tracing",
    "torch.jit.is_tracing",
    "torch.jit._trace.is_tracing",
    "torch.compiler.is_compiling",
    "torch.compiler.is_exporting",
)
def is_tracing(e: Emitter, _node: ast.Call) -> Entry:
    """Compile-time False."""
    return e.constant(False)


@builtin("tracescript.producer.marks.annotate", "torch.jit.annotate", "torch.jit._script.annotate")
def annotate(e: Emitter, node: ast.Call) -> Entry:
    """`annotate(T, value)`."""
    from tracescript.producer.script.annotations import type_of_annotation

    kind = type_of_annotation(e, node.args[0])
    entry = e.expr(node.args[1])
    return e.fit(entry, kind) if kind is not None else entry


# ---------------------------------------------------------------------- math and operator
def _unary(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = _args(e, node, 1, 1)
        folded = fold(e, getattr(math, function), x)
        if folded is not None:
            return folded
        return e.op(
            "math.unary", [to_number(e, _number(e, x), ScalarKind.FLOAT)], {"function": function}
        )

    return compile_it


def _binary(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        args = _args(e, node, 2, 2)
        folded = fold(e, getattr(math, function), *args)
        if folded is not None:
            return folded
        values = [to_number(e, _number(e, a), ScalarKind.FLOAT) for a in args]
        return e.op("math.binary", values, {"function": function})

    return compile_it


def _to_int(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = _args(e, node, 1, 1)
        value = _number(e, x)
        folded = fold(e, getattr(math, function), x)
        if folded is not None:
            return folded
        if scalar_kind(value) is not ScalarKind.FLOAT:
            return to_number(e, value, ScalarKind.INT)
        return e.op("math.to_int", [value], {"function": function})

    return compile_it


for _name in (
    "sqrt exp expm1 log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc fabs".split()  # noqa: SIM905  # a table of words
):
    BUILTINS[f"math.{_name}"] = _unary(_name)
for _name in ("pow", "atan2", "fmod", "hypot", "copysign"):
    BUILTINS[f"math.{_name}"] = _binary(_name)
for _name in ("floor", "ceil", "trunc"):
    BUILTINS[f"math.{_name}"] = _to_int(_name)


@builtin("math.log")
def log(e: Emitter, node: ast.Call) -> Entry:
    """`math.log(x)` and `math.log(x, base)`."""
    args = _args(e, node, 1, 2)
    folded = fold(e, math.log, *args)
    if folded is not None:
        return folded
    logs = [
        e.op("math.unary", [to_number(e, _number(e, a), ScalarKind.FLOAT)], {"function": "log"})
        for a in args
    ]
    return logs[0] if len(logs) == 1 else binary(e, ast.Div, logs[0], logs[1])


@builtin("math.isnan")
def isnan(e: Emitter, node: ast.Call) -> Entry:
    """`math.isnan`: x != x."""
    (x,) = _args(e, node, 1, 1)
    value = to_number(e, _number(e, x), ScalarKind.FLOAT)
    return e.op("float.cmp", [value, value], {"relation": "ne"})


@builtin("math.isinf")
def isinf(e: Emitter, node: ast.Call) -> Entry:
    """`math.isinf`."""
    (x,) = _args(e, node, 1, 1)
    size = e.op("math.unary", [to_number(e, _number(e, x), ScalarKind.FLOAT)], {"function": "fabs"})
    return e.op("float.cmp", [size, e.constant(math.inf)], {"relation": "eq"})


@builtin("math.prod")
def prod(e: Emitter, node: ast.Call) -> Entry:
    """`math.prod` of a known number of parts."""
    (x,) = _args(e, node, 1, 1)
    series = series_of(e, x)
    if series.parts is None:
        raise e.error(node, "math.prod needs a tuple", rule="SCRIPT-10")
    result: Entry = e.constant(1)
    for part in series.parts:
        result = binary(e, ast.Mult, result, part)
    return result


def _operator(make: Callable[[Emitter, Entry, Entry], Entry]) -> Builtin:
    return lambda e, node: make(e, *_args(e, node, 2, 2))


_OPERATORS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "truediv": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
}
for _name, _kind in _OPERATORS.items():
    BUILTINS[f"_operator.{_name}"] = _operator(lambda e, a, b, _kind=_kind: binary(e, _kind, a, b))  # type: ignore[misc]  # binds the loop's value
for _name, _relation in {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}.items():
    BUILTINS[f"_operator.{_name}"] = _operator(
        lambda e, a, b, _relation=_relation: compare(e, _relation(), a, b)
    )  # type: ignore[misc]  # binds the loop's value
