"""Tensor indexing: a chain of select, slice and unsqueeze, then one `index` for tensors."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import DataType, ListType, OptionalType, ScalarKind, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Items, Known, constant_of
from tracescript.producer.script.expressions.tensors import number_or_view
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.prelude import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@dataclass(slots=True)
class _Step:
    """One basic step: `select`, `slice` or `unsqueeze` along an axis."""

    op: str
    dim: int
    inputs: list[Value | None] = field(default_factory=list)


def _parts(e: Emitter, node: ast.expr) -> list[ast.Slice | Entry]:
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    parts: list[ast.Slice | Entry] = []
    for n in nodes:
        if isinstance(n, ast.Slice):
            parts.append(n)
            continue
        entry = e.expr(n)
        is_tuple = (
            isinstance(entry, Items) and not entry.is_list and not isinstance(node, ast.Tuple)
        )
        parts += entry.parts if is_tuple and isinstance(entry, Items) else [entry]
    return parts


def _plan(e: Emitter, x: Value, node: ast.expr) -> tuple[list[_Step], list[Value | None]]:
    """Return the basic steps and, per axis left, the tensor that indexes it."""
    parts = _parts(e, node)
    _check_count(e, x, parts)
    dots = [k for k, p in enumerate(parts) if _is_ellipsis(p)]
    steps: list[_Step] = []
    tensors: list[Value | None] = []
    axis = 0
    for k, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            steps += _slice_steps(e, part, axis, functools.partial(_sliced, e, x, steps))
        elif k in dots and _rank(x) is None:
            steps += _from_the_end(e, x, parts[k + 1 :])
            return steps, tensors
        elif k in dots:
            skipped = _skipped(e, x, parts, dots)
            axis += skipped
            tensors += [None] * skipped
            continue
        elif constant_of(part) == (True, None):
            steps.append(_Step("unsqueeze", axis))
        elif is_scalar(part, ScalarKind.INT):
            steps.append(_Step("select", axis, [e.value(part)]))
            continue
        else:
            tensors.append(_index_tensor(e, part))
            axis += 1
            continue
        tensors.append(None)
        axis += 1
    while tensors and tensors[-1] is None:
        tensors.pop()
    return steps, tensors


def _rank(x: Value) -> int | None:
    assert isinstance(x.type, TensorType)
    return None if x.type.shape is None else len(x.type.shape)


def _from_the_end(e: Emitter, x: Value, parts: list[ast.Slice | Entry]) -> list[_Step]:
    """Steps for what follows `...` where the rank is unknown: axes from the end, last first."""
    steps: list[_Step] = []
    axis = -1
    for part in reversed(parts):
        if isinstance(part, ast.Slice):
            steps += _slice_steps(e, part, axis, functools.partial(_sliced, e, x, steps))
            axis -= 1
        elif constant_of(part) == (True, None):
            steps.append(_Step("unsqueeze", axis))
            axis -= 1
        elif is_scalar(part, ScalarKind.INT):
            steps.append(_Step("select", axis, [e.value(part)]))
        else:
            raise e.error(
                None,
                "`...` before a tensor needs a tensor of known rank",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint='say it: types={"x": "float32[B, 4]"}',
            )
    return steps


def _check_count(e: Emitter, x: Value, parts: list[ast.Slice | Entry]) -> None:
    """Refuse more indices than the tensor has axes; a mask stands for one or more."""
    rank, used = _rank(x), _used(parts)
    if rank is not None and used > rank:
        raise e.error(
            None,
            f"too many indices for array: array is {rank}-dimensional, but {used} were indexed",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )


def _used(parts: list[ast.Slice | Entry]) -> int:
    """How many axes parts of an index stand for, `...` for none."""
    return sum(
        isinstance(p, ast.Slice) or not (_is_ellipsis(p) or constant_of(p) == (True, None))
        for p in parts
    )


def _is_ellipsis(part: ast.Slice | Entry) -> bool:
    return isinstance(part, Known) and part.value is Ellipsis


def _skipped(e: Emitter, x: Value, parts: list[ast.Slice | Entry], dots: list[int]) -> int:
    """How many axes `...` stands for."""
    if len(dots) > 1:
        raise e.error(
            None, "an index has at most one `...`", code="TYPE_INFERENCE", rule="SCRIPT-4"
        )
    assert isinstance(x.type, TensorType)
    assert x.type.shape is not None
    return len(x.type.shape) - _used(parts)


def _sure_bound(e: Emitter, node: ast.Slice, bound: ast.expr | None) -> Entry | None:
    """Return a bound; one that may be None becomes where the slice begins or ends without it."""
    entry = e.expr(bound) if bound is not None else None
    if not isinstance(entry, Value) or not isinstance(entry.type, OptionalType):
        return entry
    usual = {id(node.upper): 2**63 - 1, id(node.step): 1}.get(id(bound), 0)
    value = entry
    arms = (lambda: e.constant(usual), lambda: e.unwrap(value, is_proved=True))
    return branch(e, e.op("is_none", [value]), arms)


def _slice_steps(
    e: Emitter, node: ast.Slice, axis: int, sliced: Callable[[], Value]
) -> list[_Step]:
    """The steps of a slice; a backward one of numpy's is a slice of the reversed axis."""
    bounds: list[Value | None] = []
    for bound in (node.lower, node.upper, node.step):
        entry = _sure_bound(e, node, bound)
        is_open = entry is None or is_none(entry)
        bounds.append(None if is_open or entry is None else e.as_int(entry, "a bound of a slice"))
    step = bounds[2]
    if step is None or step.constant is None or step.constant.value > 0:
        return [_Step("slice", axis, bounds)] if any(b is not None for b in bounds) else []
    if e.frame.flavour == "torch" or step.constant.value == 0:
        raise e.error(
            node,
            "a step of a tensor's slice is at least 1",
            rule="SCRIPT-4",
            hint="use flip for a backward step",
        )
    backward = [_mirrored(e, b, axis, sliced) for b in bounds[:2]]
    reverse = [_Step("flip", axis)]
    if step.constant.value == -1 and backward == [None, None]:
        return reverse
    return [*reverse, _Step("slice", axis, [*backward, e.constant(-step.constant.value)])]


