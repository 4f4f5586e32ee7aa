"""Which sizes an op needs to be equal: symbols on both sides become one before typing.

The constraints of its page say most; here is what only a call tells.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tracescript.ir import dims
from tracescript.producer.trace.stated import broadcast, stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from tracescript.ir import Dim
    from tracescript.opset.table import OpDef

    Pair = tuple[Dim, Dim]
    Shapes = Sequence[tuple[Dim, ...] | None]
    Needed = dict[Any, tuple[Pair, ...]]


def needed(
    op: OpDef, shapes: Shapes, attributes: Mapping[str, Any], sizes: tuple[Dim, ...] | None
) -> Iterator[Pair]:
    """Yield pairs of sizes that a call of `op` makes equal.

    `shapes` are those of its inputs in order, a list of tensors spread out, None for no tensor;
    `sizes` what is known of a list of sizes among the inputs.
    """
    if sizes is not None and shapes[0] is not None:
        yield from _resized(op.name, shapes[0], sizes)
    rule = _RULES.get(op.name)
    if rule is not None:
        yield from rule(shapes, attributes)
    if not any(i.kind == "list" or i.variadic for i in op.inputs):
        yield from stated(op, shapes, attributes)


def unequal(
    op: OpDef,
    shapes: Shapes,
    attributes: Mapping[str, Any],
    sizes: tuple[Dim, ...] | None,
    known: Needed,
) -> Sequence[Pair]:
    """Return the pairs of `needed` that are not equal as they are.

    `known` are those of earlier calls: programs repeat themselves.
    """
    key = (op.name, tuple(shapes), tuple(attributes.items()), sizes)
    try:
        found = known.get(key)
    except TypeError:  # an attribute that is no key
        return [(a, b) for a, b in needed(op, shapes, attributes, sizes) if a != b]
    if found is None:
        found = tuple((a, b) for a, b in needed(op, shapes, attributes, sizes) if a != b)
        known[key] = found
    return found


def _resized(op: str, shape: tuple[Dim, ...], sizes: tuple[Dim, ...]) -> Iterator[Pair]:
    """Yield what a list of sizes asks of the tensor: only where a number decides it."""
    if op == "reshape" and -1 not in sizes:
        counts = _product(shape), _product(sizes)
        if any(isinstance(n, int) for n in counts):
            yield counts
    elif op == "expand":
        pairs = zip(reversed(shape), reversed(sizes), strict=False)
        yield from ((a, b) for a, b in pairs if a != 1 and b != -1)


def _product(sizes: tuple[Dim, ...]) -> Dim:
    count: Dim = 1
    for size in sizes:
        count = dims.mul(count, size)
    return count


def _broadcast(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    return broadcast([shape for shape in shapes if shape is not None])


def _stack(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    known = [shape for shape in shapes if shape is not None]
    for a, b in pairwise(known):
        yield from zip(a, b, strict=False)


def _cat(shapes: Shapes, attributes: Mapping[str, Any]) -> Iterator[Pair]:
    known = [shape for shape in shapes if shape]
    axis = attributes.get("dim", 0)
    for a, b in pairwise(known):
        skipped = axis % len(a)
        yield from (p for i, p in enumerate(zip(a, b, strict=False)) if i != skipped)


def _added(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    """Yield the pairs of something that is added to a product of matrices."""
    x, a, b = shapes[:3]
    if x and a and b and len(b) > 1:
        yield from broadcast((x, (*a[:-1], b[-1])))


def _channels(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    x, *others = shapes
    if x and len(x) > 1:
        yield from ((x[1], other[0]) for other in others if other)


def _trailing(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    x, *others = shapes
    for other in others:
        if x and other:
            yield from zip(x[-len(other) :], other, strict=False)


def _attention(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    q, k, v = shapes[:3]
    mask = shapes[3] if len(shapes) > 3 else None  # noqa: PLR2004  # the fourth input
    if q and k and v:
        yield from broadcast((q[:-2], k[:-2], v[:-2]))
        if mask:
            yield from broadcast(((*q[:-1], k[-2]), mask))


def _gates(shapes: Shapes, _: Mapping[str, Any]) -> Iterator[Pair]:
    x, h, *_rest = shapes
    if x and h and len(x) == len(h):
        yield x[1], h[1]


_RULES: Final[Mapping[str, Callable[[Shapes, Mapping[str, Any]], Iterator[Pair]]]] = {
    "broadcast_tensors": _broadcast,
    "addmm": _added,
    "baddbmm": _added,
    "stack": _stack,
    "cat": _cat,
    "batch_norm": _channels,
    "group_norm": _channels,
    "instance_norm": _channels,
    "layer_norm": _trailing,
    "rms_norm": _trailing,
    "scaled_dot_product_attention": _attention,
    "lstm": _gates,
    "gru": _gates,
    "rnn": _gates,
}
