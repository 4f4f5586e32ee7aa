"""Types people write: annotations, and the `types` argument."""

from __future__ import annotations

import ast
import types
import typing
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.ir.types import (
    DICT,
    FROZEN_SET,
    SET,
    DataType,
    DictType,
    ListType,
    OptionalType,
    StructType,
    Symbol,
    TensorType,
    TupleType,
    UnionType,
    set_type,
)
from tracescript.producer.script.containers.enums import enum_type, is_enum, learn_classes
from tracescript.producer.script.emitter.type_parts import with_tensors
from tracescript.producer.script.source.records import field_names

if TYPE_CHECKING:
    from tracescript.ir.types import Dim, Type
    from tracescript.producer.script.emitter.core import Emitter

OPEN = TensorType(DataType.FLOAT32, None)
"""The type of a tensor of which nothing is said."""

_SCALARS = {
    int: constants.INT,
    float: constants.FLOAT,
    bool: constants.BOOL,
    str: constants.STR,
    type(None): constants.NONE,
}
_NAMED = {
    "int": constants.INT,
    "float": constants.FLOAT,
    "bool": constants.BOOL,
    "str": constants.STR,
    "None": constants.NONE,
}
_TENSOR_NAMES = frozenset(
    {"Tensor", "ndarray", "Parameter", "NDArray", "ArrayLike", "Array", "FloatTensor", "LongTensor"}
)
_SETS = {
    **dict.fromkeys(("set", "Set", "MutableSet", "AbstractSet"), SET),
    **dict.fromkeys(("frozenset", "FrozenSet"), FROZEN_SET),
}
_TYPES = {d.value: d for d in DataType} | {"bool_": DataType.BOOL}


def filled(kind: Type, data_type: DataType) -> Type:
    """Return a type with a data type where it was open."""
    return with_tensors(kind, lambda t: TensorType(data_type, None) if t is OPEN else t)


def hints_of(function: Any) -> dict[str, Any]:
    """Return a function's annotations; those that cannot be resolved say nothing."""
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001  # annotations are any code of the user's
        return {
            k: v
            for k, v in getattr(function, "__annotations__", {}).items()
            if not isinstance(v, str)
        }


def type_of_annotation(e: Emitter, node: ast.expr) -> Type | None:
    """Return the type an annotation inside a function stands for; None if it says nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    try:
        return _of_node(e, node)
    except ValueError:
        return None


def _of_node(e: Emitter, node: ast.expr) -> Type | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([_of_node(e, node.left), _of_node(e, node.right)])
    if isinstance(node, ast.Constant) and node.value is None:
        return constants.NONE
    if isinstance(node, ast.Subscript):
        head = ast.unparse(node.value).rpartition(".")[2]
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(head, [_of_node(e, n) for n in inner])
    name = ast.unparse(node).rpartition(".")[2]
    if name in _NAMED:
        return _NAMED[name]
    if name in _TENSOR_NAMES:
        return OPEN
    found = _class_named(e, node)
    learn_classes(e.session, found)
    return None if found is None else type_of_object(found)


def _class_named(e: Emitter, node: ast.expr) -> type | None:
    """Return the class of the user's that a name or dotted name stands for."""
    found = _outside(e, node)
    return found if isinstance(found, type) else None


def _outside(e: Emitter, node: ast.expr) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_outside(e, node.value), node.attr, None)
    return e.frame.outer(node.id) if isinstance(node, ast.Name) else None


def _generic(head: str, inner: list[Type | None]) -> Type | None:
    known = [t for t in inner if t is not None]
    if len(known) != len(inner):
        return None
    if head in {"list", "List", "Sequence", "Iterable"}:
        return ListType(known[0])
    if head in {"dict", "Dict", "Mapping", "DefaultDict", "defaultdict", "OrderedDict"}:
        return DictType(known[0], known[1])
    if head == "Counter":
        return DictType(known[0], constants.INT)
    if head in _SETS:
        return set_type(known[0], _SETS[head])
    if head in {"tuple", "Tuple"}:
        return TupleType(tuple(known))
    if head == "Optional":
        return _union([known[0], constants.NONE])
    if head == "Union":
        return _union(known)
    return known[0] if head in {"Final", "Annotated", "ClassVar"} else None


def _union(parts: typing.Sequence[Type | None]) -> Type | None:
    if any(p is None for p in parts):
        return None
    rest = [p for p in parts if p is not None and p != constants.NONE]
    if len(rest) == 1:
        return OptionalType(rest[0]) if len(rest) < len(parts) else rest[0]
    made = UnionType(tuple(dict.fromkeys(rest)))
    return OptionalType(made) if len(rest) < len(parts) else made


