"""Which Python objects a value may be, and which objects a container may hold.

The graph has values; the program has objects that it changes. A `Token` stands for the objects
made at one place. What a value may be is found when it is asked for: edges are added as nodes
are written, and what flows around a loop counts from the moment its end is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.type_parts import is_changeable, parts_of_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tracescript.ir.types import Type

VIEWS = frozenset(
    {
        *("select", "slice", "narrow", "reshape", "flatten", "unflatten", "transpose", "permute"),
        *("squeeze", "unsqueeze", "expand", "diagonal", "movedim", "tensor_unfold"),
        *("dropout", "feature_dropout"),
    }
)
REINTERPRETED = frozenset({"real", "imag", "conj", "view_as_real", "view_as_complex"})
_SAME = VIEWS | REINTERPRETED | {"unwrap_optional", "union.get", "union.make"}
_PARTS = frozenset(
    {"list.get", "dict.get", "tuple.get", "struct.get", "list.unpack", "tuple.unpack"}
)
_COPIES = frozenset({"list.slice", "list.repeat", "list.sort", "dict.remove", "dict.values"})
_STORES = {"list.append": (1,), "list.set": (2,), "dict.set": (2,), "list.concat": ()}
_MAKERS = frozenset({"list.make", "tuple.make", "struct.make", "dict.make"})
OUTSIDE = "outside"
"""In place of a loop: an object that a function is given."""
_OP_SITE = 3  # place, op, number of the output
_VIEW_LISTS = frozenset({"split", "chunk", "unbind", "broadcast_tensors"})


@dataclass(eq=False, slots=True)
class Token:
    """The objects made at one place of the program; `number` counts upwards as they are met."""

    site: Any
    number: int
    loop: object


@dataclass(eq=False, slots=True)
class _Node:
    """What a value may be: tokens of its own, other values, and parts of other values."""

    tokens: list[Token]
    copies: list[Value]
    parts: list[Value]


class Heap:
    """The objects of one program while it is compiled."""

    def __init__(self) -> None:
        self._parent: dict[Value, Value] = {}
        self._nodes: dict[Value, _Node] = {}
        self._held: dict[Token, list[Value]] = {}
        self._inside: dict[Token, list[Value]] = {}
        self._known: dict[Value, set[Token]] = {}
        self.count = 0
        self.loops: list[object] = [None]

    # ------------------------------------------------------------------ tokens and edges
    def token(self, site: Any) -> Token:
        """Return a new token."""
        self.count += 1
        return Token(site, self.count, self.loops[-1])

    def root(self, value: Value) -> Value:
        """Return the value that stands for all that are surely the same object."""
        while value in self._parent:
            value = self._parent[value]
        return value

    def _node(self, value: Value) -> _Node:
        root = self.root(value)
        if root not in self._nodes:
            self._nodes[root] = _Node([], [], [])
            if is_changeable(root.type):
                self._nodes[root].tokens.append(self._seed(root.type, ("given", root.name)))
        return self._nodes[root]

    def _put(
        self, value: Value, tokens: list[Token], copies: Sequence[Value] = (), parts: Any = ()
    ) -> None:
        self._known.clear()
        self._nodes[self.root(value)] = _Node(tokens, list(copies), list(parts))

    def _seed(self, kind: Type, site: Any) -> Token:
        """Return a token of an object from outside, with tokens for what it holds."""
        made = Token(site, 0, OUTSIDE)
        inner = [Value(k) for k in parts_of_type(kind) if is_changeable(k)]
        self._held[made] = inner
        for value in inner:
            self._nodes[value] = _Node([self._seed(value.type, site)], [], [])
        return made

    def fresh(self, value: Value, site: Any) -> None:
        """A value is a new object."""
        if is_changeable(value.type):
            made = self.token(site)
            self._put(value, [made])
            self._held.setdefault(made, [])

    def foreign(self, value: Value, site: Any) -> None:
        """A value is an object that Python made, with others in it."""
        self.fresh(value, site)
        if not is_changeable(value.type):
            return
        inner = [Value(k) for k in parts_of_type(value.type) if is_changeable(k)]
        for k, part in enumerate(inner):
            self.foreign(part, (site, k))
        (token,) = self._nodes[self.root(value)].tokens
        self._held[token] = inner

    def stands_for(self, value: Value, tokens: Iterable[Token], held: Iterable[Value] = ()) -> None:
        """A value is one of the objects that a record is, and holds what it holds."""
        inner = [v for v in held if is_changeable(v.type)]
        for token in tokens:
            known = self._held.setdefault(token, [])
            known += [v for v in inner if v not in known]
        self._put(value, list(tokens))

    def apart(self, value: Value, site: Any) -> None:
        """A value is a new object, though the op that gives it gives views elsewhere."""
        self._parent.pop(value, None)
        self.fresh(value, site)

    def copy(self, value: Value, source: Value) -> None:
        """`value` may be what `source` is."""
        if value is not source and is_changeable(value.type) and is_changeable(source.type):
            root = self.root(value)
            self._known.clear()
            node = self._nodes.setdefault(root, _Node([], [], []))
            if root is not self.root(source):
                node.copies.append(source)

    def same(self, new: Value, old: Value) -> None:
        """`new` is the object that `old` is, after a change."""
        a, b = self.root(new), self.root(old)
        if a is b or not is_changeable(new.type):
            return
        if a in self._nodes and any(map(is_changeable, parts_of_type(new.type))):
            tokens = self.of(old)
            if self.contents(self.of(new)) - self.contents(tokens):
                kept = Value(new.type)
                self._nodes[kept] = self._nodes[a]
                for token in tokens:
                    self._inside.setdefault(token, []).append(kept)
        self._known.clear()
        self._node(b)
        self._parent[a] = b

    def renew(self, value: Value, site: Any) -> None:
        """A value is a new object that holds what the one it was made from holds."""
        held = self.contents(self.of(value))
        self.fresh(value, site)
        inner = Value(value.type)
        self._put(inner, list(held))
        for token in self._nodes[self.root(value)].tokens:
            self._held[token] = [inner]

    def through(
        self, name: str, inputs: Sequence[Value | None], outputs: Sequence[Value], site: Any
    ) -> None:
        """Note what the outputs of a node may be."""
        known = [v for v in inputs if v is not None]
        for k, out in enumerate(outputs):
            if not is_changeable(out.type) or name in {"if", "loop"}:
                continue
            here = (site, name, k)
            if name in _SAME and known:
                self.same(out, known[0])
            elif name in _VIEW_LISTS and isinstance(out.type, TensorType):
                self.copy(out, known[0])
            elif name in _PARTS or (name == "list.pop" and k == 0):
                self._put(out, [], known[2:], [known[0]])
            else:
                self._make(name, known, out, here)

    def _make(self, name: str, known: list[Value], out: Value, site: Any) -> None:
        """A new object: what it holds comes from the inputs."""
        self.fresh(out, site)
        (token,) = self._nodes[self.root(out)].tokens
        if name in _MAKERS or name in _VIEW_LISTS:
            self._held[token] = [v for v in known if is_changeable(v.type)]
        elif name in _STORES:
            stored = [known[k] for k in _STORES[name] if is_changeable(known[k].type)]
            self._held[token] = list(stored)
            copied = known if name == "list.concat" else known[:1]
            self._inside[token] = copied
        elif name in _COPIES or name == "list.pop":
            self._inside[token] = known[:1]

    # ------------------------------------------------------------------ questions
    def is_of_op(self, token: Token, names: Collection[str]) -> bool:
        """Whether a token stands for the new object that one of some ops gave."""
        site = token.site
        return isinstance(site, tuple) and len(site) == _OP_SITE and site[1] in names

    def of(self, value: Value) -> set[Token]:
        """Return the tokens of the objects a value may be."""
        if not is_changeable(value.type):
            return set()
        start = self.root(value)
        node = self._node(start)
        if not node.copies and not node.parts:
            return set(node.tokens)
        if start not in self._known:
            self._known[start] = self._found(start)
        return set(self._known[start])

    def _found(self, start: Value) -> set[Token]:
        """Follow what a value may be, around loops too, until nothing is new."""
        order, table = [start], {start: set[Token]()}

        def known(v: Value) -> set[Token]:
            root = self.root(v)
            if root not in table:
                table[root] = set()
                order.append(root)
            return table[root]

        grown = True
        while grown:
            grown = False
            size, k = len(order), 0
            while k < len(order):
                grown |= self._step(order[k], table, known)
                k += 1
            for root in reversed(order):
                grown |= self._step(root, table, known)
            grown |= len(order) > size
        return table[start]

    def _step(self, root: Value, table: dict[Value, set[Token]], known: Any) -> bool:
        node = self._node(root)
        found = set(node.tokens)
        for v in node.copies:
            found |= known(v)
        for v in node.parts:
            found |= self._parts(known(v), known)
        is_new = not found <= table[root]
        table[root] |= found
        return is_new

    def _parts(self, tokens: set[Token], known: Any) -> set[Token]:
        found: set[Token] = set()
        seen: set[Token] = set()
        todo = list(tokens)
        while todo:
            token = todo.pop()
            if token in seen:
                continue
            seen.add(token)
            for v in self._held.get(token, ()):
                found |= known(v)
            for v in self._inside.get(token, ()):
                todo += known(v)
        return found

    def contents(self, tokens: Iterable[Token]) -> set[Token]:
        """Return the tokens of what containers hold directly."""
        alike: set[Token] = set()
        todo = list(tokens)
        while todo:
            token = todo.pop()
            if token not in alike:
                alike.add(token)
                for v in self._inside.get(token, ()):
                    todo += self.of(v)
        return {t for token in alike for v in self._held.get(token, ()) for t in self.of(v)}

    def reach(self, tokens: Iterable[Token]) -> set[Token]:
        """Return tokens with those of all that is held, at any depth."""
        found = set(tokens)
        while True:
            more = self.contents(found) - found
            if not more:
                return found
            found |= more
