"""Builtins about types and objects, and TraceScript's own marks."""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING, Any

from tracescript.ir.constants import NONE
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.builtins.functions import known_parts
from tracescript.producer.script.builtins.table import builtin, positional
from tracescript.producer.script.containers.choices import is_one, type_needed
from tracescript.producer.script.containers.messages import message
from tracescript.producer.script.containers.sequences import copied
from tracescript.producer.script.emitter.entries import (
    Above,
    Closure,
    Empty,
    Items,
    Known,
    MethodOf,
    OneOf,
    Series,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.own_containers import python_class
from tracescript.producer.script.emitter.python_types import (
    CONTAINERS,
    PYTHON,
    class_of,
    is_instance,
    python_type,
)
from tracescript.producer.script.emitter.size_marks import is_tuple_like, note_sizes
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.flow.narrowing import bare

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("builtins.isinstance")
def isinstance_(e: Emitter, node: ast.Call) -> Entry:
    """`isinstance(x, T)`: known at compile time; of an Optional it asks for None."""
    x, kinds = positional(e, node, 2, 2)
    known, wanted = constant_of(kinds)
    if not known:
        raise e.error(node, "the class must be known at compile time", rule="SCRIPT-10")
    classes = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
    if not all(isinstance(c, type | types.UnionType) for c in classes):
        hint = "a class, or a tuple of classes; torch.jit.isinstance takes List[int] and the like"
        raise e.error(node, "isinstance asks for classes", rule="SCRIPT-10", hint=hint)
    return _is(e, x, classes)


@builtin("torch.jit.isinstance")
def jit_isinstance(e: Emitter, node: ast.Call) -> Entry:
    """`torch.jit.isinstance(x, List[int])`: as isinstance, of the types of elements too."""
    x, kinds = positional(e, node, 2, 2)
    known, wanted = constant_of(kinds)
    if not known:
        raise e.error(node, "the type must be known at compile time", rule="SCRIPT-10")
    return _is(e, x, tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,))


def _is(e: Emitter, x: Entry, classes: tuple[Any, ...]) -> Entry:
    if isinstance(x, OneOf):
        return is_one(e, x, instances(e, x, classes))
    if not isinstance(x, Value) or not isinstance(x.type, OptionalType):
        return e.constant(is_instance(e, x, classes))
    may_be_none = is_instance(e, Value(NONE), classes)
    if is_instance(e, Value(x.type.element), classes) == may_be_none:
        return e.constant(may_be_none)
    is_none = e.op("is_none", [x])
    return is_none if may_be_none else e.op("bool.not", [is_none])


def instances(e: Emitter, x: OneOf, classes: tuple[Any, ...]) -> list[int]:
    """Return the numbers of the parts of a choice that have one of these classes or types."""
    parts = {k: bare(e, part) for k, part in x.parts.items()}
    for part in parts.values():
        if isinstance(part, Value) and isinstance(part.type, OptionalType):
            raise type_needed(e, x)
    return [k for k, part in parts.items() if is_instance(e, part, classes)]


@builtin("builtins.getattr")
def getattr_(e: Emitter, node: ast.Call) -> Entry:
    """`getattr(x, "name")` with a name known at compile time."""
    args = positional(e, node, 2, 3)
    known, name = constant_of(args[1])
    if not known or not isinstance(name, str):
        e.session.loops.needs_constant(args[1])
        raise e.error(
            node,
            "getattr with a name known only at run time",
            rule="SCRIPT-10",
            hint="use a ModuleDict and compare names",
        )
    if args[2:] and isinstance(args[0], Known) and not hasattr(args[0].value, name):
        return args[2]
    return e.expr(ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node))


@builtin("builtins.hasattr")
def hasattr_(e: Emitter, node: ast.Call) -> Entry:
    """`hasattr`: known at compile time."""
    x, name = positional(e, node, 2, 2)
    known, text = constant_of(name)
    if isinstance(x, Known) and known and isinstance(text, str):
        return e.constant(hasattr(x.value, text))
    cls = python_type(e, x) if known else None
    if cls is not None and isinstance(text, str):
        return e.constant(hasattr(cls, text))
    if isinstance(x, Struct) and known:
        return e.constant(text in x.fields or hasattr(x.cls, text))
    raise e.error(node, "hasattr needs an object known at compile time", rule="SCRIPT-10")


@builtin("numpy.dtype")
def dtype_(e: Emitter, node: ast.Call) -> Entry:
    """`numpy.dtype(x.dtype)`."""
    return Known(e.session.data_type_of(e, positional(e, node, 1, 1)[0]))


@builtin("builtins.callable")
def callable_(e: Emitter, node: ast.Call) -> Entry:
    """`callable`: known at compile time."""
    (x,) = positional(e, node, 1, 1)
    return e.constant(
        isinstance(x, Closure | MethodOf) or (isinstance(x, Known) and callable(x.value))
    )


@builtin("builtins.print")
def print_(e: Emitter, node: ast.Call) -> Entry:
    """`print`: an effect a loader may drop; a line each, with any text in between."""
    given = {k.arg or "**": constant_of(e.expr(k.value)) for k in node.keywords}
    sep, end = (given.get(k, (True, None))[1] for k in ("sep", "end"))
    is_known = all(known for known, _ in given.values()) and given.keys() <= {"sep", "end", "flush"}
    if not is_known or end not in {None, "\n"}:
        raise e.error(
            node,
            "print() writes a line for people; of its options it takes a known `sep`",
            rule="SCRIPT-10",
            hint="make one text of what belongs in one line",
        )
    e.ops("print", [message(e, node.args, " " if sep is None else str(sep))])
    return e.constant(None)


