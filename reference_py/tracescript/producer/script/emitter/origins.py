"""Where values come from: by which view or container op, and of what.

A tensor that a program changes may be seen through other values: views of it, and what it is a view
of; lists that hold it. Their origins say what to compute anew, and how a changed view is put back
into its base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import TensorType
from tracescript.opset.table import opset
from tracescript.producer.script.emitter.alike import same_constant
from tracescript.producer.script.emitter.heap import REINTERPRETED, VIEWS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tracescript.ir.values import Value

SAME = "the same object"
"""In place of an op: what a container is known to hold at a known place."""
_PARTS = frozenset(
    {"list.get", "list.unpack", "dict.get", "tuple.get", "tuple.unpack", "struct.get", "list.pop"}
)
_CONTAINERS = _PARTS | {
    *("list.make", "list.append", "list.set", "list.concat", "list.slice", "list.repeat"),
    *("dict.make", "dict.set", "dict.remove", "dict.values", "tuple.make", "struct.make"),
}
_LISTS_OF_VIEWS = frozenset({"split", "chunk", "unbind"})
_FOLLOWED = VIEWS | REINTERPRETED | _CONTAINERS | _LISTS_OF_VIEWS | {"unwrap_optional", "identity"}
_UNSURE = frozenset({"reshape", "flatten", "expand", "dropout", "feature_dropout", "identity"})
_KEEPING = frozenset({"squeeze", "unsqueeze", "reshape", "flatten", "unflatten", SAME})
_REORDERING = ("linalg_", "fft", "ifft", "sort", "argsort")
_CREATING = frozenset(
    {"zeros", "ones", "full", "arange", "linspace", "eye", "rand", "randn", "randint", "to_tensor"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """The op that gives a value as its output `k`, with all it took."""

    op: str
    inputs: tuple[Value | None, ...]
    attributes: Mapping[str, Any]
    outputs: tuple[Value | None, ...]
    k: int = 0

    def like(self, other: Made) -> bool:
        """Whether two values come from one op with the same attributes."""
        same = (self.op, self.k, len(self.outputs)) == (other.op, other.k, len(other.outputs))
        nones = [
            (a is None) == (b is None) for a, b in zip(self.inputs, other.inputs, strict=False)
        ]
        both = len(self.inputs) == len(other.inputs) and all(nones)
        return same and both and dict(self.attributes) == dict(other.attributes)

    def of(self, inputs: Sequence[Value | None], output: Value) -> Made:
        """Return the origin of another value, from the same op with other inputs."""
        outputs = tuple(output if n == self.k else None for n in range(len(self.outputs)))
        return Made(self.op, tuple(inputs), self.attributes, outputs, self.k)


class Origins:
    """The origins of the values of one program.

    `packed` are tensors whose elements surely lie in order without gaps, `sure` results of ops that
    may copy which surely do not, `written` what has taken the place of a tensor that was changed.
    """

    def __init__(self) -> None:
        self.made: dict[Value, Made] = {}
        self.packed: set[Value] = set()
        self.sure: set[Value] = set()
        self.written: set[Value] = set()

    def record(
        self,
        op: str,
        inputs: Sequence[Value | None],
        outputs: Sequence[Value],
        attributes: Mapping[str, Any],
    ) -> None:
        """Note a node."""
        if op in _FOLLOWED and op != "identity":
            for k, out in enumerate(outputs):
                self.made[out] = self._made(Made(op, tuple(inputs), attributes, tuple(outputs), k))
        if outputs and self._is_packed(op, inputs, outputs[0], attributes):
            self.packed.update(outputs)

    def held(self, value: Value) -> Value | None:
        """Return what a value surely is that a container held, None where that is not known."""
        made = self.made.get(value)
        return made.inputs[0] if made is not None and made.op == SAME else None

    def comes_from(self, value: Value, found: Collection[Value]) -> bool:
        """Whether a value is one of some, or made of one by views and containers."""
        made = self.made.get(value)
        return value in found or (
            made is not None
            and any(v is not None and self.comes_from(v, found) for v in made.inputs)
        )

    def first(self, value: Value) -> Value:
        """Return the first of the values that are known to be the same object."""
        while (same := self.held(value)) is not None:
            value = same
        return value

    def copy_perhaps(self, out: Value, source: Value) -> None:
        """Note that a value is another one or a copy of it, as the layout has it."""
        self.made[out] = Made("identity", (source,), {}, (out,))

    def _made(self, made: Made) -> Made:
        if made.op not in _PARTS:
            return made
        held = self._held(made.inputs[0], _place(made))
        return made if held is None else Made(SAME, (held,), {}, (made.outputs[made.k],))

    def _held(self, container: Value | None, place: Any) -> Value | None:
        """Return what is known to be at a place of a container."""
        made = self.made.get(container) if container is not None else None
        if made is None or place is None:
            return None
        if made.op == SAME:
            return self._held(made.inputs[0], place)
        if made.op in {"list.make", "tuple.make"} and -len(made.inputs) <= place < len(made.inputs):
            return made.inputs[place]
        if made.op == "struct.make":
            names = [n for n, _ in made.attributes["type"].fields]
            return made.inputs[names.index(place)]
        if made.op == "list.append" and isinstance(place, int) and place < 0:
            return made.inputs[1] if place == -1 else self._held(made.inputs[0], place + 1)
        if made.op == "dict.set":
            key = _known(made.inputs[1])
            if key is None:
                return None
            return made.inputs[2] if key == place else self._held(made.inputs[0], place)
        return None

    # ------------------------------------------------------------------ layouts
    def _is_packed(
        self, op: str, inputs: Sequence[Value | None], out: Value, attributes: Mapping[str, Any]
    ) -> bool:
        if not isinstance(out.type, TensorType):
            return False
        if op in _CREATING:
            return True
        given = [v for v in inputs if v is not None and isinstance(v.type, TensorType)]
        rest = [v for v in given if getattr(v.type, "shape", None) != ()]
        if not given or not all(v in self.packed for v in rest):
            return False
        if op in {"select", "slice"}:
            step = inputs[3] if op == "slice" and len(inputs) > 3 else None  # noqa: PLR2004  # x, start, end, step
            return attributes.get("dim", 0) == 0 and step is None
        rule = opset()[op].shape_rule
        is_plain = rule == "broadcast" or (rule == "same" and not op.startswith(_REORDERING))
        return op in _KEEPING or (is_plain and op not in VIEWS)

    def is_sure(self, value: Value) -> bool:
        """Whether a value surely is a view of what it comes from."""
        made = self.made[value]
        if made.op not in _UNSURE or value in self.sure:
            return True
        base = made.inputs[0]
        assert base is not None
        if made.op in {"reshape", "flatten"} and base in self.packed:
            return True
        shapes = [t.shape for t in (base.type, value.type) if isinstance(t, TensorType)]
        known = [s for s in shapes if s is not None and None not in s]
        kept = [[n for n in s if n != 1] for s in known]
        if len(known) != len(shapes) or len(kept) != 2:  # noqa: PLR2004  # both sides
            return False
        if made.op == "expand":
            return known[0] == known[1]
        return kept[0] == kept[1] and made.op in {"reshape", "flatten"}

    def changed(self, new: Value, old: Value) -> None:
        """A tensor keeps its layout when its elements change."""
        self.written.add(new)
        (self.packed.add if old in self.packed else self.packed.discard)(new)
        if old in self.sure:
            self.sure.add(new)
        self.made.pop(new, None)


def _known(value: Value | None) -> Any:
    constant = value.constant if value is not None else None
    return constant.value if constant is not None else None


def _place(made: Made) -> Any:
    """Return the place of a part in its container, None where it is known only at run time."""
    if made.op in {"list.get", "dict.get"}:
        has_default = len(made.inputs) > 2 and made.inputs[2] is not None  # noqa: PLR2004  # d, k, default
        return None if has_default else _known(made.inputs[1])
    if made.op == "list.pop":
        return _known(made.inputs[1]) if made.k == 0 else None
    if made.op == "struct.get":
        return made.attributes["field"]
    return made.attributes["i"] if made.op == "tuple.get" else made.k


def equal_inputs(a: Value, b: Value) -> bool:
    """Whether two inputs are one value or one constant."""
    return a is b or same_constant(a, b)
