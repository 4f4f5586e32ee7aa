"""Who may share memory with whom, and which dead buffers can take a result.

`roots` of a value are the buffers and container objects that its content may live in: the value
that first held them, or FOREIGN for memory of the caller or the model. VIEW marks values that have
no buffer of their own, LOOSE those that may overlap themselves. A buffer is overwritten only when
all its holders are dead and it has none of these marks.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.engine.py.memory import Peaks
from tracescript.engine.py.tensors import is_fresh, takes_out
from tracescript.engine.values import holds_tensors

if TYPE_CHECKING:
    from tracescript.engine.py.program import Body, Stmt, Unit, Val

FOREIGN: Final = "foreign"
VIEW: Final = "view"
LOOSE: Final = "loose"

Roots = frozenset[Any]
_MARKS: Final[Roots] = frozenset({FOREIGN, VIEW, LOOSE})
_NONE: Final[Roots] = frozenset()
_MANY: Final = 32
"""Above so many roots a value's are taken for one: long programs stay linear."""
_ALIEN: Final[Roots] = frozenset({FOREIGN})

CHANGING: Final = {"list.append": (0,), "list.set": (0,), "dict.set": (0,)}
"""Ops that may update an input in place, and which."""
_MAKING: Final = frozenset({"list.make", "dict.make"})
_NEW: Final = frozenset(
    {"list.slice", "list.concat", "list.repeat", "list.sort", "dict.keys", "dict.values"}
)


_VIEWS: Final = frozenset(
    {"reshape", "permute", "transpose", "select", "slice", "unsqueeze", "squeeze", "flatten"}
    | {"narrow", "movedim", "unflatten", "split", "chunk", "unbind", "cast", "identity", "flip"}
    | {
        "list.get",
        "tuple.get",
        "struct.get",
        "dict.get",
        "tuple.make",
        "struct.make",
        "list.unpack",
    }
    | {"tuple.unpack"}
)


def holds_memory(type_: ir.Type) -> bool:
    """Whether a value of this type can share memory: it is no plain scalar."""
    return not isinstance(type_, ir.ScalarType)


def is_copied(start: Val) -> bool:
    """Whether a loop copies this start value: a constant list or dict of scalars."""
    type_ = start.type
    if not start.known or not isinstance(type_, (ir.ListType, ir.DictType)):
        return False
    element = type_.element if isinstance(type_, ir.ListType) else type_.value
    return isinstance(element, ir.ScalarType) or not start.constant


