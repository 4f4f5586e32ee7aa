"""Which constants are written as literals, and their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.constants import NONE
from tracescript.ir.literals import element_text, float_text, scalar_text
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from tracescript.code.typing_text import TypeWriter
    from tracescript.ir.types import Type

MOST_ELEMENTS: Final = 16
MOST_BYTES: Final = 1000


def literal_text(constant: Constant, types: TypeWriter) -> str | None:
    """Write a constant as a literal; None where it has none and is written `constant(k)`.

    Spec: CODE-8.
    """
    text = _literal(constant.type, constant.value, types)
    return text if text is not None and len(text) <= MOST_BYTES else None


def _literal(t: Type, value: Any, types: TypeWriter) -> str | None:
    if isinstance(value, Constant):
        return _literal(t, value.value, types) if value.type == t else None
    if isinstance(t, ScalarType):
        return float_text(float(value)) if t.kind is ScalarKind.FLOAT else scalar_text(value)
    if isinstance(t, TensorType):
        is_single = isinstance(value, Weight) and value.shape == () == t.shape
        return element_text(value.array, value.data_type) if is_single else None
    if isinstance(t, OptionalType):
        inner = _literal(NONE if value is None else t.element, value, types)
        return None if inner is None else f"{types.text(t)}({inner})"
    if not isinstance(t, (ListType, TupleType, DictType)) or len(value) > MOST_ELEMENTS:
        return None
    return _container(t, value, types)


def _container(t: ListType | TupleType | DictType, value: Any, types: TypeWriter) -> str | None:
    if not value and not isinstance(t, TupleType):
        return f"{types.text(t)}()"
    if isinstance(t, DictType):
        pairs = [(_literal(t.key, k, types), _literal(t.value, v, types)) for k, v in value]
        whole = all(k is not None and v is not None for k, v in pairs)
        return f"{{{', '.join(f'{k}: {v}' for k, v in pairs)}}}" if whole else None
    kinds = t.elements if isinstance(t, TupleType) else (t.element,) * len(value)
    parts = [_literal(kind, v, types) for kind, v in zip(kinds, value, strict=True)]
    shown = [part for part in parts if part is not None]
    if len(shown) < len(parts):
        return None
    return tuple_text(shown) if isinstance(t, TupleType) else f"[{', '.join(shown)}]"


def tuple_text(parts: list[str]) -> str:
    """Write a tuple display: `(a,)`, `(a, b)`, `()`."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
