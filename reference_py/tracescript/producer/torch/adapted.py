"""Calls whose op wants other arguments: an axis for a number, numbers for truths.

Torch computes extremes and orders of truths, and along an axis of a tensor without axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch import unbatched

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_TRUTHS: Final = frozenset(
    {"amax", "amin", "aminmax", "cummax", "cummin", "max", "maximum", "min", "minimum"}
    | {"fmax", "fmin"}
)
_COMPARED: Final = frozenset(
    {"ge", "gt", "le", "lt", "__ge__", "__gt__", "__le__", "__lt__", "greater", "less"}
    | {"greater_equal", "less_equal"}
)
_ALONG: Final = frozenset(
    {"cummax", "cummin", "index_add", "index_copy", "index_fill", "index_select", "kthvalue"}
    | {"median", "mode", "nanmedian", "topk", "index_reduce", "logcumsumexp", "sort", "argsort"}
    | {"gather", "scatter", "scatter_add", "scatter_reduce"}
)
"""Calls along an axis; what they give of a tensor without axes has none either."""


def adapter(name: str, function: Any, args: tuple[Any, ...]) -> Callable[..., Any] | None:
    """Return the function to call in place of one of torch's, None where the call is as it is."""
    if not args or not isinstance(args[0], torch.Tensor):
        return None
    if unbatched.is_unbatched(name, args[0]):
        return unbatched.of_one_image(function)
    with torch._C.DisableTorchFunction():  # noqa: SLF001  # torch has no public way
        is_number = args[0].dim() == 0 and name in _ALONG
    is_along = name == "mode" or (len(args) > 1 and not isinstance(args[1], torch.Tensor))
    if is_number and is_along:
        return _of_number(function)
    tensors = [a for a in args if isinstance(a, torch.Tensor)]
    if name in _OF_TRUTHS and all(t.dtype == torch.bool for t in tensors):
        return _of_truths(function, gives_truths=True)
    if name in _COMPARED and args[0].dtype == torch.bool and len(tensors) == len(args):
        return _of_truths(function, gives_truths=False)
    return None


def _of_number(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute with a vector of one element, and with vectors beside it."""

    def call(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        wide = [
            a.reshape(-1) if isinstance(a, torch.Tensor) and k < _BESIDE else a
            for k, a in enumerate(args)
        ]
        made = function(x.reshape(1), *wide, **kwargs)
        if isinstance(made, torch.Tensor):
            return made.reshape(())
        return type(made)(part.reshape(()) for part in made)

    return call


_BESIDE: Final = 3
"""Arguments after the first among which are indices and sources."""


def _of_truths(function: Callable[..., Any], *, gives_truths: bool) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        numbers = [
            a.to(torch.uint8) if isinstance(a, torch.Tensor) and a.dtype == torch.bool else a
            for a in args
        ]
        made = function(*numbers, **kwargs)
        if not gives_truths:
            return made
        if isinstance(made, torch.Tensor):
            return made.to(torch.bool)
        return type(made)(t.to(torch.bool) if t.dtype == torch.uint8 else t for t in made)

    return call
