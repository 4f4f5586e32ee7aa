"""Reads literals from the syntax tree, never by evaluating text."""

from __future__ import annotations

import ast
import math
import re
from typing import TYPE_CHECKING, Any, Final

from tracescript.code.names import DATA_TYPES
from tracescript.ir import constants
from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    TupleType,
)
from tracescript.ir.values import Constant

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from tracescript.code.source import Source
    from tracescript.code.type_reader import TypeReader

_NUMBERS: Final = (constants.INT, constants.FLOAT, constants.BOOL)
_FLOATS: Final = {"inf": math.inf, "nan": math.nan}
_DEEPEST: Final = 32
_PAIR: Final = 2


class LiteralReader:
    """Reads the literals of one unit; `constant` finds the constant of the model at an index."""

    def __init__(
        self, source: Source, types: TypeReader, constant: Callable[[int], Constant | None]
    ) -> None:
        self._source = source
        self._types = types
        self._constant = constant

    def read(self, node: ast.expr, depth: int = 0) -> Constant | None:
        """Read a literal; None where the expression is something else.

        Raises InvalidModelError, BAD_CODE, for a literal that is wrong. Spec: CODE-8.
        """
        if depth > _DEEPEST:
            raise self._source.fault(node, f"nested deeper than {_DEEPEST}", "CODE-3")
        if isinstance(node, ast.Constant):
            return self._scalar(node, node.value)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._negative(node)
        if isinstance(node, (ast.List, ast.Tuple)):
            return self._sequence(node, depth)
        if isinstance(node, ast.Dict):
            return self._dict(node, depth)
        return self._call(node, depth) if isinstance(node, ast.Call) else None

    def _scalar(self, node: ast.expr, value: Any) -> Constant:
        if type(value) is int and not -(2**63) <= value < 2**63:
            raise self._source.fault(node, "the int exceeds 64 bits", "CODE-8")
        if type(value) is float and math.isinf(value):
            raise self._source.fault(node, "the float exceeds binary64; write inf", "CODE-8")
        if type(value) is str and not _is_unicode(value):
            raise self._source.fault(node, "the string holds half a surrogate pair", "CODE-8")
        if value is None or type(value) in {bool, int, float, str}:
            return constants.scalar(value)
        raise self._source.fault(node, f"no literal of type {type(value).__name__}", "CODE-8")

    def _name(self, node: ast.Name) -> Constant | None:
        if node.id in _FLOATS:
            return constants.scalar(_FLOATS[node.id])
        return constants.scalar(DATA_TYPES[node.id]) if node.id in DATA_TYPES else None

    def _negative(self, node: ast.UnaryOp) -> Constant | None:
        inner = node.operand
        if isinstance(inner, ast.Constant) and type(inner.value) in {int, float}:
            return self._scalar(node, -inner.value)  # type: ignore[operator]  # int or float
        if isinstance(inner, ast.Name) and inner.id == "inf":
            return constants.scalar(-math.inf)
        return None

    def _sequence(self, node: ast.List | ast.Tuple, depth: int) -> Constant | None:
        parts = [self.read(item, depth + 1) for item in node.elts]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        if isinstance(node, ast.Tuple):
            kinds = [part.type for part in found]
            plain = bool(kinds) and kinds[0] in _NUMBERS and all(k == kinds[0] for k in kinds)
            return Constant(TupleType(tuple(kinds)), _held(found, plain=plain))
        if not found or any(part.type != found[0].type for part in found):
            what = "a list literal has elements of one type; an empty one is written list[int]()"
            raise self._source.fault(node, what, "CODE-8")
        kind = found[0].type
        return Constant(ListType(kind), _held(found, plain=kind in _NUMBERS))

    def _dict(self, node: ast.Dict, depth: int) -> Constant | None:
        keys = [None if key is None else self.read(key, depth + 1) for key in node.keys]
        values = [self.read(value, depth + 1) for value in node.values]
        pairs = [
            (k, v) for k, v in zip(keys, values, strict=True) if k is not None and v is not None
        ]
        if len(pairs) < len(keys):
            return None
        if not pairs or any(
            (k.type, v.type) != (pairs[0][0].type, pairs[0][1].type) for k, v in pairs
        ):
            what = (
                "a dict literal has keys and values of one type; an empty one is dict[str, int]()"
            )
            raise self._source.fault(node, what, "CODE-8")
        kind = DictType(pairs[0][0].type, pairs[0][1].type)
        return Constant(kind, tuple((k.value, v) for k, v in pairs))

    def _call(self, node: ast.Call, depth: int) -> Constant | None:
        func = node.func
        if isinstance(func, ast.Subscript) and isinstance(func.value, ast.Name):
            is_typed = func.value.id in {"list", "dict", "Optional"}
            return self._typed(node, depth) if is_typed else None
        if isinstance(func, ast.Name):
            if func.id in DATA_TYPES:
                return self._element(node, DATA_TYPES[func.id], depth)
            if func.id == "complex":
                return self._complex(node, depth)
            if func.id == "constant":
                return self._numbered(node)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            data_type = DATA_TYPES.get(func.value.id) if func.attr == "bits" else None
            return None if data_type is None else self._bits(node, data_type)
        return None

    def _typed(self, node: ast.Call, depth: int) -> Constant:
        kind = self._types.read(node.func)
        if isinstance(kind, OptionalType):
            inner = self._only(node, depth)
            if inner.type not in {constants.NONE, kind.element}:
                raise self._source.fault(
                    node, "the literal is not of the optional's type", "CODE-8"
                )
            return Constant(kind, inner.value)
        if node.args or node.keywords:
            raise self._source.fault(node, "a typed literal is empty", "CODE-8")
        return Constant(kind, ())

    def _only(self, node: ast.Call, depth: int) -> Constant:
        found = None
        if len(node.args) == 1 and not node.keywords:
            found = self.read(node.args[0], depth + 1)
        if found is None:
            raise self._source.fault(node, "expected one literal in the parentheses", "CODE-8")
        return found

    def _element(self, node: ast.Call, data_type: DataType, depth: int) -> Constant:
        import numpy as np

        from tracescript.opset.dtypes import numpy_of

        value = self._only(node, depth)
        is_bool, name = data_type is DataType.BOOL, data_type.value
        is_int = "int" in name
        wanted = constants.BOOL if is_bool else constants.INT if is_int else constants.FLOAT
        wanted = constants.COMPLEX if name.startswith("complex") else wanted
        if value.type != wanted:
            what = f"a {name} is written with a literal of type {wanted.kind.value}"
            raise self._source.fault(node, what, "CODE-9")
        with np.errstate(all="ignore"):
            try:
                array = np.asarray(value.value).astype(numpy_of(data_type))
            except (OverflowError, KeyError, TypeError):
                raise self._source.fault(node, f"no literal of type {name}", "CODE-9") from None
        if is_int and int(array) != value.value:
            raise self._source.fault(node, f"the number does not fit {name}", "CODE-9")
        return constants.tensor(array, data_type)

    def _bits(self, node: ast.Call, data_type: DataType) -> Constant:
        import numpy as np

        from tracescript.opset.dtypes import numpy_of

        text = self._source.segment(node.args[0]) if node.args else ""
        dtype = numpy_of(data_type)
        digits = 2 * dtype.itemsize
        if node.keywords or not re.fullmatch(rf"0x[0-9a-f]{{{digits}}}", text):
            what = f"expected 0x and {digits} hexadecimal digits"
            raise self._source.fault(node, what, "CODE-9")
        raw = bytes.fromhex(text[2:])
        array: np.ndarray[Any, Any] = np.frombuffer(raw[::-1], dtype=dtype).reshape(())
        return constants.tensor(array, data_type)

    def _complex(self, node: ast.Call, depth: int) -> Constant:
        parts = [self.read(arg, depth + 1) for arg in node.args]
        floats = [p.value for p in parts if p is not None and p.type == constants.FLOAT]
        if not len(floats) == len(parts) == _PAIR or node.keywords:
            raise self._source.fault(node, "complex takes two float literals", "CODE-8")
        return constants.scalar(complex(*floats))

    def _numbered(self, node: ast.Call) -> Constant:
        index = node.args[0] if len(node.args) == 1 and not node.keywords else None
        found = None
        if isinstance(index, ast.Constant) and type(index.value) is int:
            found = self._constant(index.value)
        if found is None:
            raise self._source.fault(node, "no constant of the model has this index", "CODE-10")
        return found


def _held(parts: list[Constant], *, plain: bool) -> tuple[Any, ...]:
    return tuple(part.value for part in parts) if plain else tuple(parts)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)
