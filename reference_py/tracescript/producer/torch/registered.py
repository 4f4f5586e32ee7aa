"""Objects whose parts torch knows because their class is registered with its pytree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.utils import _pytree

if TYPE_CHECKING:
    from collections.abc import Iterable


def parts(value: Any) -> dict[str, Any] | tuple[Any, ...] | None:
    """Return the parts of a registered object by name, else in order; None for any other."""
    node = _pytree.SUPPORTED_NODES.get(type(value))
    if node is None:
        return None
    if node.flatten_with_keys_fn is None:
        return tuple(node.flatten_fn(value)[0])
    keyed, _ = node.flatten_with_keys_fn(value)
    names = [getattr(key, "key", getattr(key, "name", None)) for key, _ in keyed]
    held = tuple(part for _, part in keyed)
    found = {name: part for name, part in zip(names, held, strict=True) if isinstance(name, str)}
    return found if len(found) == len(held) else held


def argument_parts(value: Any) -> dict[str, Any] | tuple[Any, ...] | None:
    """Return the parts of a registered object that is its parts alone; None for any other.

    What an object says of itself beside its parts may be names, nothing that a call could change.
    """
    node = _pytree.SUPPORTED_NODES.get(type(value))
    if node is None:
        return None
    context = node.flatten_fn(value)[1]
    names = context if isinstance(context, (tuple, list)) else (context,)
    return parts(value) if all(n is None or isinstance(n, str) for n in names) else None


def rebuilt(value: Any, held: Iterable[Any]) -> Any:
    """Return an object like a registered one with other parts."""
    node = _pytree.SUPPORTED_NODES[type(value)]
    return node.unflatten_fn(list(held), node.flatten_fn(value)[1])
