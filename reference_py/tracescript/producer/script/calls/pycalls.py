"""Calls of Python functions: methods of modules become functions, the rest goes in line."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.marks import mark_of
from tracescript.producer.script.aliasing.loans import Loans
from tracescript.producer.script.calls.functions import (
    computed,
    defaults_of,
    defining_class,
    has_container,
    holds_closure,
    run_body,
)
from tracescript.producer.script.calls.hosts import call_host
from tracescript.producer.script.calls.nested import NestedRecursion, place_of
from tracescript.producer.script.calls.parameters import (
    bind_parameters,
    borrowed_names,
    local_names,
)
from tracescript.producer.script.calls.unknown import unknown
from tracescript.producer.script.emitter import objects
from tracescript.producer.script.emitter.entries import (
    Closure,
    Items,
    Known,
    Struct,
)
from tracescript.producer.script.emitter.frame import Frame, cells_of, flavour_of
from tracescript.producer.script.emitter.linking import Linker
from tracescript.producer.source import unwrapped

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.unit import Compiled
    from tracescript.producer.script.session import Session


def refuse_hooks(e: Emitter, module: Any) -> None:
    """Hooks run outside forward, where a script does not look."""
    for kind in ("_forward_hooks", "_forward_pre_hooks"):
        if getattr(module, kind, None):
            raise e.error(
                None,
                f"{type(module).__name__} has a {kind[1:-1].replace('_', ' ')}",
                rule="SCRIPT-11",
                hint="remove it, or put what it does into forward",
            )


class PythonCalls(NestedRecursion):
    """Compiles Python functions where they are called, methods of modules once per signature."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._units: dict[Any, Compiled] = {}
        self._stack: list[Any] = []
        self._open: dict[Any, str] = {}
        self.changing: dict[Any, tuple[str, ...]] = {}
        self._frames = 0
        self.last_self: Entry | None = None
        self.linker = Linker(session)
        self.methods: dict[int, list[tuple[str, Compiled]]] = {}

    # ------------------------------------------------------------------ frames
    def frame(self, function: Any, owner: Any, flavour: str) -> Frame:
        """Make the frame of a Python function."""
        plain = unwrapped(function)
        source, definition, names, body = self._session.definitions.of(function)
        self._frames += 1
        name = getattr(plain, "__qualname__", "f").rpartition("<locals>.")[2]
        parameters = definition.args.posonlyargs + definition.args.args
        return Frame(
            source,
            name,
            plain.__globals__,
            cells_of(plain),
            flavour_of(plain, flavour),
            definition,
            owner_class=defining_class(owner, plain),
            number=self._frames,
            local_names=names,
            first_parameter=parameters[0].arg if parameters else "",
            is_ours=body is not None,
            body=body,
        )

    # ------------------------------------------------------------------ the kinds of calls
    def call(
        self,
        e: Emitter,
        function: Any,
        args: list[Entry],
        kwargs: dict[str, Entry],
        owner: Known | None,
    ) -> Entry:
        """Call a Python function; with `owner` as its first argument if it is a method."""
        session = self._session
        if isinstance(function, str):
            assert owner is not None
            return self.model(e, owner, function, args, kwargs)
        if mark_of(function) == "unused":
            return self._unused(e, function)
        if mark_of(function) == "ignore":
            return call_host(e, function, args, kwargs, owner)
        if hasattr(function, "cache_info"):
            raise e.error(
                None,
                f"{function.__qualname__} keeps its results between calls (functools.cache)",
                rule="SCRIPT-1",
                hint=f"call {function.__qualname__}.__wrapped__, which computes them",
            )
        if isinstance(function, functools.partial):
            more = {k: session.entry_of(v) for k, v in function.keywords.items()}
            return e.session.call_python(
                e, function.func, [session.entry_of(a) for a in function.args] + args, more | kwargs
            )
        if owner is not None and isinstance(owner.value, Struct):
            return self.inline(e, function, [owner.value, *args], kwargs)
        made = None if owner is None else self._of_module(e, owner, function, args, kwargs)
        if made is not None:
            return made
        known = computed(session, function, args, kwargs)
        if known is not None:
            return known
        if not hasattr(unwrapped(function) if callable(function) else function, "__code__"):
            raise unknown(e, function)
        is_plain = owner is None or objects.is_module(owner.value)
        if is_plain and unwrapped(function) in session.facts.recursive:
            return self.recursive(e, unwrapped(function), args, kwargs, owner)
        return self.inline(e, function, args if owner is None else [owner, *args], kwargs)

    def _of_module(
        self, e: Emitter, owner: Known, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry | None:
        """Call a method of a container of modules, or a forward; None for any other method."""
        if not objects.is_module(owner.value):
            return None
        found = self._session.module_items(owner, function.__name__)
        is_container = self._session.children(owner) is not None
        if found is not None and is_container and function.__name__ != "forward":
            return Items(found)
        forward = getattr(type(owner.value), "forward", None)
        is_call = forward in {function, self._original(function)}
        if is_call and owner.path and self._can_be_unit([*args, *kwargs.values()]):
            return self.unit_call(e, owner, function, args, kwargs)
        return None

    def getter(self, e: Emitter, function: Any, owner: Known, name: str) -> Entry:
        """Call the getter of a property of a module."""
        if name in getattr(owner.value, "__jit_unused_properties__", ()):
            return self._unused(e, function)
        return self.call(e, function, [], {}, owner)

    def _unused(self, e: Emitter, function: Any) -> Entry:
        """Call a function marked `unused`: it raises."""
        text = f"{function.__qualname__} is marked unused"
        e.ops("raise", [e.constant(text)], {"kind": "RuntimeError"})
        e.is_dead = True
        return e.constant(None)

    def _original(self, function: Any) -> Any:
        """Return the forward that a short form of ours stands for."""
        door = objects.torch_door()
        return function if door is None else door.original(function)

    def _can_be_unit(self, entries: list[Entry]) -> bool:
        """Whether arguments are run-time values nobody can change, or constants."""
        return all(self._session.is_runtime(x) and not has_container(x) for x in entries)

    def module(
        self, e: Emitter, module: Known, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a module: its forward."""
        if module.path is None:
            raise e.error(
                None,
                f"{type(module.value).__name__} is not reached through self",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="make it an attribute of the module",
            )
        forward = getattr(type(module.value), "forward", None)
        instance = vars(module.value).get("forward")
        if instance is not None:
            forward = getattr(instance, "__func__", instance)
        if forward is None:
            raise e.error(
                None,
                f"{type(module.value).__name__} has no forward",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
            )
        refuse_hooks(e, module.value)
        door = objects.torch_door()
        if door is not None:
            forward = door.rewritten(forward)
        return self.call(e, forward, args, kwargs, module)

    def closure(
        self, e: Emitter, callee: Closure, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a lambda or nested function in line."""
        self._frames += 1
        definition, outer = callee.definition, callee.frame
        name = getattr(definition, "name", "<lambda>")
        frame = Frame(
            outer.source,
            f"{outer.scope_name}.{name}",
            outer.namespace,
            outer.cells,
            outer.flavour,
            definition,
            owner_class=outer.owner_class,
            number=self._frames,
            local_names=local_names(definition),
            lexical=outer,
            borrowed=borrowed_names(definition),
        )
        if place_of(callee) in self._session.facts.recursive:
            return self.nested(e, callee, frame, args, kwargs)
        defaults = list(callee.defaults), list(callee.keyword_defaults)
        return self._run(e, frame, args, kwargs, defaults, place_of(callee))

    def inline(
        self, e: Emitter, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Compile a function's body where it is called."""
        try:
            first = args[0] if args else None
            owner = first.value if isinstance(first, Known) else first
            owner = owner if isinstance(first, Known | Struct) else None
            frame = self.frame(function, owner, e.frame.flavour)
        except ProducerError as error:
            raise e.passed_on(error) from None
        defaults = defaults_of(self._session, frame.definition, function)
        return self._run(e, frame, args, kwargs, defaults, unwrapped(function))

    def _run(
        self,
        e: Emitter,
        frame: Frame,
        args: list[Entry],
        kwargs: dict[str, Entry],
        defaults: Any,
        key: Any,
    ) -> Entry:
        if not frame.is_ours:
            self.enter(e, key, frame.scope_name)
        parameters = bind_parameters(e, frame.definition, args, kwargs, *defaults)
        loans = Loans(e, parameters)
        frame.enclosing, frame.inlined_at = e.frame, e.place()
        outer, at = e.frame, e.at
        e.frame = frame
        for name, entry in parameters.items():
            e.scope[frame.key(name)] = entry
        result = run_body(e, frame)
        last_self = e.scope.get(frame.key(frame.first_parameter))
        finals = {n: x for n in parameters if (x := e.scope.get(frame.key(n))) is not None}
        e.frame, e.at = outer, at
        loans.settle(finals)
        self.last_self = last_self
        if not frame.is_ours:
            self._stack.pop()
        prefix = f"{frame.number}:"
        if not holds_closure(result):
            for name in [k for k in e.scope if k.startswith(prefix)]:
                del e.scope[name]
        return result