def type_of_object(given: Any) -> Type | None:
    """Return the type of a Python type, a text or a type of ours; None if it says nothing."""
    if isinstance(given, str):
        return parse(given)
    if isinstance(given, _IR_TYPES):
        return given
    if given is None:
        return constants.NONE
    if isinstance(given, type) and given in _SCALARS:
        return _SCALARS[given]
    if isinstance(given, DataType):
        return TensorType(given, None)
    if is_enum(given):
        return enum_type(given)
    if typing.is_typeddict(given):
        return _record(given, DICT)
    if isinstance(given, type) and field_names(given) is not None:
        return _record(given, given.__name__)
    origin = typing.get_origin(given)
    if origin is not None:
        arguments = typing.get_args(given)
        if origin in {typing.Union, types.UnionType}:
            return _union([type_of_object(a) for a in arguments])
        if getattr(origin, "__name__", "") in _TENSOR_NAMES:
            return OPEN
        if is_open_tuple(given):
            element = type_of_object(arguments[0])
            return None if element is None else ListType(element)
        return _generic(
            getattr(origin, "__name__", ""),
            [type_of_object(a) for a in arguments if a is not Ellipsis],
        )
    if isinstance(given, list) and len(given) == 1:
        inner = type_of_object(given[0])
        return None if inner is None else ListType(inner)
    return OPEN if getattr(given, "__name__", "") in _TENSOR_NAMES else None


def is_open_tuple(given: Any) -> bool:
    """Whether a Python type is `tuple[T, ...]`, whose values are lists in the graph."""
    return typing.get_origin(given) is tuple and typing.get_args(given)[1:] == (Ellipsis,)


def _record(cls: Any, name: str) -> Type | None:
    """Return the type of a named tuple, data class or typed dict by its annotations."""
    hints = typing.get_type_hints(cls)
    fields = [
        (n, type_of_object(hints[n]) if n in hints else OPEN) for n in field_names(cls) or hints
    ]
    known = tuple((n, t) for n, t in fields if t is not None)
    if len(known) != len(fields):
        return None
    return StructType(name, known, is_tuple=issubclass(cls, tuple))


# ---------------------------------------------------------------------- the text form
def parse(text: str) -> Type:
    """Read `float32[B, 4]`, `Tensor[float32, B, 4]`, `list[int]`, `Tensor | None`.

    Raises ProducerError for text that is no type. Spec: SCRIPT-13.
    """
    try:
        return _parsed(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError) as error:
        raise ProducerError(
            f"{text!r} is no type",
            code="TYPE_INFERENCE",
            rule="SCRIPT-13",
            hint='write "float32[B, 4]", "int64[...]", "Tensor", "int" or "list[float32[4]]"',
        ) from error


def _parsed(node: ast.expr) -> Type:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _sure(_union([_parsed(node.left), _parsed(node.right)]))
    if isinstance(node, ast.Constant) and node.value is None:
        return constants.NONE
    if isinstance(node, ast.Name):
        if node.id in _NAMED:
            return _NAMED[node.id]
        if node.id in _TYPES:
            return TensorType(_TYPES[node.id], ())
        if node.id in _TENSOR_NAMES:
            return OPEN
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if node.value.id in _TYPES:
            return _shaped(_TYPES[node.value.id], inner)
        if node.value.id == "Tensor":
            if not isinstance(inner[0], ast.Name) or inner[0].id not in _TYPES:
                raise ValueError(node.value.id)
            return _shaped(_TYPES[inner[0].id], inner[1:])
        return _sure(_generic(node.value.id, [_parsed(n) for n in inner]))
    raise ValueError(ast.dump(node))


def _sure(found: Type | None) -> Type:
    if found is None:
        raise ValueError(found)
    return found


def _shaped(data_type: DataType, nodes: list[ast.expr]) -> TensorType:
    if len(nodes) == 1 and isinstance(nodes[0], ast.Constant) and nodes[0].value is Ellipsis:
        return TensorType(data_type, None)
    if len(nodes) == 1 and isinstance(nodes[0], ast.Tuple) and not nodes[0].elts:
        return TensorType(data_type, ())
    return TensorType(data_type, tuple(_dim(n) for n in nodes))


def _dim(node: ast.expr) -> Dim:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 0:
        return node.value
    if isinstance(node, ast.Name):
        return None if node.id == "_" else Symbol(node.id)
    raise ValueError(ast.dump(node))


_IR_TYPES = (
    TensorType,
    ListType,
    TupleType,
    DictType,
    OptionalType,
    UnionType,
    StructType,
    type(constants.INT),
)


def field_type(cls: type, name: str) -> Type | None:
    """Return the type that the annotation of a field says, None where there is none."""
    try:
        return type_of_object(typing.get_type_hints(cls)[name])
    except (KeyError, NameError, TypeError):
        return None
