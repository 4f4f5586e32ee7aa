"""Fills the debug section: value names, places, guards. It points at the model, never back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.limits import MAX_INLINE_DEPTH
from tracescript.v1 import debug_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.graph import GuardDebug, Place, ShapeGuard, TraceDecision
    from tracescript.ir.model import Model, SourceFile
    from tracescript.wire.write_functions import Numbering
    from tracescript.wire.write_model import Written


class _Places:
    """Interns sources and locations, numbered by first reference. Nodes often share a place."""

    def __init__(self, section: debug_pb2.DebugInfo, sources: Sequence[SourceFile]) -> None:
        self._section = section
        self._known = {source.name: source for source in sources}
        self._sources: dict[str, int] = {"": 0}
        self._locations: dict[bytes, int] = {}
        self._seen: dict[int, int] = {}
        section.sources.add()
        section.locations.add()

    def location(self, place: Place | None) -> int:
        """Return the index of a place of the model, 0 for None.

        The outermost calls of a long chain are cut.
        """
        if place is None:
            return 0
        index = self._seen.get(id(place))
        if index is None:
            index = self._seen[id(place)] = self._located(place)
        return index

    def _located(self, place: Place) -> int:
        chain = [place]
        while place.inlined_at is not None and len(chain) < MAX_INLINE_DEPTH:
            place = place.inlined_at
            chain.append(place)
        index = 0
        for link in reversed(chain):
            index = self._intern(link, index)
        return index

    def _intern(self, place: Place, inlined_at: int) -> int:
        entry = debug_pb2.Location(
            source=self._source(place.file),
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
            scope=place.scope,
            inlined_at=inlined_at,
            module_path=place.module_path,
        )
        key = entry.SerializeToString(deterministic=True)
        index = self._locations.setdefault(key, len(self._section.locations))
        if index == len(self._section.locations):
            self._section.locations.append(entry)
        return index

    def _source(self, name: str) -> int:
        index = self._sources.get(name)
        if index is None:
            index = self._sources[name] = len(self._section.sources)
            source = self._known.get(name)
            text, sha256 = (source.text, source.sha256) if source else ("", b"")
            self._section.sources.add(name=name, text=text, sha256=sha256)
        return index

    def guards(
        self, entries: Sequence[TraceDecision] | Sequence[ShapeGuard]
    ) -> list[debug_pb2.GuardDebug]:
        """Return one message for each guard, or none at all if nothing is known of any."""
        made = [self._guard(entry.debug) for entry in entries]
        return made if any(message.ByteSize() for message in made) else []

    def _guard(self, debug: GuardDebug | None) -> debug_pb2.GuardDebug:
        if debug is None:
            return debug_pb2.GuardDebug()
        return debug_pb2.GuardDebug(
            location=self.location(debug.place),
            predicate=debug.predicate,
            statement=debug.statement,
            kept_location=self.location(debug.kept),
            lost_location=self.location(debug.lost),
        )


def write_debug(model: Model, written: Written) -> debug_pb2.DebugInfo | None:
    """Return the debug section, or None if nothing is known. Spec: CONTAINER-29."""
    section = debug_pb2.DebugInfo()
    places = _Places(section, model.sources)
    for index, numbering in enumerate(written.numberings, 1):
        function = written.functions[index - 1]
        entry = debug_pb2.FunctionDebug(value_names=_names(numbering))
        locations = [places.location(n.place) for b in numbering.blocks for n in b.nodes]
        entry.node_locations.extend(locations if any(locations) else [])
        entry.trace_decisions.extend(places.guards(function.decisions))
        entry.shape_guards.extend(places.guards(function.shape_guards))
        if entry.ByteSize():
            entry.function = index
            section.functions.append(entry)
    return section if section.functions else None


def _names(numbering: Numbering) -> list[str]:
    names = ["", *(value.name for value in numbering.values)]
    return names if any(names) else []
