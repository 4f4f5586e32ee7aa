"""Reads the debug section and lays it beside the functions it points at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.ir import limits
from tracescript.ir.graph import GuardDebug, Place
from tracescript.ir.model import SourceFile
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import TsError
    from tracescript.v1 import debug_pb2, model_pb2

_RULE = "CONTAINER-29"


@dataclass(frozen=True, slots=True)
class FunctionDebug:
    """What is known of one function; every list is empty or as long as what it describes."""

    value_names: Sequence[str] = ()
    node_places: Sequence[Place | None] = ()
    decisions: Sequence[GuardDebug | None] = ()
    shape_guards: Sequence[GuardDebug | None] = ()

    def decision(self, index: int) -> GuardDebug | None:
        """Return what is known of a trace decision."""
        return self.decisions[index] if self.decisions else None

    def shape_guard(self, index: int) -> GuardDebug | None:
        """Return what is known of a shape guard."""
        return self.shape_guards[index] if self.shape_guards else None


class DebugReader:
    """The debug section of a file, or an empty one.

    Raises:
        InvalidModelError: BAD_DEBUG, BAD_INDEX.
        UnsupportedError: FILE_LIMIT.

    Spec: CONTAINER-29.
    """

    def __init__(self, section: debug_pb2.DebugInfo | None, functions: int) -> None:
        self.sources: tuple[SourceFile, ...] = ()
        self._names: list[str] = [""]
        self._places: list[Place | None] = [None]
        self._functions: dict[int, debug_pb2.FunctionDebug] = {}
        if section is None:
            return
        check_sentinel(section.sources, "debug.sources")
        check_sentinel(section.locations, "debug.locations")
        self._read_sources(section)
        self._read_locations(section)
        last = 0
        for i, entry in enumerate(section.functions):
            if not last < entry.function < functions:
                raise bad_index(
                    f"debug.functions[{i}].function", entry.function, last + 1, functions - 1
                )
            last = entry.function
            self._functions[last] = entry

    def _read_sources(self, section: debug_pb2.DebugInfo) -> None:
        sources = section.sources[1:]
        self.sources = tuple(SourceFile(s.name, s.text, s.sha256) for s in sources)
        self._names += [source.name for source in sources]
        for i, name in enumerate(self._names[1:], 1):
            if not name or "/" in name or "\\" in name or name in self._names[1:i]:
                what = f"found the name {name!r:.80}, expected a file name that no other source has"
                raise self._bad(what, f"sources[{i}].name")

    def _read_locations(self, section: debug_pb2.DebugInfo) -> None:
        depth = [0]
        for i in range(1, len(section.locations)):
            entry = section.locations[i]
            where = f"debug.locations[{i}]"
            if entry.source >= len(self._names):
                raise bad_index(f"{where}.source", entry.source, 0, len(self._names) - 1)
            if entry.inlined_at >= i:
                raise bad_index(f"{where}.inlined_at", entry.inlined_at, 0, i - 1)
            depth.append(depth[entry.inlined_at] + 1)
            if depth[i] > limits.MAX_INLINE_DEPTH:
                raise over_limit(where, "levels", depth[i], limits.MAX_INLINE_DEPTH)
            self._places.append(
                Place(
                    self._names[entry.source],
                    entry.line,
                    entry.column,
                    entry.end_line,
                    entry.end_column,
                    entry.scope,
                    entry.module_path,
                    self._places[entry.inlined_at],
                )
            )

    def function(self, index: int, message: model_pb2.Function) -> FunctionDebug:
        """Return what is known of a function."""
        entry = self._functions.get(index)
        if entry is None:
            return FunctionDebug()
        names, locations = entry.value_names, entry.node_locations
        decisions, guards = entry.trace_decisions, entry.shape_guards
        nodes = sum([len(block.nodes) for block in message.blocks])
        where = f"functions[{index}]"
        for name, entries, expected in (
            ("value_names", names, len(message.values)),
            ("node_locations", locations, nodes),
            ("trace_decisions", decisions, len(message.trace_decisions)),
            ("shape_guards", guards, len(message.shape_guards)),
        ):
            if entries and len(entries) != expected:
                what = f"found {len(entries)} entries, expected {expected} or none"
                raise self._bad(what, f"{where}.{name}")
        places = [self._place(at, f"{where}.node_locations[{i}]") for i, at in enumerate(locations)]
        return FunctionDebug(
            names,
            places,
            self._guards(decisions, f"{where}.trace_decisions") if decisions else (),
            self._guards(guards, f"{where}.shape_guards") if guards else (),
        )

    def _place(self, index: int, where: str) -> Place | None:
        if index >= len(self._places):
            raise bad_index(f"debug.{where}", index, 0, len(self._places) - 1)
        return self._places[index]

    def _guards(
        self, entries: Sequence[debug_pb2.GuardDebug], where: str
    ) -> list[GuardDebug | None]:
        return [self._guard(entry, f"{where}[{i}]") for i, entry in enumerate(entries)]

    def _guard(self, entry: debug_pb2.GuardDebug, where: str) -> GuardDebug | None:
        if not entry.ByteSize():
            return None
        return GuardDebug(
            self._place(entry.location, f"{where}.location"),
            entry.predicate,
            entry.statement,
            self._place(entry.kept_location, f"{where}.kept_location"),
            self._place(entry.lost_location, f"{where}.lost_location"),
        )

    def _bad(self, what: str, where: str) -> TsError:
        return fault("BAD_DEBUG", what, f"debug.{where}", _RULE)