def _mirrored(
    e: Emitter, bound: Value | None, axis: int, sliced: Callable[[], Value]
) -> Value | None:
    """A bound of a backward slice, counted on the reversed axis."""
    if bound is None:
        return None
    if bound.constant is not None and bound.constant.value < 0:
        return e.constant(-1 - bound.constant.value)
    size = e.op("size", [sliced()], {"dim": axis})
    return e.value(e.prelude(slices.mirrored, size, bound))


def _sliced(e: Emitter, x: Value, steps: Sequence[_Step]) -> Value:
    return functools.reduce(lambda made, step: _apply(e, made, step), steps, x)


def _index_tensor(e: Emitter, part: Entry) -> Value:
    """A tensor that indexes: a mask, or places as int64; a list of ints or bools becomes one."""
    known, value = constant_of(part)
    if known and isinstance(value, list | tuple):
        is_mask = bool(value) and all(isinstance(v, bool) for v in value)
        items = [e.constant(v if is_mask else int(v)) for v in value]
        dtype = DataType.BOOL if is_mask else DataType.INT64
        return e.op("to_tensor", [e.value(Items(tuple(items), is_list=True))], {"dtype": dtype})
    listed = _listed(e, part)
    if listed is not None:
        return listed
    if not is_tensor(part) and not e.session.holds_array(part):
        raise e.error(
            None,
            f"a tensor cannot be indexed by {e.describe(part)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    index = e.value(part)
    assert isinstance(index.type, TensorType)
    if index.type.data_type in {DataType.BOOL, DataType.INT64}:
        return index
    if e.session.roots.of(index):
        e.session.roots.need(index, DataType.INT64)
    if index.type.data_type in {DataType.UINT8, DataType.INT8, DataType.INT16, DataType.INT32}:
        return e.op("cast", [index], {"dtype": DataType.INT64})
    raise e.error(
        None,
        f"an index is int64 or bool, found {index.type.data_type.value}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="idx.long()",
    )


_INDEXES: dict[Type, DataType] = {
    ListType(constants.INT): DataType.INT64,
    ListType(constants.BOOL): DataType.BOOL,
}


def _listed(e: Emitter, part: Entry) -> Value | None:
    """A list of ints or bools of run time as a tensor; None for anything else."""
    if isinstance(part, Items) and part.is_list and part.parts:
        part = e.make_list([e.as_int(p, "an index") for p in part.parts])
    kinds: dict[Type, DataType] = {
        ListType(constants.INT): DataType.INT64,
        ListType(constants.BOOL): DataType.BOOL,
    }
    dtype = kinds.get(part.type) if isinstance(part, Value) else None
    return None if dtype is None else e.op("to_tensor", [e.value(part)], {"dtype": dtype})


def _apply(e: Emitter, x: Value, step: _Step) -> Value:
    if step.op == "flip":
        made = e.op("flip", [x], {"dims": [step.dim]})
        e.session.aliases.same(made, x)
        e.session.origins.copy_perhaps(made, x)
        return made
    return e.op(step.op, [x, *step.inputs], {"dim": step.dim})


def index_tensor(e: Emitter, x: Value, node: ast.expr) -> Value:
    """`x[...]` of a tensor."""
    steps, tensors = _plan(e, x, node)
    for step in steps:
        x = _apply(e, x, step)
    if any(t is not None for t in tensors):
        return e.session.tensors.index(e, x, tensors)
    return number_or_view(e, x) if steps else x


def assign_index(e: Emitter, x: Value, node: ast.expr, entry: Entry) -> Value:
    """`x[...] = v` as a new tensor."""
    steps, tensors = _plan(e, x, node)
    levels = [x]
    for step in steps:
        levels.append(_apply(e, levels[-1], step))
    inner = levels[-1]
    if any(t is not None for t in tensors):
        new = e.session.tensors.index_put(e, inner, tensors, entry)
    else:
        new = e.session.tensors.filled_like(e, inner, entry)
    for step, outer in zip(reversed(steps), reversed(levels[:-1]), strict=True):
        if step.op == "unsqueeze":
            new = e.op("squeeze", [new], {"dim": [step.dim]})
        elif step.op == "flip":
            new = e.op("flip", [new], {"dims": [step.dim]})
        elif step.op == "select":
            new = e.op("select_scatter", [outer, new, *step.inputs], {"dim": step.dim})
        else:
            new = e.op("slice_scatter", [outer, new, *step.inputs], {"dim": step.dim})
    return new
