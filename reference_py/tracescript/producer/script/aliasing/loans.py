"""Arguments that a function changes in place: its caller's names get the changed objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.changes import store
from tracescript.producer.script.emitter.entries import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


class Loans:
    """The names by which a caller passes objects to one call. Spec: SCRIPT-8."""

    def __init__(self, e: Emitter, parameters: Mapping[str, Entry]) -> None:
        self._e = e
        self._aliases = e.session.aliases
        self._log = len(self._aliases.log)
        offered, e.offered = e.offered, []
        self._lent: dict[str, tuple[Entry, ast.Name]] = {}
        for name, entry in parameters.items():
            found = [node for given, node in offered if given is entry]
            passed = [p for p in parameters.values() if p is entry]
            if len(found) == len(passed) == 1 and self._aliases.own(entry):
                self._lent[name] = entry, found[0]
        keys = [e.key_of(node) or "" for _, node in self._lent.values()]
        self._aliases.lent += keys
        self._count = len(keys)

    def settle(self, finals: Mapping[str, Entry]) -> None:
        """The call has ended: give the caller's names what their objects have become."""
        aliases = self._aliases
        del aliases.lent[len(aliases.lent) - self._count :]
        changed = {t for tokens in aliases.log[self._log :] for t in tokens}
        for name, (entry, node) in self._lent.items():
            final = finals.get(name, entry)
            held = aliases.seen(entry) if isinstance(entry, Struct) else aliases.own(entry)
            if final is entry or not held & changed:
                continue
            if not self._is_same(entry, final):
                raise self._e.error(
                    node,
                    f"the function changes {node.id!r}, and then gives {name!r} another value",
                    code="ALIASING",
                    rule="SCRIPT-8",
                    hint=f"return the new value: {node.id} = f({node.id})",
                )
            store(self._e, node, final)

    def _is_same(self, entry: Entry, final: Entry) -> bool:
        if isinstance(entry, Value) and isinstance(final, Value):
            return self._aliases.root(entry) is self._aliases.root(final)
        return (
            isinstance(entry, Struct) and isinstance(final, Struct) and entry.tokens == final.tokens
        )


def offer(args: Sequence[ast.expr], entries: Sequence[Entry]) -> list[tuple[Entry, ast.Name]]:
    """Pair the values of a call's arguments with the names they have."""
    if any(isinstance(a, ast.Starred) for a in args):
        return []
    return [(x, a) for a, x in zip(args, entries, strict=False) if isinstance(a, ast.Name)]
