"""The closed list of shape rules: extents in, extents out, symbolic or numbers alike.

A rule gets its arguments resolved: a tensor as its shape (a tuple of dims), a list of tensors as a
list of shapes or `Many`, numbers and lists of numbers as their values; an argument that is not
known is UNKNOWN, an extent that is not known None. A rule gives the shape of every result, a list
with one shape for each, or None for an unknown rank. Spec: shape_rules.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.opset import layout_rules, window_rules
from tracescript.opset.einsum_rule import einsum
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.relations import differ
from tracescript.opset.shapes import Many, MismatchError, Shape, axis_of, broadcast_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.types import Dim


def same(x: Shape) -> Shape:
    """The shape of the first argument."""
    return x


def scalar(*_: Any) -> Shape:
    """Rank 0."""
    return ()


def broadcast(*given: Any) -> Any:
    """The shape to which all arguments broadcast; omitted ones do not count."""
    shapes: list[Any] = []
    for argument in given:
        if isinstance(argument, Many):
            return None
        shapes += argument if isinstance(argument, list) else [argument]
    present = [s for s in shapes if s is not None]
    return None if UNKNOWN in present else broadcast_shapes(present)


def gather(_x: Any, index: Any) -> Any:
    """The shape of the index."""
    return None if index is UNKNOWN else index


def reduce(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Without the axes of dim, or 1 there; None is all axes, whatever the rank."""
    if x is UNKNOWN:
        return () if dim is None and not keepdim else None
    n = len(x)
    listed = range(n) if dim is None else [dim] if isinstance(dim, int) else dim
    gone = {axis_of(d, max(n, 1)) for d in listed}
    if keepdim:
        return tuple(1 if i in gone else d for i, d in enumerate(x))
    return tuple(d for i, d in enumerate(x) if i not in gone)


def argument(*sizes: Any) -> Any:
    """The extents given: numbers, or lists of numbers one behind the other.

    Beside a list, what is unknown may be a list as well: then the rank is unknown.
    """
    if UNKNOWN in sizes and any(isinstance(size, list | tuple) for size in sizes):
        return None
    shape: list[Dim] = []
    for size in sizes:
        if isinstance(size, list | tuple):
            shape += size
        else:
            shape.append(None if size is UNKNOWN else size)
    if any(isinstance(d, int) and d < 0 for d in shape):
        message = f"an extent of {shape} is negative"
        raise MismatchError(message)
    return tuple(shape)


def each(*shapes: Any) -> list[Any]:
    """One argument for each result, in order."""
    return [None if s is UNKNOWN else tuple(s) for s in shapes]


def arange(start: Any, end: Any, step: Any) -> Shape:
    """One axis of max(0, ceil((end - start) / step))."""
    if UNKNOWN in (start, end, step) or step == 0:
        return (None,)
    if any(isinstance(v, float) for v in (start, end, step)):
        import math

        count = (end - start) / step
        return (max(0, math.ceil(count)) if math.isfinite(count) else None,)
    if not isinstance(step, int):
        return (None,)
    span = dims.sub(end, start) if step > 0 else dims.sub(start, end)
    return (dims.maximum(dims.ceil_div(span, abs(step)), 0),)


def reshape(x: Shape, shape: Any) -> Any:
    """The given extents, one -1 for what is left over."""
    if shape is UNKNOWN:
        return None
    count: Dim = 1
    for d in x:
        count = dims.mul(count, d)
    rest: Dim = 1
    for d in shape:
        rest = rest if d == -1 else dims.mul(rest, d)
    free = [i for i, d in enumerate(shape) if d == -1]
    if len(free) > 1:
        message = f"{list(shape)} has more than one -1"
        raise MismatchError(message)
    if not free:
        if differ(count, rest):
            message = f"{dims.text(count)} elements do not fill {[dims.text(d) for d in shape]}"
            raise MismatchError(message)
        return tuple(shape)
    if isinstance(count, int) and isinstance(rest, int) and (rest == 0 or count % rest):
        message = f"{count} elements do not fill {list(shape)}"
        raise MismatchError(message)
    left = dims.floor_div(count, rest, is_positive=True)  # a 0 beside -1 is ambiguous: an error
    return tuple(left if d == -1 else d for d in shape)


def expand(x: Shape, shape: Any) -> Any:
    """The given extents, -1 keeps; new axes in front."""
    if shape is UNKNOWN:
        return None
    new = len(shape) - len(x)
    if new < 0:
        message = f"rank {len(x)} cannot become rank {len(shape)}"
        raise MismatchError(message)
    result = []
    for i, wanted in enumerate(shape):
        own = x[i - new] if i >= new else 1
        keeps = wanted == -1 and i >= new
        if not keeps and own != 1 and differ(own, wanted):
            message = f"extent {dims.text(own)} cannot become {dims.text(wanted)}"
            raise MismatchError(message)
        result.append(own if keeps else wanted)
    return tuple(result)


def nested(lengths: Shape) -> Shape:
    """The lengths of nested lists, outermost first."""
    return lengths


RULES: Final[dict[str, Callable[..., Any]]] = {
    "argument": argument,
    "broadcast": broadcast,
    "concat": layout_rules.concat,
    "conv": window_rules.conv,
    "conv_transpose": window_rules.conv_transpose,
    "each": each,
    "einsum": einsum,
    "expand": expand,
    "flatten": layout_rules.flatten,
    "gather": gather,
    "index": layout_rules.index,
    "index_select": layout_rules.index_select,
    "linear": layout_rules.linear,
    "list": layout_rules.split,
    "matmul": layout_rules.matmul,
    "movedim": layout_rules.movedim,
    "narrow": layout_rules.narrow,
    "nested": nested,
    "pad": window_rules.pad,
    "permute": layout_rules.permute,
    "pool": window_rules.pool,
    "range": arange,
    "reduce": reduce,
    "reshape": reshape,
    "same": same,
    "scalar": scalar,
    "select": layout_rules.select,
    "slice": layout_rules.slice_axis,
    "squeeze": layout_rules.squeeze,
    "stack": layout_rules.stack,
    "transpose": layout_rules.transpose,
    "unflatten": layout_rules.unflatten,
    "unsqueeze": layout_rules.unsqueeze,
}
"""Every rule that makes shapes, by name; `value_rules` and `blocks` hold the others."""

_TAKES_UNKNOWN: Final = frozenset(
    {"argument", "broadcast", "each", "einsum", "gather", "range", "reduce", "scalar"}
)


def infer(rule: str, arguments: Sequence[Any]) -> Any:
    """Apply a rule; an unknown first argument gives an unknown rank.

    Raises MismatchError where the arguments cannot fit, KeyError for an unknown rule.
    """
    function = RULES[rule]
    if rule not in _TAKES_UNKNOWN and arguments and arguments[0] is UNKNOWN:
        return None
    if rule == "argument" and len(arguments) == 1 and arguments[0] is UNKNOWN:
        return None
    return function(*arguments)
