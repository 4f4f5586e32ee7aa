"""Which values come from which where paths meet: views stay views behind `if` and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import OptionalType
from tracescript.producer.script.emitter.entries import values_in
from tracescript.producer.script.emitter.origins import SAME, Made, equal_inputs
from tracescript.producer.script.emitter.type_parts import holds_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Scope

    Owner = tuple[str, int] | tuple[str, int, str]
    Carried = tuple[Owner, Value, Value]


BASE = "base "
"""How the names begin that a loop gives to what views come from that have none."""


def remade(e: Emitter, value: Value, made: Made, inputs: list[Value | None]) -> Value:
    """Write the node that gives a value again, with other inputs."""
    first = inputs[0]
    if first is not None and (
        made.op == SAME
        or (made.op == "unwrap_optional" and not isinstance(first.type, OptionalType))
    ):
        return first
    count = len(made.outputs)
    kinds = None
    if made.op == "list.unpack":
        kinds = [value.type] * count
    elif made.op in {"list.make", "list.set", "dict.set"}:
        kinds = [value.type]
    outputs = e.ops(made.op, inputs, made.attributes, types=kinds)
    e.unit.proved.update(outputs)
    found = outputs[made.k]
    if value in e.session.origins.sure:
        e.session.origins.sure.add(found)
    name = e.unit.names.get(value)
    if name:
        e.unit.names.setdefault(found, name)
    return found


def shared_bases(e: Emitter, slots: Sequence[tuple[Value, Value]]) -> list[tuple[Value, Value]]:
    """Return what arms have changed that has no name, and what results of an `if` show of it."""
    origins = e.session.origins
    found: dict[tuple[Value, Value], None] = {}

    def look(a: Value, b: Value) -> None:
        if equal_inputs(a, b) or (a, b) in slots or (a, b) in found:
            return
        one, other = origins.made.get(a), origins.made.get(b)
        if one is not None and other is not None and one.like(other):
            for x, y in zip(one.inputs, other.inputs, strict=True):
                if x is not None and y is not None:
                    look(x, y)
        elif a.type == b.type and (a in origins.written or b in origins.written):
            found[a, b] = None

    for a, b in slots:
        one, other = origins.made.get(a), origins.made.get(b)
        if one is not None and other is not None and one.like(other):
            for x, y in zip(one.inputs, other.inputs, strict=True):
                if x is not None and y is not None:
                    look(x, y)
    return list(found)


def join_origins(
    e: Emitter, slots: Sequence[tuple[Value, Value]], results: Sequence[Value]
) -> None:
    """Results of an `if` come from each other where what the arms give does so in both."""
    made = e.session.origins.made
    joined = dict(zip(slots, results, strict=True))
    known = e.session.origins
    for (a, b), result in list(joined.items()):
        if a in known.packed and b in known.packed:
            known.packed.add(result)
        if a not in made or b not in made or a.type != result.type or not made[a].like(made[b]):
            continue
        inputs = _pairs(made[a], made[b], lambda x, y: _meet(e, x, y, joined))
        if inputs is not None:
            made[result] = made[a].of(inputs, result)
            if known.is_sure(a) and known.is_sure(b):
                known.sure.add(result)


def _pairs(
    one: Made, other: Made, meet: Callable[[Value, Value], Value | None]
) -> list[Value | None] | None:
    found: list[Value | None] = []
    for a, b in zip(one.inputs, other.inputs, strict=True):
        both = None if a is None or b is None else meet(a, b)
        if both is None and a is not None:
            return None
        found.append(both)
    return found


def _meet(e: Emitter, a: Value, b: Value, joined: dict[tuple[Value, Value], Value]) -> Value | None:
    """Return the value after an `if` that is one in its first arm and another in its second."""
    if equal_inputs(a, b):
        return a
    if (a, b) in joined:
        return joined[a, b]
    made = e.session.origins.made
    if a not in made or b not in made or not made[a].like(made[b]):
        return None
    inputs = _pairs(made[a], made[b], lambda x, y: _meet(e, x, y, joined))
    if inputs is None:
        return None
    joined[a, b] = remade(e, a, made[a], inputs)
    return joined[a, b]


def showing(e: Emitter, scope: Scope, begun: set[Value]) -> list[str]:
    """Return the names of what comes from tensors, or containers of them, in `begun`."""
    found = {v for v in begun if holds_tensor(v.type) and v.constant is None}
    if not found:
        return []
    comes_from = e.session.origins.comes_from
    return [k for k, x in scope.items() if any(comes_from(v, found) for v in values_in(x))]


class Related:
    """What the parameters of a loop's body come from: assumed as at its start, then checked.

    `apart` are the carried values, or names, of which it is known not to hold, `gaps` those that
    may be laid out otherwise.
    """

    def __init__(
        self,
        e: Emitter,
        carried: Sequence[Carried],
        apart: set[str | Owner],
        gaps: set[str | Owner],
    ) -> None:
        self._e = e
        self._origins = e.session.origins
        self._params = [p for _, _, p in carried]
        self._owners = [owner for owner, _, _ in carried]
        self._apart = apart
        self._gaps = gaps
        self._first: dict[Value, Value] = {}
        self._inner: set[Value] = set()
        self._alike: set[int] = set()
        self._assumed: dict[int, Made] = {}
        likely = [
            (k, start, param)
            for k, (_, start, param) in enumerate(carried)
            if start.type == param.type and holds_tensor(start.type)
        ]
        for k, start, param in likely:
            if start in self._origins.packed and not self._is_in(k, gaps):
                self._origins.packed.add(param)
        likely = [x for x in likely if self._owners[x[0]][0] not in apart]
        one = [x for x in likely if (*self._owners[x[0]], SAME) not in apart]
        firsts = {p for _, s, p in one if self._first.setdefault(s, p) is p}
        for k, start, param in one:
            if param not in firsts:
                self._alike.add(k)
                self._assume(k, Made(SAME, (self._first[start],), {}, (param,)))
        for k, start, param in likely:
            made = self._origins.made.get(start)
            if made is not None and k not in self._alike and self._owners[k] not in apart:
                inputs = [None if v is None else self._inside(v) for v in made.inputs]
                self._assume(k, made.of(inputs, param))
                if self._origins.is_sure(start):
                    self._origins.sure.add(param)

    def _is_in(self, k: int, found: set[str | Owner]) -> bool:
        owner = self._owners[k]
        return owner in found or owner[0] in found

    def _assume(self, k: int, made: Made) -> None:
        self._assumed[k] = self._origins.made[self._params[k]] = made

    def _inside(self, value: Value) -> Value:
        """Return what a value from before the loop is in a round."""
        if value in self._first:
            return self._first[value]
        made = self._origins.made.get(value)
        if made is None:
            return value
        inputs = [None if v is None else self._inside(v) for v in made.inputs]
        if all(a is b for a, b in zip(inputs, made.inputs, strict=True)):
            return value
        self._first[value] = remade(self._e, value, made, inputs)
        self._inner.add(self._first[value])
        return self._first[value]

    def holds(self, ends: Sequence[Value], bases: dict[Value, str]) -> bool:
        """Whether all that was assumed holds at the end of a round too.

        Where it does not because a base without a name is changed, this is added to `bases`.
        """
        after = dict(zip(self._params, ends, strict=True))
        news = {k for k in self._assumed if not self._is_kept(k, after)}
        packed = self._origins.packed
        gaps = {k for k, (p, v) in enumerate(after.items()) if p in packed and v not in packed}
        known = set(bases)
        for k in sorted(news):
            if k in self._alike:
                self._apart.add((*self._owners[k], SAME))
                continue
            inputs = [v for v in self._assumed[k].inputs if v is not None]
            missing = {r: None for v in inputs for r in self._roots(v) if r not in known}
            for root in missing:
                bases.setdefault(root, f"{BASE}{len(bases)}")
            if not missing:
                self._apart.add(self._owners[k])
        self._gaps |= {self._owners[k] for k in gaps}
        return not news and not gaps

    def _roots(self, value: Value) -> list[Value]:
        """Return what a value of a round comes from that the loop does not carry."""
        made = self._origins.made.get(value)
        if value in self._params or value.constant is not None or not holds_tensor(value.type):
            return []
        if made is None:
            return [value]
        return [r for v in made.inputs if v is not None for r in self._roots(v)]

    def _is_kept(self, k: int, after: dict[Value, Value]) -> bool:
        made, end = self._assumed[k], after[self._params[k]]
        if made.op == SAME and made.inputs[0] is not None:
            return self._is_after(end, made.inputs[0], after)
        found = self._origins.made.get(end)
        return found is not None and self._is_like(found, made, after)

    def _is_like(self, found: Made, made: Made, after: dict[Value, Value]) -> bool:
        if not found.like(made):
            return False
        pairs = zip(found.inputs, made.inputs, strict=True)
        return all(a is None or b is None or self._is_after(a, b, after) for a, b in pairs)

    def _is_after(self, end: Value, begun: Value, after: dict[Value, Value]) -> bool:
        """Whether a value at the end of a round is what another one was at its start."""
        if begun in after:
            return self._origins.first(after[begun]) is self._origins.first(end)
        if begun not in self._inner:
            return equal_inputs(end, begun)
        found = self._origins.made.get(end)
        return found is not None and self._is_like(found, self._origins.made[begun], after)

    def results(self, results: Sequence[Value]) -> None:
        """What was assumed holds of the loop's results."""
        out: dict[Value, Value] = dict(zip(self._params, results, strict=True))
        for param, result in list(out.items()):
            if param in self._origins.packed:
                self._origins.packed.add(result)
        for k, made in self._assumed.items():
            inputs = [None if v is None else self._outside(v, out) for v in made.inputs]
            self._origins.made[results[k]] = made.of(inputs, results[k])
            if self._params[k] in self._origins.sure:
                self._origins.sure.add(results[k])

    def _outside(self, value: Value, out: dict[Value, Value]) -> Value:
        if value in out:
            return out[value]
        made = self._origins.made.get(value)
        if made is None:
            return value
        inputs = [None if v is None else self._outside(v, out) for v in made.inputs]
        if all(a is b for a, b in zip(inputs, made.inputs, strict=True)):
            return value
        out[value] = remade(self._e, value, made, inputs)
        return out[value]
