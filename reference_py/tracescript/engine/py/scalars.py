"""Python expressions for ops over scalars and containers, and what each may raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.engine.py.program import Stmt, Val


@dataclass(frozen=True, slots=True)
class Expression:
    """Source text of a result.

    `is_pure`: it raises nothing and reads nothing that may change, so it can be written into its
    reader. `is_atom`: it needs no parentheses there. `checked`: an int that may leave 64 bits.
    """

    text: str
    is_pure: bool = True
    is_atom: bool = False
    checked: bool = False


_ARITHMETIC: Final = {
    "int.add": "{0} + {1}",
    "int.sub": "{0} - {1}",
    "int.mul": "{0} * {1}",
    "int.neg": "-{0}",
    "int.floordiv": "{0} // {1}",
    "int.mod": "{0} % {1}",
    "int.truediv": "{0} / {1}",
    "float.neg": "-{0}",
    "bool.not": "not {0}",
    "is_none": "{0} is None",
}
_DIVIDING: Final = frozenset({"int.floordiv", "int.mod", "int.truediv"})
_CHECKED: Final = frozenset(
    {"int.add", "int.sub", "int.mul", "int.neg", "int.floordiv", "int.bits"}
)
_RELATION: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FLOAT: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_BITS: Final = {"and": "&", "or": "|", "xor": "^"}
_INTS: Final = frozenset({"int8", "int16", "int32", "int64", "uint8"})
_FLOATS: Final = frozenset({"float32", "float64"})
_BOOL: Final = {"and": "and", "or": "or", "xor": "!="}


def _constant(val: Val | None) -> Any:
    assert val is not None
    return val.constant if val.known else None


def expression(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    """Return the expression of a statement, or None where its kernel must be called."""
    assert stmt.link is not None
    op, given = stmt.op, stmt.link.attributes
    if op in _ARITHMETIC:
        safe = op not in _DIVIDING or bool(_constant(stmt.inputs[1]))
        return Expression(_ARITHMETIC[op].format(*args), safe, checked=op in _CHECKED)
    if op in {"int.cmp", "float.cmp", "str.cmp"}:
        return Expression(f"{args[0]} {_RELATION[given['relation']]} {args[1]}")
    if op == "float.arith" and given["operation"] in _FLOAT:
        safe = given["operation"] != "div" or bool(_constant(stmt.inputs[1]))
        return Expression(f"{args[0]} {_FLOAT[given['operation']]} {args[1]}", safe)
    if op == "bool.op":
        return Expression(f"{args[0]} {_BOOL[given['operation']]} {args[1]}")
    if op == "int.bits":
        return _bits(stmt, args)
    special = _SPECIAL.get(op)
    return special(stmt, args) if special else None


def _bits(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    assert stmt.link is not None
    operation, count = stmt.link.attributes["operation"], _constant(stmt.inputs[1])
    if operation in _BITS:
        return Expression(f"{args[0]} {_BITS[operation]} {args[1]}")
    if type(count) is int and 0 <= count < 64:  # noqa: PLR2004  # bits of an int
        sign = "<<" if operation == "shl" else ">>"
        return Expression(f"{args[0]} {sign} {args[1]}", checked=operation == "shl")
    return None


def _cast(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    val = stmt.inputs[0]
    assert val is not None
    have, want = val.scalar, stmt.outputs[0].scalar
    kinds = ir.ScalarKind
    if want is kinds.FLOAT and have in {kinds.INT, kinds.BOOL}:
        return Expression(f"float({args[0]})", is_atom=True)
    if want is kinds.INT and have is kinds.BOOL:
        return Expression(f"{args[0]} + 0")
    if want is kinds.BOOL and have in {kinds.INT, kinds.FLOAT}:
        return Expression(f"{args[0]} != 0")
    return None


def _item(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    """Read a rank 0 tensor; of rank 0 nothing is ever overwritten in place, so it is pure."""
    val = stmt.inputs[0]
    assert val is not None
    assert val.data_type is not None
    if val.rank != 0:
        return None
    name = val.data_type.value
    if stmt.op == "item_bool":
        return Expression(f"bool({args[0]})", is_atom=True)
    wanted = _FLOATS if stmt.op == "item_float" else _INTS
    return Expression(f"{args[0]}.item()", is_atom=True) if name in wanted else None


def _size(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    assert stmt.link is not None
    val, dim = stmt.inputs[0], stmt.link.attributes["dim"]
    assert val is not None
    if val.rank is None or not -val.rank <= dim < val.rank:
        return None
    return Expression(f"{args[0]}.shape[{dim % val.rank}]", is_atom=True)


def _range_len(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    if _constant(stmt.inputs[2]) != 1:
        return None
    if _constant(stmt.inputs[0]) == 0:
        return Expression(f"max(0, {args[1]})", is_atom=True)
    return None


def _tuple_get(stmt: Stmt, args: Sequence[str]) -> Expression:
    assert stmt.link is not None
    val = stmt.inputs[0]
    index = stmt.link.attributes["i"]
    assert val is not None
    assert isinstance(val.type, ir.TupleType)
    return Expression(f"{args[0]}[{index % len(val.type.elements)}]", is_atom=True)


def _struct_get(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    val = stmt.inputs[0]
    assert stmt.node is not None
    assert val is not None
    assert isinstance(val.type, ir.StructType)
    constant = dict(stmt.node.attributes)["field"]
    assert isinstance(constant, ir.Constant)
    names = [name for name, _ in val.type.fields]
    return Expression(f"{args[0]}[{names.index(constant.value)}]", is_atom=True)


def _dict_get(stmt: Stmt, args: Sequence[str]) -> Expression | None:
    if stmt.inputs[2] is not None:
        return None
    return Expression(f"{args[0]}[{args[1]}]", is_pure=False, is_atom=True)


_SPECIAL: Final[dict[str, Callable[[Stmt, Sequence[str]], Expression | None]]] = {
    "dict.get": _dict_get,
    "item_bool": _item,
    "item_float": _item,
    "item_int": _item,
    "list.get": lambda _, a: Expression(f"{a[0]}[{a[1]}]", is_pure=False, is_atom=True),
    "list.len": lambda _, a: Expression(f"len({a[0]})", is_pure=False, is_atom=True),
    "list.make": lambda _, a: Expression(f"[{', '.join(a)}]", is_pure=False, is_atom=True),
    "num.cast": _cast,
    "numel": lambda _, a: Expression(f"{a[0]}.size", is_atom=True),
    "range.len": _range_len,
    "size": _size,
    "str.len": lambda _, a: Expression(f"len({a[0]})", is_atom=True),
    "struct.get": _struct_get,
    "struct.make": lambda _, a: Expression(f"({''.join(f'{x}, ' for x in a)})", is_atom=True),
    "tuple.get": _tuple_get,
    "tuple.make": lambda _, a: Expression(f"({''.join(f'{x}, ' for x in a)})", is_atom=True),
}