@builtin("torch._assert")
def torch_assert(e: Emitter, node: ast.Call) -> Entry:
    """`torch._assert(test, message)`: an `assert`, whose message is for people."""
    from tracescript.producer.script.flow.statements import assertion

    given = [*node.args, *(k.value for k in node.keywords)]
    assertion(e, ast.copy_location(ast.Assert(given[0], *given[1:2]), node))
    return e.constant(None)


@builtin("warnings.warn")
def warn(e: Emitter, node: ast.Call) -> Entry:
    """`warnings.warn`: an effect a loader may drop."""
    e.ops("warn", [message(e, node.args[:1])])
    return e.constant(None)


@builtin("builtins.type")
def type_(e: Emitter, node: ast.Call) -> Entry:
    """`type(x)` of an object known at compile time."""
    (x,) = positional(e, node, 1, 1)
    if isinstance(x, Known) and not e.session.holds_array(x):
        return Known(type(x.value))
    if isinstance(x, Struct):
        return Known(python_class(x.cls))
    if isinstance(x, Items):
        return Known(list if x.is_list else tuple)
    if isinstance(x, Value) and isinstance(x.type, ScalarType) and x.type.kind in PYTHON:
        return Known(PYTHON[x.type.kind])
    if isinstance(x, Value) and isinstance(x.type, StructType):
        return Known(class_of(e, x.type))
    if isinstance(x, Value) and isinstance(x.type, ListType | DictType | TupleType):
        return Known(tuple if is_tuple_like(e, x) else CONTAINERS[type(x.type)])
    raise e.error(node, "type() of a run-time value", hint="use isinstance")


@builtin("torch.device", "torch.Size")
def known_object(e: Emitter, node: ast.Call) -> Entry:
    """`torch.device("cpu")`: made at compile time; a size is a tuple."""
    made = e.expr(node.func)
    args = positional(e, node, 1, 2)
    if isinstance(made, Known) and made.value.__name__ == "Size":
        parts = () if isinstance(args[0], Empty) else getattr(args[0], "parts", None)
        size = copied(e, args[0]) if parts is None else Items(parts)
        note_sizes(e, size)
        return size
    known = [constant_of(a) for a in args]
    if not isinstance(made, Known) or not all(k for k, _ in known):
        raise e.error(node, "a device is known at compile time", rule="SCRIPT-10")
    return Known(made.value(*(v for _, v in known)))


@builtin("builtins.super")
def super_(e: Emitter, node: ast.Call) -> Entry:
    """`super()` of the class whose method this is."""
    owner = e.frame.owner_class
    found = e.lookup(e.frame.first_parameter)
    if isinstance(found, Struct) and owner is not None and not node.args:
        return Known(Above(found, owner, e.frame.first_parameter))
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
    "torch._C._has_torch_function",
    "torch._C._has_torch_function_unary",
    "torch._C._has_torch_function_variadic",
    "tracescript.producer.marks.is_tracing",
    "torch.jit.is_tracing",
    "torch.jit._trace.is_tracing",
    "torch.compiler.is_compiling",
    "torch.compiler.is_exporting",
    "torch._C._is_tracing",
)
def is_tracing(e: Emitter, _node: ast.Call) -> Entry:
    """Compile-time False."""
    return e.constant(False)


@builtin("torch.jit.fork", "torch.jit._async.fork")
def fork(e: Emitter, node: ast.Call) -> Entry:
    """`fork(f, x)`: the call itself; what `wait` takes is its result."""
    made = ast.Call(node.args[0], node.args[1:], node.keywords)
    return e.expr(ast.copy_location(made, node))


@builtin("torch.jit.wait", "torch.jit._async.wait")
def wait(e: Emitter, node: ast.Call) -> Entry:
    """`wait(fork(f, x))`."""
    return positional(e, node, 1, 1)[0]


@builtin("torch._C._get_tracing_state")
def tracing_state(e: Emitter, _node: ast.Call) -> Entry:
    """Compile-time None: nothing is traced."""
    return e.constant(None)


@builtin("tracescript.producer.marks.unroll")
def unroll(e: Emitter, node: ast.Call) -> Entry:
    """`unroll(xs)`: the items one by one; their number must be known at compile time."""
    (xs,) = positional(e, node, 1, 1)
    parts = known_parts(e, xs)
    series = series_of(e, xs) if parts is None else Series(None, None, parts)
    if series.parts is not None:
        return Series(None, None, series.parts)
    known, rounds = constant_of(series.trip) if series.trip is not None else (False, 0)
    if not known or series.item is None:
        raise e.error(
            node,
            "what is unrolled has a length known only at run time",
            rule="SCRIPT-10",
            hint="a loop without ts.unroll runs any number of times",
        )
    return Series(None, None, tuple(series.item(e.constant(k)) for k in range(rounds)))


@builtin("tracescript.producer.marks.annotate", "torch.jit.annotate", "torch.jit._script.annotate")
def annotate(e: Emitter, node: ast.Call) -> Entry:
    """`annotate(T, value)`."""
    from tracescript.producer.script.source.annotations import type_of_annotation

    kind = type_of_annotation(e, node.args[0])
    entry = e.expr(node.args[1])
    return e.fit(entry, kind) if kind is not None else entry
