"""Finds the op that a library call means, from the name tables of the opset."""

from __future__ import annotations

import ast
import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracescript.opset.table import OpDef, PythonName
    from tracescript.producer.trace.structure import Typed

_ALIASES: Final = {
    "axis": "dim",
    "axes": "dims",
    "keepdims": "keepdim",
    "size": "shape",
    "newshape": "shape",
    "fill_value": "value",
    "input": "x",
    "self": "x",
    "a": "x",
    "tensor": "x",
    "other": "y",
    "mat2": "y",
    "vec2": "y",
    "arrays": "tensors",
    "k": "diagonal",
    "a_min": "lo",
    "a_max": "hi",
    "min": "lo",
    "max": "hi",
    "unbiased": "correction",
    "ddof": "correction",
    "ndim": "dim",
    "dimension": "dim",
    "kernel_size": "kernel",
    "negative_slope": "slope",
    "num_groups": "groups",
    "full_matrices": "full",
    "hop_length": "hop",
    "norm_type": "norm",
    "query": "q",
    "key": "k",
    "attn_mask": "mask",
    "split_size_or_sections": "sizes",
    "split_size": "sizes",
    "dims": "dim",
    "p": "ord",
    "indices_or_sections": "sizes",
}
_IGNORED: Final = frozenset(
    {"device", "layout", "requires_grad", "memory_format", "pin_memory", "order", "subok", "like"}
    | {"casting", "non_blocking", "copy", "generator", "_stacklevel", "stable"}
)
_NEUTRAL: Final[Mapping[str, Any]] = {"out": None, "where": True, "initial": None, "dropout_p": 0.0}
"""Arguments that change nothing at this value and have no op at any other."""


@dataclass(frozen=True, slots=True)
class Match:
    """A library call as a call of an op. `extra` are arguments the op has no place for."""

    op: OpDef
    inputs: tuple[Any, ...]
    attributes: dict[str, Any]
    extra: dict[str, Any]
    in_place: bool


def match(
    candidates: Iterable[tuple[OpDef, PythonName]],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    arrays: Typed,
) -> Match | None:
    """Return the first candidate that the arguments fit, or None."""
    for op, name in candidates:
        bound = _bind(op, name, args, kwargs)
        if bound is not None and _holds(name.when, bound, len(args) + len(kwargs), arrays):
            made = _sorted(op, name, bound, arrays)
            if made is not None:
                return made
    return None


def _bind(
    op: OpDef, name: PythonName, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any] | None:
    declared = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    bound: dict[str, Any] = {}
    rest = list(args)
    places: list[str] = []
    for place in name.arguments or declared:
        key, is_fixed, value = place.partition("=")
        if is_fixed:
            bound[key] = _literal(value)
        elif place.startswith("*"):
            places.append(place[1:])
            if rest:
                bound[place[1:]] = rest[0] if _is_list(rest[0]) and len(rest) == 1 else tuple(rest)
                rest = []
        elif rest:
            places.append(place)
            bound[place] = rest.pop(0)
            if place == "_" and is_meant(op, bound[place]):
                return None
        else:
            places.append(place)
    if rest:
        return None
    for key, value in kwargs.items():
        found = _keyword(key, {*declared, *places})
        if found:
            bound[found] = value
        elif key not in _IGNORED and not _is_neutral(key, value):
            return None
    return bound


def is_meant(op: OpDef, value: Any) -> bool:
    """Whether an argument that an op has no name for changes the result in torch.

    So do `size_average=False` and weights of losses, and bounds of a pseudo-inverse.
    """
    is_default = value is None or value is True
    return op.name.endswith(_MEANT) and not is_default


_MEANT: Final = ("_loss", "_entropy", "_entropy_with_logits", "kl_div", "linalg_pinv")


def _keyword(key: str, names: set[str]) -> str:
    if key in names:
        return key
    alias = _ALIASES.get(key, "")
    return alias if alias in names else ""


def _is_neutral(key: str, value: Any) -> bool:
    return key in _NEUTRAL and (value is _NEUTRAL[key] or value == _NEUTRAL[key])


def _is_list(value: Any) -> bool:
    return isinstance(value, (tuple, list))


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except ValueError:
        return text


def _sorted(op: OpDef, name: PythonName, bound: dict[str, Any], arrays: Typed) -> Match | None:
    inputs: list[Any] = []
    for declared in op.inputs:
        value = bound.pop(declared.name, None)
        if declared.variadic:
            inputs += value if _is_list(value) else ()
            continue
        if value is None and not declared.optional:
            return None
        if declared.kind == "tensor" and not _is_operand(value, arrays):
            return None
        inputs.append(value)
    attributes = {a.name: bound.pop(a.name) for a in op.attributes if bound.get(a.name) is not None}
    bound.pop("_", None)
    return Match(op, tuple(inputs), attributes, bound, name.in_place)


def _is_operand(value: Any, arrays: Typed) -> bool:
    return value is None or arrays.is_array(value) or isinstance(value, (bool, int, float, complex))


# ---- conditions


def _holds(when: str, bound: Mapping[str, Any], count: int, arrays: Typed) -> bool:
    return not when or bool(_value(_parsed(when), bound, count, arrays))


@functools.cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


_COMPARE: Final[Mapping[type, Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def _value(node: ast.expr, bound: Mapping[str, Any], count: int, arrays: Typed) -> Any:
    """Evaluate a condition of a name table; a name without an argument is None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return count if node.id == "count" else bound.get(node.id)
    inner = functools.partial(_value, bound=bound, count=count, arrays=arrays)
    if isinstance(node, ast.UnaryOp):
        return not inner(node.operand)
    if isinstance(node, ast.BoolOp):
        every = all if isinstance(node.op, ast.And) else any
        return every(inner(part) for part in node.values)
    if isinstance(node, ast.Compare):
        left = inner(node.left)
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = inner(right_node)
            if not _COMPARE[type(kind)](left, right):
                return False
            left = right
        return True
    assert isinstance(node, ast.Call), "see opdef.proto"
    assert isinstance(node.func, ast.Name), "see opdef.proto"
    return _question(node.func.id, [inner(a) for a in node.args], arrays)


def _question(name: str, args: list[Any], arrays: Typed) -> Any:
    value = plain(args[0])
    is_array = arrays.is_array(value)
    if name == "is_tensor":
        return is_array
    if name == "is_int":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "is_dtype":
        return isinstance(value, (type, ir.DataType)) or "dtype" in type(value).__name__.lower()
    if name == "is_device":
        return isinstance(value, str) or type(value).__name__ == "device"
    if name == "len":
        return len(value)
    if not is_array:
        kinds = {"is_float": isinstance(value, float), "rank": 0, "kind": type(value).__name__}
        return kinds.get(name, False)
    kind = arrays.type_of(value)
    if name == "rank":
        return len(kind.shape or ())
    if name == "kind":
        return "tensor"
    if name == "dtype":
        return kind.data_type.value
    from tracescript.opset.dtypes import in_set

    return in_set(kind.data_type, args[1] if len(args) > 1 else "float")
