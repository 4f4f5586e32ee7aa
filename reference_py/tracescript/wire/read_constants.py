"""Reads the constants of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir import limits
from tracescript.ir.types import DictType, ScalarType
from tracescript.ir.values import Constant
from tracescript.wire import forms
from tracescript.wire.enums import DATA_TYPES
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit
from tracescript.wire.read_types import Growth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import TsError
    from tracescript.ir.types import Type
    from tracescript.ir.values import Weight
    from tracescript.v1 import model_pb2
    from tracescript.wire.enums import Enums
    from tracescript.wire.read_types import TypeReader

_RULE = "CONTAINER-22"


class ConstantReader:
    """The constants of a model by index; entry 0 is None.

    Raises:
        InvalidModelError: BAD_INDEX, BAD_CONSTANT, BAD_ENUM.
        UnsupportedError: FILE_LIMIT.

    Spec: CONTAINER-22.
    """

    def __init__(
        self, model: model_pb2.Model, types: TypeReader, weights: Sequence[Weight], enums: Enums
    ) -> None:
        self.constants: list[Any] = [None]
        self._types = types
        self._weights = weights
        self._enums = enums
        self._growth = Growth(limits.MAX_DATA_PARTS)
        check_sentinel(model.constants, "constants")
        for i in range(1, len(model.constants)):
            self.constants.append(self._read(model.constants[i], f"constants[{i}]"))

    def constant(self, index: int, where: str) -> Constant:
        """Return a constant. Raises InvalidModelError, BAD_INDEX."""
        if not 0 < index < len(self.constants):
            raise bad_index(where, index, 1, len(self.constants) - 1)
        found: Constant = self.constants[index]
        return found

    def weight(self, index: int, where: str) -> Weight:
        """Return a weight. Raises InvalidModelError, BAD_INDEX."""
        if not 0 < index <= len(self._weights):
            raise bad_index(where, index, 1, len(self._weights))
        return self._weights[index - 1]

    def _read(self, entry: model_pb2.Constant, where: str) -> Constant:
        form = self._types.type(entry.type, f"{where}.type")
        arm = entry.WhichOneof("value")
        references: Sequence[int] = ()
        own = 1
        if arm in {"elements", "entries"}:
            references = getattr(entry, arm).items
            elements = [
                self.constant(item, f"{where}.{arm}.items[{i}]")
                for i, item in enumerate(references)
            ]
            value: Any = (
                tuple(elements) if arm == "elements" else self._pairs(elements, form, where)
            )
        elif arm in {"ints", "floats"}:
            value = self._packed(getattr(entry, arm).items, arm, where)
            own += len(value)
        else:
            value = self._single(entry, arm, where)
        self._growth.add(references, where, own)
        chosen = forms.chosen(form, value)
        # Elements of numbers that could be packed, or the other way, would be a second encoding.
        packed = None if chosen is None else forms.packed_type(chosen)
        if chosen is None or (arm in {"ints", "floats"}) != (packed is not None):
            what = f"found the arm {arm or 'for None'}, expected a value of {form!r:.200}"
            raise self._bad(what, where)
        return Constant(form, _plain(chosen, value) if arm == "elements" else value)

    def _single(self, entry: model_pb2.Constant, arm: str | None, where: str) -> Any:
        if arm is None:
            return None
        if arm == "weight":
            return self.weight(entry.weight, f"{where}.weight")
        if arm == "data_type":
            number = entry.data_type.data_type
            return self._enums.name(DATA_TYPES, number, f"{where}.data_type")
        if arm == "complex_value":
            parts = (entry.complex_value.real, entry.complex_value.imag)
            self._packed(parts, arm, where)
            return complex(*parts)
        value = getattr(entry, arm)
        if arm == "float_value":
            self._packed((value,), arm, where)
        elif arm == "str_value" and len(value.encode()) > limits.MAX_STRING:
            raise over_limit(where, "bytes", len(value.encode()), limits.MAX_STRING)
        return value

    def _packed(self, items: Sequence[Any], arm: str, where: str) -> tuple[Any, ...]:
        """Return the numbers; refuse a NaN that is not the canonical one."""
        if arm != "ints":
            array = np.array(items, np.float64)
            patterns = array.view(np.uint64)[np.isnan(array)]
            if (patterns != int.from_bytes(forms.CANONICAL_NAN, "little")).any():
                what = f"found NaN {int(patterns.max()):#x}, expected 0x7ff8000000000000"
                raise self._bad(what, where)
        return tuple(items)

    def _pairs(
        self, elements: list[Constant], form: Type, where: str
    ) -> tuple[tuple[Any, Constant], ...]:
        keys, values = elements[::2], elements[1::2]
        if len(keys) != len(values):
            raise self._bad("found a key without a value, expected pairs", where)
        names = [key.value for key in keys]
        if not all(
            isinstance(k.type, ScalarType) and type(k.value) in {int, str, bool} for k in keys
        ):
            raise self._bad("found another key, expected int, str or bool", where)
        if len(set(names)) != len(names):
            raise self._bad("found a key twice, expected each once", where)
        if isinstance(form, DictType) and any(key.type != form.key for key in keys):
            raise self._bad(f"found a key of another type than {form.key!r:.80}", where)
        return tuple(zip(names, values, strict=True))

    def _bad(self, what: str, where: str) -> TsError:
        return fault("BAD_CONSTANT", what, where, _RULE)


def _plain(form: Type, elements: tuple[Constant, ...]) -> tuple[Any, ...]:
    """Return plain numbers where every element is one, else the constants."""
    types = forms.element_types(form, len(elements)) or ()
    if all(t in forms.NUMBERS and c.type == t for c, t in zip(elements, types, strict=True)):
        return tuple(constant.value for constant in elements)
    return elements
