"""Calls of functions and methods of torch and numpy: ways to write them, in order."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import ProducerError
from tracescript.ir.types import ListType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.numpy import creation, methods, special
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.emitter.size_marks import PLAIN, TUPLE
from tracescript.producer.script.library.examples import tensors
from tracescript.producer.script.library.numpy import from_source, from_tracer
from tracescript.producer.script.library.recorded import RefusedError, is_of_numbers, recorded
from tracescript.producer.trace import hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Known
    from tracescript.producer.script.emitter.frame import Frame

    Arguments = dict[str, Entry]
    Way = Callable[[], Entry | None]


def is_library(e: Emitter, value: Any) -> bool:
    """Whether an object is a function of the library that a program is written for."""
    if isinstance(value, type) or not callable(value):
        return False
    door = torch_door() if e.frame.flavour == "torch" else None
    if door is not None:
        return door.is_seen(value)
    is_ufunc = isinstance(value, np.ufunc) or isinstance(getattr(value, "__self__", None), np.ufunc)
    return is_ufunc or hasattr(value, "_implementation") or is_of_numbers(value)


def function_call(
    e: Emitter, callee: Known, args: list[Entry], kwargs: Arguments, named: Way
) -> Entry:
    """Call a function of a library; `named` writes it by its name, if it has one here."""
    node = e.at if isinstance(e.at, ast.Call) else None
    nodes: dict[int | str, ast.expr] = {}
    if node is not None and not any(isinstance(a, ast.Starred) for a in node.args):
        nodes.update(enumerate(node.args))
        nodes.update((k.arg, k.value) for k in node.keywords if k.arg is not None)
    function = callee.value
    traced = functools.partial(recorded, e, function, args, kwargs, nodes)
    source = functools.partial(from_source, e, callee, args, kwargs)
    if e.frame.flavour == "torch":
        ways: list[Way] = [named, source, traced]
    else:
        written = functools.partial(from_tracer, e, callee, args, kwargs)
        says_more = _says_more(function, kwargs) or _makes(e, function, [*args, *kwargs.values()])
        first: list[Way] = [traced, named] if says_more else [named, traced]
        ways = [*first, source, written]
    made = _first(e, ways)
    made = _shared(e, str(getattr(function, "__name__", "")), args, kwargs, made)
    assert made is not None, "the source of a function is compiled, or refused"
    return made


def method_call(
    e: Emitter, receiver: ast.expr, name: str, args: list[Entry], kwargs: Arguments, named: Way
) -> Entry | None:
    """Call a method of an array, the first of `args`; None where nothing knows it."""

    def method(array: Any, *more: Any, **given: Any) -> Any:
        return getattr(array, name)(*more, **given)

    if e.frame.flavour != "torch" and name in _IN_PLACE and not _is_programs(e.frame):
        raise e.error(
            None,
            f"numpy's own source calls .{name}(), which changes its array",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=hints.instead(name),
        )
    traced = functools.partial(recorded, e, method, args, kwargs, {0: receiver})
    door = torch_door() if e.frame.flavour == "torch" else None
    if not (hasattr(np.ndarray, name) if door is None else door.is_method_seen(name)):
        return named()
    says_more = door is None and (
        name in methods.METHODS or _says_more(getattr(np, name, None), kwargs)
    )
    made = _first(e, [traced, named] if says_more else [named, traced])
    return _shared(e, name, args, kwargs, made)


_IN_PLACE = frozenset({"sort", "partition", "fill", "put", "resize"})
_VIEWS = {
    "torch": frozenset({"as_strided", "positive", "resolve_conj", "resolve_neg"}),
    "numpy": frozenset({"flip", "fliplr", "flipud", "rot90"}),
}
"""Functions and methods that give views of their first argument by ops that copy elsewhere."""
_TUPLES = {
    "torch": frozenset(
        {
            *("split", "split_with_sizes", "chunk", "unbind", "tensor_split", "hsplit", "vsplit"),
            *("dsplit", "unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes", "unstack"),
            *("broadcast_tensors", "meshgrid"),
        }
    ),
    "numpy": frozenset({"unstack", "broadcast_arrays", "meshgrid"}),
}
"""Functions and methods that give a tuple of tensors, which is a list in the graph."""


def _shared(
    e: Emitter, name: str, args: list[Entry], kwargs: Arguments, made: Entry | None
) -> Entry | None:
    """Return a result that is known to show the elements of the first argument, or not to."""
    if not args or not isinstance(made, Value):
        return made
    if isinstance(made.type, ListType) and isinstance(made.type.element, TensorType):
        is_tuple = name in _TUPLES[e.frame.flavour]
        e.session.list_kinds.note(made, TUPLE if is_tuple else PLAIN)
        return made
    if name == "astype" and made is args[0]:
        is_shown = constant_of(kwargs.get("copy", made))[1] is False
        return made if is_shown else e.op("identity", [made])
    if name in _VIEWS[e.frame.flavour] and made is not args[0]:
        base = e.value(args[0])
        e.session.aliases.same(made, base)
        e.session.origins.copy_perhaps(made, base)
    return made


def operator_call(e: Emitter, function: Any, operands: list[Entry], named: Way) -> Entry:
    """Compute an operator of arrays; `named` writes it as an op."""
    made = _first(e, [named, functools.partial(recorded, e, function, operands, {}, {})])
    assert made is not None, "an op is written, or refused"
    return made


def _says_more(function: Any, kwargs: Mapping[str, Any]) -> bool:
    """Whether what traces say of a function of numpy's is more than that it is an op."""
    if isinstance(function, np.ufunc):
        return bool(kwargs) or function in special.UFUNCS
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return True
    try:
        return special.handler(function, kwargs) is not None
    except TypeError:
        return False


def _makes(e: Emitter, function: Any, given: Sequence[Entry]) -> bool:
    """Whether a function of numpy's makes an array of arrays."""
    is_maker = str(getattr(function, "__name__", "")) in creation.HANDLERS
    return is_maker and any(True for _ in tensors(e, given))


def _first(e: Emitter, ways: Sequence[Way]) -> Entry | None:
    """Return what the first way that works gives; the error is that of the one that says most."""
    if not _is_programs(e.frame):
        ways = [way for way in ways if getattr(way, "func", None) is not recorded]
    before = e.frame, e.at, e.builder, len(e.builder.nodes), dict(e.scope), e.session.calls.depth
    failed: ProducerError | None = None
    refused = RefusedError()
    for way in ways:
        try:
            made = way()
            if made is not None:
                return made
        except RefusedError as error:
            refused = error
            if error.is_final:
                break
        except ProducerError as error:
            failed = failed or error
        e.frame, e.at, e.builder, count, e.scope, e.session.calls.depth = before
        e.scope = dict(e.scope)
        del e.builder.nodes[count:]
    is_unknown = failed is None or failed.code in {"UNKNOWN_CALL", "SOURCE_NOT_FOUND"}
    if refused.is_final or (refused.what and is_unknown):
        given = {"code": refused.code, "rule": "SCRIPT-12", "hint": refused.hint}
        raise e.error(None, refused.what, **given) from failed
    if failed is not None:
        raise failed
    return None


def _is_programs(frame: Frame) -> bool:
    """Whether the program's own code is compiled: what libraries write has ways of its own."""
    home = str(frame.namespace.get("__name__", ""))
    return not frame.is_ours and home.partition(".")[0] != "numpy"