class Buffers:
    """The plan of one unit; `peaks` is its memory.

    `into` gives the input whose buffer takes a statement's result, `owned` says whether a value's
    memory is seen by nobody else.
    """

    def __init__(self, unit: Unit) -> None:
        self.into: dict[Stmt, int] = {}
        self.peaks = Peaks(self._has_buffer)
        self._params = frozenset(unit.body.params)
        self._roots: dict[Val, Roots] = {}
        self._objects: dict[Val, Roots] = {}
        self._merged: dict[Any, Any] = {}
        self._holders: dict[Any, set[Val]] = defaultdict(set)
        for param in unit.body.params:
            self._set(param, _ALIEN, _ALIEN)
        self._forward(unit.body)
        for val, roots in self._roots.items():
            for root in roots:
                self._holders[self._current(root)].add(val)
        self._backward(unit.body)

    def roots(self, val: Val | None) -> Roots:
        """Return where a value's content may live."""
        if val is None or not holds_memory(val.type):
            return _NONE
        return _ALIEN if val.known else self._now(self._roots.get(val, _NONE))

    def owned(self, val: Val) -> bool:
        """Whether a value's memory can be given away: nobody else's, and no element of it twice."""
        return not self.roots(val) & {FOREIGN, LOOSE}

    def _set(self, val: Val, roots: Roots, objects: Roots) -> bool:
        if not holds_memory(val.type):
            return False
        roots, objects = self._fewer(roots), self._fewer(objects)
        changed = roots != self._roots.get(val) or objects != self._objects.get(val)
        self._roots[val], self._objects[val] = roots, objects
        return changed

    def _current(self, root: Any) -> Any:
        """Return what stands for a root since roots were merged."""
        while root in self._merged:
            root = self._merged[root]
        return root

    def _now(self, roots: Roots) -> Roots:
        return frozenset(map(self._current, roots)) if self._merged else roots

    def _fewer(self, roots: Roots) -> Roots:
        """Merge roots that are many: whoever holds one of them then holds all."""
        roots = self._now(roots)
        if len(roots) <= _MANY:
            return roots
        first, *others = roots - _MARKS
        self._merged.update(dict.fromkeys(others, first))
        return roots & _MARKS | {first}

    def _object(self, val: Val) -> Roots:
        """Return which container objects a value itself may be."""
        return _ALIEN if val.known else self._now(self._objects.get(val, _NONE))

    def _forward(self, body: Body) -> None:
        for stmt in body.stmts:
            if stmt.kind == "if":
                for arm in stmt.bodies:
                    self._forward(arm)
                for out, *arms in zip(stmt.outputs, *(b.results for b in stmt.bodies), strict=True):
                    self._join(out, arms)
            elif stmt.kind == "loop":
                self._loop(stmt)
            else:
                self._plain(stmt)

    def _join(self, out: Val, sources: list[Val]) -> bool:
        roots = _NONE.union(*(self.roots(v) for v in sources))
        return self._set(out, roots, _NONE.union(*(self._object(v) for v in sources)))

    def _loop(self, stmt: Stmt) -> None:
        (body,) = stmt.bodies
        params, results = body.params[1:], body.results[1:]
        sources: list[list[Val]] = []
        for param, result, start in zip(params, results, stmt.inputs[2:], strict=True):
            assert start is not None
            sources.append([param, result] if is_copied(start) else [param, result, start])
            self._set(param, self.roots(param) | {param}, self._object(param) | {param})
        moving = True
        while moving:
            self._forward(body)
            moved = [self._join(p, s) for p, s in zip(params, sources, strict=True)]
            moving = any(moved)
        for out, param in zip(stmt.outputs, params, strict=True):
            self._join(out, [param])

    def _plain(self, stmt: Stmt) -> None:
        is_tensor = all(isinstance(v.type, ir.TensorType) for v in stmt.outputs)
        of = [v for v in stmt.inputs if v is not None]
        of = [v for v in of if holds_tensors(v.type)] if is_tensor else of
        shared = _NONE.union(*map(self.roots, of))
        marks = {VIEW} if stmt.op in _VIEWS else {VIEW, LOOSE}
        if stmt.kind == "invoke":
            marks.add(FOREIGN)
        for out in stmt.outputs:
            if is_fresh(stmt):
                self._set(out, frozenset({out}), _NONE)
            elif stmt.op in _MAKING or stmt.op in CHANGING or stmt.op in _NEW:
                self._set(out, shared | {out}, frozenset({out}))
            else:
                roots = shared | marks | {stmt.outputs[0]}
                self._set(out, roots, roots)

    def _backward(self, body: Body) -> None:
        """Decide from the end of a body to its start; what lives after it lives already."""
        peaks = self.peaks
        peaks.add(body.results)
        for stmt in reversed(body.stmts):
            if stmt.kind == "if":
                peaks.remove(stmt.outputs)
                self._arms(stmt)
            elif stmt.kind == "loop":
                peaks.remove(stmt.outputs)
                (inner,) = stmt.bodies
                peaks.add(_read_within(inner))
                self._backward(inner)
                peaks.remove(inner.params)
            else:
                self._statement(stmt)
            peaks.add(v for v in stmt.inputs if v and not v.known)

    def _arms(self, stmt: Stmt) -> None:
        """Walk each arm from what lives after all of them."""
        peaks = self.peaks
        read: dict[Val, None] = {}
        for arm in stmt.bodies:
            mark = peaks.mark()
            self._backward(arm)
            found = peaks.since(mark)
            read.update(dict.fromkeys(found))
            peaks.remove(found)
        peaks.add(read)

    def _statement(self, stmt: Stmt) -> None:
        """Decide where a result goes; while it runs, inputs and results live together."""
        peaks = self.peaks
        peaks.remove(stmt.outputs)
        self._decide(stmt)
        replaced = self.into.get(stmt)
        peaks.add(stmt.outputs)
        peaks.add(v for i, v in enumerate(stmt.inputs) if v and not v.known and i != replaced)
        peaks.point(stmt)
        peaks.remove(stmt.outputs)

    def _has_buffer(self, val: Val) -> bool:
        """Whether a value takes memory of the call that the plan knows."""
        if val.known or val in self._params or val.rank == 0:
            return False
        return VIEW not in self.roots(val) or LOOSE in self.roots(val)

    def _decide(self, stmt: Stmt) -> None:
        for index in CHANGING.get(stmt.op) or takes_out(stmt):
            val = stmt.inputs[index]
            assert val is not None
            if self._exclusive(val, stmt):
                self.into[stmt] = index
                return

    def _exclusive(self, val: Val, stmt: Stmt) -> bool:
        """Whether nobody can see a change of a value after the statement.

        A container cannot be in another input: no type contains itself.
        """
        roots = self._object(val) if stmt.op in CHANGING else self.roots(val)
        if not roots or roots & ({FOREIGN} if stmt.op in CHANGING else _MARKS):
            return False
        return all(self.peaks.live.isdisjoint(self._holders[r]) for r in roots - _MARKS)


def _read_within(body: Body) -> set[Val]:
    """Values from outside that a body or the bodies within read: needed again in each iteration."""
    found = set(body.results)
    for stmt in body.stmts:
        found.update(v for v in stmt.inputs if v is not None)
        for inner in stmt.bodies:
            found |= _read_within(inner)
    found.difference_update(body.params, *(s.outputs for s in body.stmts))
    return {v for v in found if not v.known}
