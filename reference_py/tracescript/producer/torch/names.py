"""Finds ops by torch callable, and takes Python functions of torch apart."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.opset.names import torch_names
from tracescript.producer.trace import hints

if TYPE_CHECKING:
    from tracescript.producer.torch.door import TorchDoor

QUIET: Final = frozenset(
    {
        "__dir__",
        "__hash__",
        "_has_compatible_shallow_copy_type",
        "_is_view",
        "backward",
        "can_cast",
        "dim",
        "dim_order",
        "element_size",
        "get_default_dtype",
        "get_device",
        "is_coalesced",
        "is_complex",
        "is_conj",
        "is_floating_point",
        "is_inference",
        "is_neg",
        "is_pinned",
        "is_shared",
        "is_signed",
        "is_storage",
        "is_tensor",
        "ndimension",
        "promote_types",
        "register_hook",
        "register_post_accumulate_grad_hook",
        "requires_grad_",
        "result_type",
        "retain_grad",
    }
)
"""Names that ask about a tensor and never about its elements."""
_LAYOUT: Final = frozenset(
    {"as_strided_", "resize_", "squeeze_", "swapaxes_", "swapdims_", "t_", "transpose_"}
    | {"unsqueeze_"}
)
"""Methods that change sizes and strides of their tensor, not its elements."""
_HOMES: Final = ("fft", "linalg", "special")
"""Modules of torch whose functions have their name in front of their own."""


def candidates(function: Any) -> Any:
    """Return the ops that a torch callable may mean, with their names; None if there is none."""
    try:
        found = _by_object().get(function)
    except TypeError:
        found = None
    if found is not None:
        return found
    name = getattr(function, "__name__", "")
    owner = getattr(function, "__qualname__", "").partition(".")[0]
    if owner in {"TensorBase", "Tensor"}:
        return torch_names().get(f"torch.Tensor.{name}")
    for prefix in ("torch", "torch.nn.functional", "torch.special", "torch.linalg"):
        if f"{prefix}.{name}" in torch_names() and (function.__module__ or "").startswith("torch"):
            return torch_names()[f"{prefix}.{name}"]
    return None


@functools.cache
def _by_object() -> dict[Any, Any]:
    """Return the ops by torch callable."""
    found: dict[Any, Any] = {}
    for name, ops in torch_names().items():
        target: Any = torch
        for part in name.split(".")[1:]:
            target = getattr(target, part, None)
        if callable(target):
            found[target] = found.get(target, ()) + tuple(ops)
    return found


def out_of_place(name: str) -> Any:
    """Return the method of tensors that computes what `name`, as `scatter_`, writes; else None.

    A method that changes how a tensor lies in memory writes nothing.
    """
    if not name.endswith("_") or name.endswith("__") or name in _LAYOUT:
        return None
    return getattr(torch.Tensor, name[:-1], None)


@functools.cache
def unhooked(function: Any) -> Any:
    """Copy a function of torch so that it asks for no overrides: it then takes itself apart."""
    space = dict(function.__globals__)
    for name in ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"):
        if name in space:
            space[name] = lambda *_: False
    closure = function.__closure__
    if "boolean_dispatch" in function.__qualname__:
        inner = (cell.cell_contents for cell in closure)
        closure = tuple(types.CellType(unhooked(v) if inspect.isfunction(v) else v) for v in inner)
    copy = types.FunctionType(
        function.__code__, space, function.__name__, function.__defaults__, closure
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def unknown(door: TorchDoor, function: Any, why: str = "") -> Exception:
    """Make the error about a call that is no op."""
    what = f"{called(function)} is no op of the opset with these arguments"
    what += f": {why}" if why else ""
    name = getattr(function, "__name__", "")
    return door.recorder.error("UNKNOWN_CALL", what, hints.nearest(name.strip("_")))


def called(function: Any) -> str:
    """Return how a program writes a torch callable or attribute, as far as it tells."""
    registered = getattr(function, "_qualified_op_name", "")
    if registered:
        return f"torch.ops.{registered.replace('::', '.')}"
    name = getattr(function, "__name__", repr(function))
    owner = getattr(function, "__qualname__", name).replace("TensorBase", "Tensor")
    home = next((h for h in _HOMES if name.startswith(f"{h}_")), "")
    if home and getattr(getattr(torch, home), name.removeprefix(f"{home}_"), None) is function:
        name = f"{home}.{name.removeprefix(f'{home}_')}"
    return f"torch.{owner if owner.startswith('Tensor.') else name}"


@functools.cache
def _signature(function: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def positional(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Put keyword arguments of a Python function at their positions, defaults between them."""
    signature = _signature(function)
    if signature is None or any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()):
        return args, kwargs
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        return args, kwargs
    default = {n: p.default for n, p in signature.parameters.items()}
    given = [n in bound.arguments and bound.arguments[n] is not default[n] for n in default]
    last = max((i for i, is_given in enumerate(given) if is_given), default=-1)
    bound.apply_defaults()
    return tuple(bound.args[: last + 1]), dict(bound.kwargs)
