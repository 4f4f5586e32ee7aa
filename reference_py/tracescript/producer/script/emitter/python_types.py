"""The Python classes of what values stand for."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir.types import (
    DICT,
    SET,
    DictType,
    ListType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    is_set_type,
)
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Struct
from tracescript.producer.script.emitter.own_containers import python_class
from tracescript.producer.script.emitter.size_marks import is_tuple_like
from tracescript.producer.script.emitter.type_parts import with_tensors

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

PYTHON = {
    ScalarKind.BOOL: bool,
    ScalarKind.INT: int,
    ScalarKind.FLOAT: float,
    ScalarKind.STR: str,
    ScalarKind.NONE: type(None),
}
CONTAINERS: dict[type, type] = {ListType: list, DictType: dict, TupleType: tuple}


def is_instance(e: Emitter, x: Entry, classes: tuple[Any, ...]) -> bool:
    """Whether what an entry stands for has one of these classes, or types such as `list[int]`."""
    classes = tuple(c for kind in classes for c in _classes(e, x, kind))
    if isinstance(x, Known):
        return isinstance(x.value, classes) or (
            e.session.holds_array(x) and any(map(e.session.is_tensor_class, classes))
        )
    if isinstance(x, Struct):
        return issubclass(python_class(x.cls), classes)
    if isinstance(x, Value):
        if isinstance(x.type, TensorType):
            if e.frame.flavour == "numpy" and not x.type.shape:
                _refuse_scalars(e, classes)
            return any(map(e.session.is_tensor_class, classes))
        if isinstance(x.type, ScalarType):
            return issubclass(PYTHON.get(x.type.kind, object), classes)
        if isinstance(x.type, StructType):
            return issubclass(class_of(e, x.type), classes)
        if is_tuple_like(e, x):
            return issubclass(tuple, classes)
        return issubclass(CONTAINERS.get(type(x.type), object), classes)
    if isinstance(x, Items):
        return issubclass(list if x.is_list else tuple, classes)
    return (
        issubclass(dict if isinstance(x, Empty) and x.is_dict else list, classes)
        if isinstance(x, Empty)
        else False
    )


def _classes(e: Emitter, x: Entry, kind: Any) -> tuple[Any, ...]:
    """Return the classes of a type; none where what an entry holds is of other types."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return tuple(c for part in arguments for c in _classes(e, x, part))
    if not arguments:
        return (kind,)
    from tracescript.producer.script.source.annotations import OPEN, type_of_object

    wanted, found = type_of_object(kind), e.type_of_items(x)
    is_alike = found is not None and wanted == with_tensors(found, lambda _: OPEN)
    return (typing.get_origin(kind),) if is_alike else ()


def _refuse_scalars(e: Emitter, classes: tuple[Any, ...]) -> None:
    """Numpy tells a number from an array without axes; a graph does not."""
    for cls in classes:
        if isinstance(cls, type) and issubclass(cls, np.generic | np.ndarray | float):
            raise e.error(
                None,
                f"whether this is a {cls.__name__} is known to numpy only",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="ask x.ndim == 0",
            )


def class_of(e: Emitter, kind: StructType) -> type:
    """Return the class whose instances values of a struct type are."""
    if is_set_type(kind):
        return set if kind.name == SET else frozenset
    if kind.name == DICT:
        return dict
    found = e.session.classes.get(kind)
    if found is None:
        raise e.error(
            None,
            f"it is not known which class {kind.name} is here",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="annotate the parameter with the class",
        )
    return found


def python_type(e: Emitter, x: Entry) -> type | None:
    """Return the class whose attributes a number, a text or an array of numpy's has."""
    if not isinstance(x, Value):
        return None
    if isinstance(x.type, ScalarType):
        return PYTHON.get(x.type.kind)
    if isinstance(x.type, TensorType):
        return np.ndarray if e.frame.flavour == "numpy" else None
    return CONTAINERS.get(type(x.type))


__all__ = ["CONTAINERS", "PYTHON", "class_of", "is_instance", "python_type"]
