"""torch functions that are short programs of other calls, or one op with other arguments."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch import mode
from tracescript.producer.torch.named import matched
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor

_MATRIX: Final = 2
"""The rank of a matrix."""


def _with_mean(call: str) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: torch.Tensor, dim: Any = None, **kwargs: Any) -> Any:
        if isinstance(dim, bool):
            dim, kwargs = None, {"correction": int(dim), **kwargs}
        if "unbiased" in kwargs:
            kwargs["correction"] = int(kwargs.pop("unbiased"))
        spread = getattr(torch, call)(x, dim, **kwargs)
        return spread, torch.mean(x, dim, keepdim=kwargs.get("keepdim", False))

    return handler


def _norm(
    _: TorchDoor,
    x: torch.Tensor,
    order: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
    **kwargs: Any,
) -> Any:
    order = kwargs.get("ord", order)
    x = x if dtype is None else x.to(dtype)
    if dim is None and order is None:
        found = torch.linalg.vector_norm(x.reshape(-1), 2.0, 0)
        return found.reshape((1,) * x.dim()) if keepdim else found
    is_pair = isinstance(dim, (tuple, list)) and len(dim) == _MATRIX
    if isinstance(order, str) or (order is not None and (is_pair or (x.dim() > 1 and dim is None))):
        return torch.linalg.matrix_norm(x, order, dim if is_pair else (-2, -1), keepdim)
    return torch.linalg.vector_norm(x, 2.0 if order is None else order, dim, keepdim)


def _hstack(_: TorchDoor, tensors: Any) -> torch.Tensor:
    return torch.cat(tuple(tensors), 0 if tensors[0].dim() == 1 else 1)


def _vstack(_: TorchDoor, tensors: Any) -> torch.Tensor:
    return torch.cat([t if t.dim() > 1 else t.unsqueeze(0) for t in tensors], 0)


def _tensor_split(
    _: TorchDoor, x: torch.Tensor, parts: Any = None, dim: int = 0, **given: Any
) -> Any:
    parts = next((given[n] for n in ("indices", "sections") if n in given), parts)
    extent = x.shape[dim]
    if isinstance(parts, torch.Tensor):
        parts = parts.tolist()
    if isinstance(parts, int):
        count = parts
        step, more = extent // count, int(extent % count)
        sizes = [step + 1 if i < more else step for i in range(count)]
    else:
        cuts = [0, *parts, extent]
        sizes = [b - a for a, b in pairwise(cuts)]
    return x.split_with_sizes(sizes, dim)


def _diag(_: TorchDoor, x: torch.Tensor, diagonal: int = 0) -> torch.Tensor:
    return torch.diag_embed(x, diagonal) if x.dim() < _MATRIX else torch.diagonal(x, diagonal)


def _new(call: str) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: torch.Tensor, *size: Any, **kwargs: Any) -> torch.Tensor:
        given = kwargs.get("size", size)
        sizes = given[0] if len(given) == 1 and not isinstance(given[0], int) else given
        made: torch.Tensor = getattr(torch, call)(
            tuple(sizes), dtype=kwargs.get("dtype") or x.dtype
        )
        return made

    return handler


def _linspace(door: TorchDoor, start: Any, end: Any, steps: int, **kwargs: Any) -> torch.Tensor:
    with door.paused():
        result = torch.linspace(*plain((start, end, steps)), **kwargs)
    matched(door, "linspace", (start * 1.0, end * 1.0, steps), [result])
    return result


def _nonzero(door: TorchDoor, x: torch.Tensor, *, as_tuple: bool = False) -> Any:
    x = x.reshape(1) if as_tuple and not x.dim() else x
    with door.paused():
        result = torch.nonzero(x)
    matched(door, "nonzero", (x,), [result])
    return result.unbind(1) if as_tuple else result


def _tensordot(
    door: TorchDoor, a: torch.Tensor, b: torch.Tensor, dims: Any = 2, **_: Any
) -> torch.Tensor:
    if isinstance(dims, int):
        dims = (list(range(a.dim() - dims, a.dim())), list(range(dims)))
    left, right = ([d] if isinstance(d, int) else list(d) for d in dims)
    for axis, other in zip(left, right, strict=True):
        if plain(a.shape[axis]) != plain(b.shape[other]):  # one of them is 1, and spread
            a = a.sum(axis, keepdim=True) if plain(b.shape[other]) == 1 else a
            b = b.sum(other, keepdim=True) if plain(a.shape[axis]) == 1 else b
    with door.paused():
        result = torch.tensordot(a, b, (left, right))
    matched(door, "tensordot", (a, b), [result], dims_x=tuple(left), dims_y=tuple(right))
    return result


def _bincount(
    door: TorchDoor, x: torch.Tensor, weights: Any = None, minlength: int = 0
) -> torch.Tensor:
    if weights is not None:
        counts = torch.bincount(x, minlength=minlength)
        kind = weights.dtype if weights.dtype == torch.float32 else torch.float64
        return torch.zeros_like(counts, dtype=kind).scatter_add(0, x, weights.to(kind))
    with door.paused():
        result = torch.bincount(x, minlength=plain(minlength))
    matched(door, "bincount", (x, minlength), [result])
    return result


def _weight_norm(_: TorchDoor, v: torch.Tensor, g: torch.Tensor, dim: int = 0) -> torch.Tensor:
    axes = tuple(a for a in range(v.dim()) if a != dim % v.dim())
    return v * (g / torch.linalg.vector_norm(v, 2.0, axes, keepdim=True))


def _fold(door: TorchDoor, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
    """Fold one image: with an axis more, which is dropped again."""
    if x.dim() != 2:  # noqa: PLR2004 - rows and columns
        raise door.recorder.error("UNKNOWN_CALL", f"fold of rank {x.dim()} is no op", "use rank 3")
    return torch.nn.functional.fold(x.unsqueeze(0), *args, **kwargs).squeeze(0)


def _singular_values(_: TorchDoor, x: torch.Tensor) -> torch.Tensor:
    return torch.linalg.svd(x, full_matrices=False)[1]


def _svd(_: TorchDoor, x: torch.Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    """Write the older form, which gives V and not its adjoint."""
    left, values, right = torch.linalg.svd(x, full_matrices=not some)
    if not compute_uv:
        left, right = torch.zeros_like(left), torch.zeros_like(right)
    return torch.return_types.svd((left, values, right.mH))


def _solve(door: TorchDoor, a: torch.Tensor, b: torch.Tensor, *, left: bool = True) -> Any:
    """Solve for a vector, or a batch of them, as for matrices of one column."""
    if not left:
        return torch.linalg.solve(a.mT, b.mT).mT
    if b.dim() == 1 or (b.dim() == a.dim() - 1 and b.shape == a.shape[:-1]):
        return torch.linalg.solve(a, b.unsqueeze(-1)).squeeze(-1)
    with door.paused():
        result = torch.linalg.solve(a, b)
    matched(door, "linalg_solve", (a, b), [result])
    return result


def _scatter(
    door: TorchDoor, x: torch.Tensor, dim: int, index: torch.Tensor, src: Any = None, **kwargs: Any
) -> Any:
    value = given = kwargs.pop("value", src)
    if not isinstance(value, torch.Tensor):
        value = torch.full_like(index, value, dtype=x.dtype)
    with door.paused():
        result = torch.scatter(x, dim, index, given, **kwargs)
    reduce = {"add": "sum", "multiply": "prod"}.get(kwargs.get("reduce", ""), "replace")
    matched(door, "scatter", (x, index, value), [result], dim=dim, reduce=reduce)
    return result


def _scatter_(_: TorchDoor, x: Any, *args: Any, **kwargs: Any) -> Any:
    return x.copy_(torch.scatter(x, *args, **kwargs))


def _repeat_interleave(
    door: TorchDoor, x: torch.Tensor, repeats: Any, dim: int | None = None, **_: Any
) -> torch.Tensor:
    if dim is None:
        x, dim = x.reshape(-1), 0
    if isinstance(repeats, torch.Tensor):
        with door.paused():
            result = torch.repeat_interleave(x, repeats, dim)
        matched(door, "repeat_interleave", (x, repeats), [result], dim=dim)
        return result
    axis = dim % x.dim()
    sizes = tuple(x.shape)
    wide = x.unsqueeze(axis + 1).expand(*sizes[: axis + 1], repeats, *sizes[axis + 1 :])
    return wide.reshape(*sizes[:axis], sizes[axis] * repeats, *sizes[axis + 1 :])


def _topk(
    door: TorchDoor,
    x: torch.Tensor,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: A002  # torch's name
) -> Any:
    """Take the largest elements in order; one of the orders that torch may give unsorted."""
    del sorted
    k = mode.followed(door, k)
    with door.paused():
        result = torch.topk(x, plain(k), dim, largest)
    matched(door, "topk", (x, k), list(result), dim=dim, largest=largest)
    return result


def _every(_: TorchDoor, x: torch.Tensor) -> torch.Tensor:
    return x.all()


def _some(_: TorchDoor, x: torch.Tensor) -> torch.Tensor:
    return x.any()


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.var_mean": _with_mean("var"),
    "torch.std_mean": _with_mean("std"),
    "torch.linalg.norm": _norm,
    "torch._C._nn.col2im": _fold,
    "torch.linalg.solve": _solve,
    "torch.linalg.svdvals": _singular_values,
    "torch.svd": _svd,
    "torch.Tensor.svd": _svd,
    "torch._weight_norm": _weight_norm,
    "torch.hstack": _hstack,
    "torch.vstack": _vstack,
    "torch.tensor_split": _tensor_split,
    "torch.Tensor.tensor_split": _tensor_split,
    "torch.diag": _diag,
    "torch.Tensor.diag": _diag,
    "torch.Tensor.new_zeros": _new("zeros"),
    "torch.Tensor.new_ones": _new("ones"),
    "torch.Tensor.new_empty": _new("zeros"),
    "torch.linspace": _linspace,
    "torch.nonzero": _nonzero,
    "torch.Tensor.nonzero": _nonzero,
    "torch.tensordot": _tensordot,
    "torch.bincount": _bincount,
    "torch.Tensor.bincount": _bincount,
    "torch.repeat_interleave": _repeat_interleave,
    "torch.Tensor.repeat_interleave": _repeat_interleave,
    "torch.topk": _topk,
    "torch.Tensor.topk": _topk,
    "torch.Tensor._is_all_true": _every,
    "torch.Tensor._is_any_true": _some,
    "torch._is_all_true": _every,
    "torch._is_any_true": _some,
    "torch.Tensor.scatter_": _scatter_,
    "torch.scatter": _scatter,
    "torch.Tensor.scatter": _scatter,
}
