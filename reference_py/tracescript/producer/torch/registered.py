"""Objects whose parts torch knows because their class is registered with its pytree."""

from __future__ import annotations

from typing import Any

from torch.utils import _pytree


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
