"""Nested functions that call themselves: functions of the model.

What such a function reads of the functions around it becomes parameters of it. Where it changes a
list, dict or set of what cannot change, it gives that back.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DictType, ListType, StructType, is_set_type
from tracescript.producer.script.calls.functions import fixed_key
from tracescript.producer.script.calls.parameters import (
    bind_parameters,
    borrowed_names,
    local_names,
)
from tracescript.producer.script.calls.recursion import Recursion, loose
from tracescript.producer.script.containers.edges import opened
from tracescript.producer.script.emitter.entries import (
    Bound,
    Closure,
    Conflict,
    Empty,
    Items,
    OneOf,
    Partial,
    Series,
    Struct,
    values_in,
)
from tracescript.producer.script.emitter.own_containers import is_dict_of
from tracescript.producer.script.emitter.type_parts import is_changeable
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame

_AROUND = (
    "an empty container without a type (xs: list[int] = [] has one) around a recursive function"
)


def place_of(callee: Closure) -> tuple[str, int, int]:
    """Return what tells one nested function from another, in each attempt."""
    node = callee.definition
    return callee.frame.source.name, node.lineno, node.col_offset


class NestedRecursion(Recursion):
    """Calls of nested functions that are known to call themselves; a part of PythonCalls."""

    def nested(
        self, e: Emitter, callee: Closure, frame: Frame, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a nested function as a function of the model."""
        offered, e.offered = e.offered, []
        defaults = list(callee.defaults), list(callee.keyword_defaults)
        given = bind_parameters(e, callee.definition, args, kwargs, *defaults)
        around: dict[str, Entry] = {}
        _collect(e, callee, around)
        runtime, scope = _sorted(e, {frame.key(n): x for n, x in given.items()} | around)
        names = {k: _name(k, runtime) for k in runtime}
        passed = [e.value(x) for x in runtime.values()]
        kinds = {
            names[k]: (loose(v.type), self._session.roots.of(v))
            for k, v in zip(runtime, passed, strict=True)
        }
        held = tuple((k.partition(":")[2], _told_by(x)) for k, x in scope.items())
        module = e.unit.module
        key = (place_of(callee), id(module), tuple(kinds.items()), held, e.frame.flavour)
        if key in self._open:
            made = self._again(e, key, "", passed)
            changed = self._session.facts.results[key].changed
        else:
            if key not in self._units:
                self.limit_signatures(e, key, frame.scope_name)
                outer = {names[k]: k for k in runtime if k in around}
                own = [names[k] for k, v in zip(runtime, passed, strict=True) if _may_own(v)]
                self._units[key] = self._compiled(e, key, frame, module, kinds, scope, outer, own)
            made = self.invoke(e, self._units[key], "", passed)
            changed = self.changing[key]
        parts = made.parts if isinstance(made, Items) and changed else (made,)
        results = parts[: len(parts) - len(changed)]
        finals = dict(zip(changed, parts[len(results) :], strict=True))
        for k, entry in runtime.items():
            if names[k] in finals:
                others = [x for other, x in runtime.items() if other != k]
                at = k if k in around else None
                _give_back(e, at, offered, entry, others, finals[names[k]])
        if not changed:
            return made
        return _result_of(e, results)


def _sorted(e: Emitter, entries: dict[str, Entry]) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """Return entries that run time gives, and those that are known when compiling."""
    runtime: dict[str, Entry] = {}
    scope: dict[str, Entry] = {}
    for key, entry in entries.items():
        if is_dict_of(entry):
            raise e.error(
                None,
                f"{e.describe(entry)} for a function that calls itself",
                code="TYPE_INFERENCE",
                rule="SCRIPT-12",
                hint="take a plain dict: dict(...)",
            )
        if e.session.is_runtime(entry):
            runtime[key] = entry
        else:
            scope[key] = _kept(e, entry)
    return runtime, scope


def _result_of(e: Emitter, results: Sequence[Entry]) -> Entry:
    if not results:
        return e.constant(None)
    return results[0] if len(results) == 1 else Items(tuple(results))


def _may_own(value: Value) -> bool:
    """Whether a function may change a container that it gets, and give it back."""
    kind = value.type
    if isinstance(kind, StructType):
        return is_set_type(kind)
    if not isinstance(kind, ListType | DictType):
        return False
    return not is_changeable(kind.element if isinstance(kind, ListType) else kind.value)


def _give_back(
    e: Emitter,
    key: str | None,
    offered: list[tuple[Entry, ast.Name]],
    entry: Entry,
    others: list[Entry],
    final: Entry,
) -> None:
    """The call has changed a container: its name stands for what it has become."""
    aliases = e.session.aliases
    if any(aliases.seen(entry) & aliases.seen(x) for x in others):
        raise e.error(
            None,
            "this call changes a container that it gets under two names",
            code="ALIASING",
            rule="SCRIPT-8",
            hint="copy it: list(...)",
        )
    nodes = [node for given, node in offered if given is entry]
    if key is None and len(nodes) != 1:
        aliases.changed_by_call(e, entry)
        return
    name = nodes[0] if key is None else ast.Name(key.partition(":")[2], ast.Load())
    name = ast.copy_location(name, e.at) if isinstance(e.at, ast.AST) else name
    changed = opened(e, final)
    own = key or e.key_of(name) or ""
    aliases.lent.append(own)
    aliases.change(e, name, entry, changed)
    aliases.lent.pop()
    if isinstance(changed, Struct) and isinstance(entry, Struct):
        changed = replace(changed, tokens=entry.tokens)
    e.scope[own] = changed


def _collect(e: Emitter, callee: Closure, found: dict[str, Entry]) -> None:
    """Add what a nested function, and those that it calls, read of the functions around."""
    own = local_names(callee.definition)
    for node in nodes_of(callee.definition):
        if isinstance(node, ast.FunctionDef) and borrowed_names(node):
            raise e.error(
                None,
                f"{getattr(callee.definition, 'name', 'a function')} calls itself and changes"
                " names of the function around it",
                rule="SCRIPT-12",
                hint="return the new value",
            )
        if not isinstance(node, ast.Name) or node.id in own:
            continue
        frame: Frame | None = callee.frame
        while frame is not None and frame.key(node.id) not in e.scope:
            frame = frame.lexical
        if frame is None or frame.key(node.id) in found:
            continue
        entry = e.scope[frame.key(node.id)]
        found[frame.key(node.id)] = entry
        if isinstance(entry, Closure):
            _collect(e, entry, found)


def _kept(e: Emitter, entry: Entry) -> Entry:
    """An entry known when compiling; a container says that it belongs to another function."""
    if values_in(entry) or isinstance(entry, OneOf | Series | Bound | Partial):
        return Conflict(
            f"it is {e.describe(entry)}, which a function that calls itself cannot see",
            "pass what is needed of it as an argument",
        )
    if isinstance(entry, Empty) or (isinstance(entry, Items) and entry.is_list):
        return replace(entry, outside=entry.outside or _AROUND)
    return entry


def _told_by(entry: Entry) -> Any:
    """Return what tells an entry that is known when compiling from another, in each attempt."""
    if isinstance(entry, Closure):
        return place_of(entry)
    return ("empty", entry.is_dict) if isinstance(entry, Empty) else fixed_key(entry)


def _name(key: str, keys: Any) -> str:
    """Return the name of a parameter: that in the program where no other has it."""
    name = key.partition(":")[2]
    same = [k for k in keys if k.partition(":")[2] == name]
    return name if same[0] == key else f"{name}_{same.index(key)}"


__all__ = ["NestedRecursion", "place_of"]
