"""Elements of tensors in other places: splits, joins, turns, tiles, writes at places."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor

_MATRIX: Final = 2
"""The rank of a matrix."""


def _cut(axis: int) -> Callable[..., Any]:
    """Split along an axis by its name; `hsplit` of a vector along its only one."""

    def handler(_: TorchDoor, x: Any, indices_or_sections: Any = None, **given: Any) -> Any:
        parts = next((given[n] for n in ("indices", "sections") if n in given), indices_or_sections)
        return torch.tensor_split(x, parts, axis if x.dim() > 1 else 0)

    return handler


def _dstack(_: TorchDoor, tensors: Any) -> Any:
    return torch.cat(torch.atleast_3d(*tensors) if len(tensors) > 1 else tensors[0], 2)


def _column_stack(_: TorchDoor, tensors: Any) -> Any:
    wide = [t if t.dim() >= _MATRIX else t.reshape(-1, 1) for t in tensors]
    return torch.cat(wide, 1)


def _block_diag(_: TorchDoor, *tensors: Any) -> Any:
    blocks = [t if t.dim() == _MATRIX else t.reshape(1, -1) for t in tensors]
    width: Any = 0
    for block in blocks:
        width = block.shape[1] + width
    rows, before = [], 0
    for block in blocks:
        after = width - before - block.shape[1]
        rows.append(torch.nn.functional.pad(block, (before, after)))
        before = before + block.shape[1]
    return torch.cat(rows)


def _cartesian_prod(_: TorchDoor, *tensors: Any) -> Any:
    if len(tensors) == 1:
        return tensors[0]
    grids = torch.meshgrid(*tensors, indexing="ij")
    return torch.stack([grid.reshape(-1) for grid in grids], 1)


def _combinations(door: TorchDoor, x: Any, r: int = 2, with_replacement: bool = False) -> Any:
    count = door.fixed(x.shape[0])
    kind = combinations_with_replacement if with_replacement else combinations
    places = list(kind(range(count), r)) if r else []
    return x[torch.tensor(places, dtype=torch.int64).reshape(len(places), r)] if r else x[:0]


def _kron(_: TorchDoor, x: Any, y: Any) -> Any:
    rank = max(x.dim(), y.dim())
    left = x.reshape((1,) * (rank - x.dim()) + tuple(x.shape))
    right = y.reshape((1,) * (rank - y.dim()) + tuple(y.shape))
    pairs = list(zip(left.shape, right.shape, strict=True))
    product = left.reshape([n for a, _b in pairs for n in (a, 1)]) * right.reshape(
        [n for _a, b in pairs for n in (1, b)]
    )
    return product.reshape([a * b for a, b in pairs])


def _tile(_: TorchDoor, x: Any, *counts: Any, dims: Any = ()) -> Any:
    dims = counts or (dims,)
    counts = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    return x.repeat((1,) * (x.dim() - len(counts)) + counts)


def _rot90(_: TorchDoor, x: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    a, b = dims
    turns = k % 4
    if turns == 0:
        return x.clone()
    if turns == 2:  # noqa: PLR2004  # half a turn
        return torch.flip(x, (a, b))
    return torch.flip(x.transpose(a, b), (a if turns == 1 else b,))


def _fliplr(_: TorchDoor, x: Any) -> Any:
    return torch.flip(x, (1,))


def _flipud(_: TorchDoor, x: Any) -> Any:
    return torch.flip(x, (0,))


def _movedim(_: TorchDoor, x: Any, source: Any, destination: Any) -> Any:
    sources = [source] if isinstance(source, int) else list(source)
    targets = [destination] if isinstance(destination, int) else list(destination)
    rank = x.dim()
    moved = {t % rank: s % rank for s, t in zip(sources, targets, strict=True)}
    if len(moved) < len(sources) or len(set(moved.values())) < len(sources):
        raise RuntimeError("movedim: repeated dim in `source` or `destination`")
    rest = iter(axis for axis in range(rank) if axis not in moved.values())
    return x.permute([moved[axis] if axis in moved else next(rest) for axis in range(rank)])


def _sum_to_size(_: TorchDoor, x: Any, *size: Any) -> Any:
    sizes = tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    lead = x.dim() - len(sizes)
    ones = [
        a + lead for a, n in enumerate(sizes) if plain(n) == 1 and plain(x.shape[a + lead]) != 1
    ]
    if not (lead or ones):
        return x if sizes else x.sum()
    summed = x.sum((*range(lead), *ones), keepdim=True)
    return summed.reshape(sizes)


def _put(_: TorchDoor, x: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    flat, places = x.reshape(-1), index.reshape(-1)
    made = flat.index_put((places,), source.reshape(-1), accumulate)
    return made.reshape(x.shape)


def _index_reduce(
    _: TorchDoor,
    x: Any,
    dim: int,
    index: Any,
    source: Any,
    reduce: str,
    *,
    include_self: bool = True,
) -> Any:
    places = index.reshape([-1 if a == dim % x.dim() else 1 for a in range(x.dim())])
    spread = places.expand(source.shape)
    return torch.scatter_reduce(x, dim, spread, source, reduce, include_self=include_self)


def _index_add(
    door: TorchDoor, x: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1
) -> Any:
    added = source if type(alpha) is int and alpha == 1 else (source * alpha).to(source.dtype)
    return door.mode.as_op(torch.index_add, (x, dim, index, added), {})


def _isin(
    _: TorchDoor,
    elements: Any,
    test_elements: Any,
    *,
    assume_unique: bool = False,
    invert: bool = False,
) -> Any:
    del assume_unique  # a promise that changes no result
    if isinstance(test_elements, torch.Tensor):
        found = (torch.as_tensor(elements).unsqueeze(-1) == test_elements.reshape(-1)).any(-1)
    else:
        found = elements == test_elements
    return torch.logical_not(found) if invert else found


def _take_along_dim(door: TorchDoor, x: Any, indices: Any, dim: int | None = None) -> Any:
    if dim is None:
        return torch.gather(x.reshape(-1), 0, indices.reshape(-1))
    return door.mode.as_op(torch.take_along_dim, (x, indices, dim), {})


def _cross(_: TorchDoor, x: Any, y: Any, dim: int | None = None) -> Any:
    if dim is None:
        dim = next(axis for axis, n in enumerate(x.shape) if n == 3)  # noqa: PLR2004  # of space
    return torch.linalg.cross(x, y, dim=dim)


def _diagonal_scatter(
    _: TorchDoor, x: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Any:
    made = x.clone()
    torch.diagonal(made, offset, dim1, dim2).copy_(src)
    return made


def _masked_scatter(door: TorchDoor, x: Any, mask: Any, source: Any) -> Any:
    wide = torch.broadcast_tensors(x, mask)[0]
    return door.mode.as_op(torch.masked_scatter, (wide, mask, source), {})


def _fill(_: TorchDoor, x: Any, value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(x.dtype).expand(x.shape).clone()
    return torch.full_like(x, value)


def _renorm(_: TorchDoor, x: Any, p: Any, dim: int, maxnorm: Any) -> Any:
    axes = tuple(axis for axis in range(x.dim()) if axis != dim % x.dim())
    norms = torch.linalg.vector_norm(x, float(p), axes, keepdim=True)
    return x * torch.where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)


def _copied(plain_form: str) -> Callable[..., Any]:
    """Return the handler of a call whose result is a copy of a view."""

    def handler(_: TorchDoor, x: Any, *args: Any, **kwargs: Any) -> Any:
        made = getattr(torch.Tensor, plain_form)(x, *args, **kwargs)
        return made.clone() if isinstance(made, torch.Tensor) else tuple(t.clone() for t in made)

    return handler


_COPIES: Final = (
    *("as_strided", "diagonal", "expand", "narrow", "permute", "split", "squeeze", "t"),
    *("split_with_sizes", "transpose", "unbind", "unfold", "unsqueeze", "view"),
)


def _msort(_: TorchDoor, x: Any) -> Any:
    return torch.sort(x, 0).values


def _constant_pad(_: TorchDoor, x: Any, pad: Any, value: Any = 0) -> Any:
    return torch.nn.functional.pad(x, pad, value=value)


_HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    "hsplit": _cut(1),
    "vsplit": _cut(0),
    "dsplit": _cut(2),
    "unsafe_split": lambda _, x, split_size, dim=0: x.split(split_size, dim),
    "unsafe_chunk": lambda _, x, chunks, dim=0: x.chunk(chunks, dim),
    "unsafe_split_with_sizes": lambda _, x, split_sizes, dim=0: x.split_with_sizes(
        split_sizes, dim
    ),
    "tile": _tile,
    "rot90": _rot90,
    "msort": _msort,
    "constant_pad_nd": _constant_pad,
    "fliplr": _fliplr,
    "flipud": _flipud,
    "kron": _kron,
    "movedim": _movedim,
    "moveaxis": _movedim,
    "sum_to_size": _sum_to_size,
    "put": _put,
    "index_reduce": _index_reduce,
    "index_add": _index_add,
    "isin": _isin,
    "take_along_dim": _take_along_dim,
    "cross": _cross,
    "diagonal_scatter": _diagonal_scatter,
    "masked_scatter": _masked_scatter,
    "fill": _fill,
    "renorm": _renorm,
    "alias_copy": _copied("detach"),
    **{f"{name}_copy": _copied(name) for name in _COPIES},
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"{o}.{n}": handler for n, handler in _HANDLERS.items() for o in ("torch", "torch.Tensor")},
    "torch.dstack": _dstack,
    "torch.column_stack": _column_stack,
    "torch.block_diag": _block_diag,
    "torch._C._VariableFunctions.block_diag": _block_diag,
    "torch.functional.block_diag": _block_diag,
    "torch.cartesian_prod": _cartesian_prod,
    "torch.functional.cartesian_prod": _cartesian_prod,
    "torch.combinations": _combinations,
}
