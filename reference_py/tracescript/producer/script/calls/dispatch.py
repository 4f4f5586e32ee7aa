"""Calls: found by the identity of the Python object that is called, never by how it is spelt."""

from __future__ import annotations

import ast
import enum
import functools
import operator
import typing
from dataclasses import replace
from inspect import getattr_static, isfunction
from types import MethodDescriptorType
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.aliasing.loans import offer
from tracescript.producer.script.builtins.functions import call_getter, known_parts
from tracescript.producer.script.builtins.table import BUILTINS, named_arguments
from tracescript.producer.script.calls.callees import describe_call, python_method, takes_sizes
from tracescript.producer.script.calls.library import function_call, is_library
from tracescript.producer.script.containers.choices import choose, member_of
from tracescript.producer.script.containers.messages import message
from tracescript.producer.script.containers.methods import call_method
from tracescript.producer.script.containers.mixed import each, is_mixed
from tracescript.producer.script.containers.sequences import spread_out
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.entries import (
    Bound,
    Closure,
    Conflict,
    Known,
    MethodOf,
    OneOf,
    Partial,
    Series,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.facts import RestartError
from tracescript.producer.script.emitter.objects import data_type_of_class
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.flow.iterators import makes_iterator, refuse_kept
from tracescript.producer.script.flow.patterns import FORMS
from tracescript.producer.script.flow.seen import begin, refuse_seen
from tracescript.producer.script.library.coerce import as_tensor
from tracescript.producer.script.library.lower import call_named
from tracescript.producer.script.library.numpy import definition, from_source

if TYPE_CHECKING:
    from tracescript.producer.script.builtins.table import Builtin
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


_OF_NUMBERS = frozenset(f"builtins.{n}" for n in ("abs", "divmod", "float", "int", "pow", "round"))


@expression(ast.Call)
def call(e: Emitter, node: ast.Call) -> Entry:
    """`f(a, *b, k=c, **d)`."""
    if isinstance(node.func, ast.Name) and node.func.id in FORMS:
        return FORMS[node.func.id](e, node)
    callee = e.expr(node.func)
    if not makes_iterator(e, callee):
        return _call(e, callee, node)
    refuse_kept(e, node)
    begun = begin(e)
    made = _call(e, callee, node)
    refuse_seen(e, node, begun)
    return made


def _call(e: Emitter, callee: Entry, node: ast.Call) -> Entry:
    if isinstance(callee, Known):
        name = e.session.identity(callee.value)
        builtin = BUILTINS.get(name)
        if builtin is not None and (name in _OF_NUMBERS or name.startswith("math.")):
            return _of_numbers(e, builtin, node)
        if builtin is not None:
            return builtin(e, node)
    flight = Flight(e)
    if isinstance(callee, Bound):
        flight.add(callee.owner, callee.receiver)
    args, kwargs = arguments(e, node, callee)
    flight.check()
    if isinstance(callee, Bound):
        callee = replace(callee, owner=flight.now(callee.owner))
    e.offered = offer(node.args, args)
    made = call_entry(e, callee, args, kwargs, node)
    e.offered = []
    return made


def arguments(
    e: Emitter, node: ast.Call, callee: Entry | None = None
) -> tuple[list[Entry], dict[str, Entry]]:
    """Compile the arguments left to right; sizes may be as many as run time tells."""
    flight = Flight(e)
    is_spread = any(isinstance(a, ast.Starred) for a in node.args) and takes_sizes(e, callee)
    args = [flight.add(a) for a in spread_out(e, node.args)] if is_spread else []
    for a in () if is_spread else node.args:
        if isinstance(a, ast.Starred):
            spread = e.expr(a.value)
            parts = known_parts(e, spread)
            series = series_of(e, spread) if parts is None else Series(None, None, parts)
            if series.parts is None:
                raise e.error(
                    a,
                    "the number of arguments after `*` is known only at run time",
                    hint="pass a tuple",
                )
            args += series.parts
        else:
            _pass_on(e, a)
            args.append(flight.add(e.expr(a), a))
    kwargs: dict[str, Entry] = {}
    for k in node.keywords:
        if k.arg is None and isinstance(k.value, ast.Dict):
            kwargs.update(_written_out(e, k.value))
            continue
        value = flight.add(e.expr(k.value), k.value)
        if k.arg is not None:
            kwargs[k.arg] = value
            continue
        known, found = constant_of(value)
        entries = e.session.known_keys.of(value) if isinstance(value, Value) else None
        if isinstance(value, Struct):
            kwargs.update(value.fields)
        elif entries is not None:
            kwargs.update(entries)
        elif known and isinstance(found, dict):
            kwargs.update({str(n): e.session.entry_of(x) for n, x in found.items()})
        else:
            raise e.error(
                k.value,
                "the names after `**` are known only at run time",
                hint="write the dict with its keys where the call is: f(**{'a': x})",
            )
    flight.check()
    return list(map(flight.now, args)), {n: flight.now(x) for n, x in kwargs.items()}


def _pass_on(e: Emitter, node: ast.expr) -> None:
    """Compile again where a value of several types is passed on, so that a callee can tell them."""
    is_open = isinstance(node, ast.Name) and isinstance(e.lookup(node.id), Conflict)
    if is_open and not e.session.facts.asks_types:
        raise RestartError(lambda facts: setattr(facts, "asks_types", True))


def _written_out(e: Emitter, node: ast.Dict) -> dict[str, Entry]:
    """`**{"k": v}`: the values need no common type."""
    found: dict[str, Entry] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        known, name = constant_of(e.expr(key)) if key is not None else (False, None)
        if not known or not isinstance(name, str):
            raise e.error(node, "the names after `**` must be texts known at compile time")
        found[name] = e.expr(value)
    return found


def call_entry(
    e: Emitter, callee: Entry, args: list[Entry], kwargs: dict[str, Entry], node: ast.Call
) -> Entry:
    """Call what an entry stands for."""
    if isinstance(callee, OneOf):
        return choose(e, callee, lambda part: call_entry(e, part, args, kwargs, node))
    if isinstance(callee, Bound):
        return call_method(e, callee, args, kwargs)
    if isinstance(callee, Closure):
        return e.session.inline_closure(e, callee, args, kwargs)
    if isinstance(callee, Partial):
        given = [*callee.args, *args]
        return call_entry(e, callee.function, given, {**callee.kwargs, **kwargs}, node)
    if isinstance(callee, MethodOf) and isinstance(callee.owner.value, Struct):
        return e.session.structs.call(e, callee, args, kwargs)
    if isinstance(callee, MethodOf):
        return e.session.call_python(e, callee.function, args, kwargs, owner=callee.owner)
    own = getattr_static(callee.cls, "__call__", None) if isinstance(callee, Struct) else None
    if isinstance(callee, Struct) and isfunction(own):
        return e.session.structs.call(e, MethodOf(Known(callee), own, node.func), args, kwargs)
    if not isinstance(callee, Known):
        raise e.error(
            node.func,
            f"{e.describe(callee)} cannot be called",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
        )
    return call_object(e, callee, args, kwargs)


def call_object(e: Emitter, callee: Known, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
    """Call a Python object known at compile time."""
    session = e.session
    original = getattr(callee.value, "_torchdynamo_inline", None)
    if isfunction(original):
        return session.call_python(e, original, args, kwargs)
    builtin = BUILTINS.get(session.identity(callee.value))
    if builtin is not None and isinstance(e.at, ast.AST):
        return _call_builtin(e, builtin, args, kwargs)
    if isinstance(callee.value, MethodDescriptorType) and callee.value.__objclass__ is str and args:
        bound = Bound(args[0], callee.value.__name__, ast.Constant(None))
        return call_method(e, bound, args[1:], kwargs)
    if isinstance(callee.value, operator.itemgetter):
        return call_getter(e, callee, args)
    if isinstance(callee.value, typing.NewType) and len(args) == 1:
        return args[0]
    if session.is_model(callee):
        return session.call_model(e, callee, "forward", args, kwargs)
    if session.is_module(callee):
        return session.call_module(e, callee, args, kwargs)
    named = functools.partial(_call_named, e, callee, args, kwargs)
    if is_library(e, callee.value):
        return function_call(e, callee, args, kwargs, named)
    found = named()
    if found is not None:
        return found
    scalar = data_type_of_class(callee.value)
    if scalar is not None and args:
        return as_tensor(e, args[0], scalar)
    if isinstance(callee.value, type) and issubclass(callee.value, enum.Enum) and len(args) == 1:
        return member_of(e, callee.value, args[0])
    if isinstance(callee.value, type):
        return session.structs.make(e, callee.value, args, kwargs)
    method = python_method(callee.value, "__call__")
    if method is not None:
        return session.call_python(e, method, args, kwargs, owner=callee)
    return from_source(e, callee, args, kwargs)


def _call_named(
    e: Emitter, callee: Known, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Call a library's object by what it is called there; None where that means nothing here."""
    written = definition(callee.value)
    if written is not None:
        return e.session.call_python(e, written, args, kwargs)
    for name in e.session.names.of(callee.value):
        found = call_named(e, name, args, kwargs)
        if found is not None:
            return found
    return None


def _call_builtin(
    e: Emitter, builtin: Builtin, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry:
    """Call a builtin with arguments that have been computed."""
    at = ast.copy_location(ast.Call(ast.Name("a function", ast.Load()), [], []), e.at or ast.Pass())
    names = named_arguments(e, [*args, *kwargs.values()], at)
    at.args = names[: len(args)]
    at.keywords = [ast.keyword(k, n) for k, n in zip(kwargs, names[len(args) :], strict=True)]
    return builtin(e, at)


def _of_numbers(e: Emitter, builtin: Builtin, node: ast.Call) -> Entry:
    """Call a builtin of numbers; of those of two types with each."""
    args, kwargs = arguments(e, node)
    if not any(is_mixed(e, a) for a in args):
        return _call_builtin(e, builtin, args, kwargs)
    return each(e, lambda *parts: _call_builtin(e, builtin, list(parts), kwargs), *args)


def raised_text(e: Emitter, nodes: list[ast.expr]) -> Value:
    """The message of an exception."""
    if not nodes:
        return e.constant("")
    return message(e, nodes, "")


__all__ = ["arguments", "call_entry", "describe_call", "raised_text"]
