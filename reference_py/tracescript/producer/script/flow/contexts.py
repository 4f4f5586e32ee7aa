"""`with`: contexts without effects, classes with `__enter__`, functions with one `yield`."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.calls.functions import defaults_of
from tracescript.producer.script.calls.parameters import bind_parameters
from tracescript.producer.script.emitter.core import statement
from tracescript.producer.script.emitter.entries import Known, MethodOf, Struct, constant_of
from tracescript.producer.script.expressions.targets import assign_to
from tracescript.producer.script.source.exits import (
    Enter,
    Leave,
    is_finally,
    reaches,
    remove_loop_exits,
)
from tracescript.producer.script.source.matching import without_match
from tracescript.producer.source import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Ending = Callable[[], None]


@statement(Enter)
def enter(e: Emitter, node: Enter) -> None:
    """The header of a `with`."""
    endings = []
    for k, item in enumerate(node.items):
        endings.append(_entered(e, item, f"context {k} of {node.number}"))
    e.session.open_contexts[node.number] = endings


@statement(Leave)
def leave(e: Emitter, node: Leave) -> None:
    """The end of a `with`: the contexts in reverse order."""
    for ending in reversed(e.session.open_contexts[node.begun.number]):
        ending()


def _entered(e: Emitter, item: ast.withitem, name: str) -> Ending:
    """Enter one context and return what ends it."""
    node = item.context_expr
    if _is_without_effect(e, node):
        _bind(e, item, e.constant(None))
        return lambda: None
    generator = _generator(e, node)
    if generator is not None:
        value, ending = generator
        _bind(e, item, value)
        return ending
    return _of_class(e, item, name)


def _bind(e: Emitter, item: ast.withitem, value: Entry) -> None:
    if item.optional_vars is not None:
        assign_to(e, item.optional_vars, value)


# ---------------------------------------------------------------------- without effects
def _is_without_effect(e: Emitter, node: ast.expr) -> bool:
    """Whether a context changes no value: no_grad, inference_mode, errstate."""
    call = node.func if isinstance(node, ast.Call) else node
    entry = e.expr(call) if isinstance(call, ast.Name | ast.Attribute) else None
    name = e.session.identity(entry.value) if isinstance(entry, Known) else ""
    last = name.rpartition(".")[2]
    if last not in _CONTEXTS:
        return False
    if last == "autocast" and isinstance(node, ast.Call):
        enabled = [k.value for k in node.keywords if k.arg == "enabled"]
        if not (enabled and isinstance(enabled[0], ast.Constant) and enabled[0].value is False):
            raise e.error(node, "autocast changes data types", hint="cast where you need it")
    if last == "errstate" and isinstance(node, ast.Call):
        _check_quiet(e, node)
    return True


def _check_quiet(e: Emitter, node: ast.Call) -> None:
    """Refuse `np.errstate(divide="raise")` and the like: no op of a model raises for them."""
    for keyword in node.keywords:
        known, value = constant_of(e.expr(keyword.value))
        if keyword.arg is None or not known or value not in (None, "ignore", "warn"):
            raise e.error(
                node,
                f"{ast.unparse(node)} makes floating-point errors more than warnings",
                hint='say "ignore" or "warn", and test the values: np.isfinite(x).all()',
            )


_CONTEXTS = frozenset(
    {
        "no_grad",
        "inference_mode",
        "enable_grad",
        "set_grad_enabled",
        "autocast",
        "errstate",
        "record_function",
        "nullcontext",
        "optimized_execution",
        "strict_fusion",
    }
)


# ---------------------------------------------------------------------- classes
def _of_class(e: Emitter, item: ast.withitem, name: str) -> Ending:
    """A context whose class defines `__enter__` and `__exit__` in Python."""
    node = item.context_expr
    manager = e.expr(node)
    begin, end = (_method(manager, n) for n in ("__enter__", "__exit__"))
    if begin is None or end is None:
        raise e.error(
            node,
            f"scripts know no context {ast.unparse(node)}",
            hint="no_grad, inference_mode, errstate, nullcontext and profiler ranges are known,"
            " and classes and generators of your own",
        )
    if _may_swallow(end):
        raise e.error(
            node,
            "this context may swallow an exception",
            hint="let __exit__ return nothing",
        )
    place = node
    if not isinstance(node, ast.Name):
        place = ast.copy_location(ast.Name(name, ast.Load()), node)
        e.scope[e.frame.key(name)] = manager
    value = _call(e, manager, begin, place, [])
    own = e.scope.get(e.frame.key(name))
    target = item.optional_vars
    is_same = isinstance(value, Struct) and isinstance(own, Struct) and value.tokens == own.tokens
    if is_same and isinstance(target, ast.Name):
        place = ast.copy_location(ast.Name(target.id, ast.Load()), target)
        value = e.scope.pop(e.frame.key(name))
    tokens = value.tokens if isinstance(value, Struct) and is_same else None
    _bind(e, item, value)

    def ending() -> None:
        found = e.expr(place)
        if tokens is not None and (not isinstance(found, Struct) or found.tokens != tokens):
            raise e.error(
                node,
                f"{ast.unparse(place)!r} is no longer the context that was entered",
                hint="give what you make inside another name",
            )
        _call(e, found, end, place, [e.constant(None)] * 3)
        e.scope.pop(e.frame.key(name), None)

    return ending


def _method(manager: Entry, name: str) -> Any:
    cls = manager.cls if isinstance(manager, Struct) else None
    if isinstance(manager, Known) and not isinstance(manager.value, type):
        cls = type(manager.value)
    found = inspect.getattr_static(cls, name, None) if cls is not None else None
    return found if inspect.isfunction(found) and "torch" not in found.__module__ else None


def _call(e: Emitter, manager: Entry, method: Any, place: ast.expr, args: list[Entry]) -> Entry:
    if isinstance(manager, Struct):
        return e.session.structs.call(e, MethodOf(Known(manager), method, place), args, {})
    assert isinstance(manager, Known)
    return e.session.call_python(e, method, args, {}, owner=manager)


def _may_swallow(function: Any) -> bool:
    """Whether an `__exit__` returns anything but None or False."""
    from tracescript.producer.source import source_of

    _, definition = source_of(function)
    returned = [n.value for n in ast.walk(definition) if isinstance(n, ast.Return)]
    return any(
        x is not None and not (isinstance(x, ast.Constant) and x.value in {None, False})
        for x in returned
    )


# ---------------------------------------------------------------------- generators
@dataclass(frozen=True)
class _Halves:
    """The statements of a generator before its only `yield`, what it yields, and those after."""

    before: list[ast.stmt]
    value: ast.expr | None
    after: list[ast.stmt]


def _generator(e: Emitter, node: ast.expr) -> tuple[Entry, Ending] | None:
    """`with f(x)` of a function under `contextlib.contextmanager`; None for anything else."""
    from tracescript.producer.script.calls.dispatch import arguments

    if not isinstance(node, ast.Call):
        return None
    callee = e.expr(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
    owner = callee.owner if isinstance(callee, MethodOf) else None
    function = callee.function if isinstance(callee, MethodOf) else getattr(callee, "value", None)
    plain = unwrapped(function) if inspect.isfunction(function) else None
    if plain is None or plain is function or not inspect.isgeneratorfunction(plain):
        return None
    args, kwargs = arguments(e, node)
    frame = e.session.calls.frame(plain, owner.value if owner else None, e.frame.flavour)
    assert isinstance(frame.definition, ast.FunctionDef)
    halves = _halves(frame.definition.body)
    if halves is None:
        raise e.error(
            node,
            f"{plain.__qualname__} is more than lines around one `yield`",
            hint="one `yield` at its top or in a try with finally, no return",
        )
    given = [owner, *args] if owner is not None else args
    defaults = defaults_of(e.session, frame.definition, plain)
    parameters = bind_parameters(e, frame.definition, given, kwargs, *defaults)
    frame.enclosing, frame.inlined_at = e.frame, e.place()
    for name, entry in parameters.items():
        e.scope[frame.key(name)] = entry

    def run(body: list[ast.stmt], value: ast.expr | None = None) -> Entry:
        outer, at = e.frame, e.at
        e.frame = frame
        e.run(remove_loop_exits(without_match(body)))
        found = e.expr(value) if value is not None and not e.is_dead else e.constant(None)
        e.frame, e.at = outer, at
        return found

    def ending() -> None:
        run(halves.after)
        for name in [k for k in e.scope if k.startswith(f"{frame.number}:")]:
            del e.scope[name]

    return run(halves.before, halves.value), ending


def _halves(body: list[ast.stmt]) -> _Halves | None:
    """Take a generator's body apart; None where it has another form."""
    yields = [n for s in body for n in ast.walk(s) if isinstance(n, ast.Yield | ast.YieldFrom)]
    if len(yields) != 1 or any(reaches(s, (ast.Return,)) for s in body):
        return None
    for k, s in enumerate(body):
        if isinstance(s, ast.Expr) and s.value is yields[0] and isinstance(s.value, ast.Yield):
            return _Halves(body[:k], s.value.value, body[k + 1 :])
        if isinstance(s, ast.Try) and is_finally(s):
            inner = _halves(s.body)
            if inner is not None:
                after = [*inner.after, *s.finalbody, *body[k + 1 :]]
                return _Halves([*body[:k], *inner.before], inner.value, after)
    return None
