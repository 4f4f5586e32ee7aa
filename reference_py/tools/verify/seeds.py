"""Calls of an op made from its page: data types, shapes, values and attributes that it takes."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.op_examples import examples
from tools.verify import values
from tools.verify.execute import Graph
from tools.verify.plan import Call
from tracescript.errors import TsError
from tracescript.ir import DataType
from tracescript.opset.dtypes import members, numpy_of, of_numpy
from tracescript.opset.table import REQUIRED, opset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.opset.table import AttributeDef, InputDef, OpDef

_KINDS: Final[dict[str, tuple[Any, ...]]] = {
    "bool": (False, True),
    "int": (0, 1, -1, 2, 3, 7, -8, 2**31, 2**63 - 1, -(2**63)),
    "float": (0.0, -0.0, 1.0, -1.5, 0.1, 3.0, -7.25, 1e300, np.inf, -np.inf, np.nan),
    "str": ("", "a", "ab", "Ab c", "é"),
    "data_type": (DataType.FLOAT32, DataType.FLOAT64, DataType.INT64, DataType.BOOL),
}
"""What scalars and attributes are tried with where the page says nothing else."""
_SMALL: Final = {"int": (-2, -1, 0, 1, 2), "float": (0.5, 2.0)}
"""As above for attributes, and for numbers beside a tensor."""
_MOST: Final = 600


class Page:
    """An op with its examples and what its page says of values."""

    def __init__(self, op: OpDef) -> None:
        self.op = op
        message = opset().message(op.name)
        self.examples = [e for e in examples(op, message) if e.outputs or not op.outputs]
        self.told = {v.name: v.text for v in message.verify.values}
        self.has_tensors = any(i.kind == "tensor" for i in op.inputs)

    def calls(self) -> list[Call]:
        """Return the examples and a grid around them, as far as the call checker accepts it."""
        found: list[Call] = []
        for call in itertools.chain(self._examples(), self._grid()):
            if len(found) >= _MOST:
                break
            if _accepted(self.op, call):
                found.append(call)
        return found

    def _examples(self) -> Iterator[Call]:
        for e in self.examples:
            yield Call(tuple(None if v is None else v.value for v in e.inputs), e.attributes)

    def _grid(self) -> Iterator[Call]:
        sets = list(self._attribute_sets())
        if not self.has_tensors:
            yield from self._scalar_grid(sets)
            return
        data_types = list(self._data_types())
        for place, shapes in enumerate(self._shapes()):
            for number, chosen in enumerate(data_types):
                tried = sets if place < _THOROUGH else [sets[(number + place) % len(sets)]]
                for attributes in tried:
                    yield Call(self._operands(chosen, shapes, place), attributes)

    # ---- attributes

    def _attribute_sets(self) -> Iterator[dict[str, Any]]:
        """Yield the sets of the examples, each also with one attribute changed."""
        bases = [e.attributes for e in self.examples]
        if all(a.default is not REQUIRED for a in self.op.attributes):
            bases.insert(0, {})
        seen: list[dict[str, Any]] = []
        for base in bases:
            changed = ({**base, a.name: v} for a in self.op.attributes for v in self._tried(a))
            for attributes in (base, *changed):
                if attributes not in seen:
                    seen.append(attributes)
                    yield attributes

    def _tried(self, a: AttributeDef) -> tuple[Any, ...]:
        if a.name in self.told:
            return tuple(ast.literal_eval(self.told[a.name]))
        return a.choices or _SMALL.get(a.kind) or _KINDS.get(a.kind, ())

    # ---- operands

    def _data_types(self) -> Iterator[dict[str, DataType]]:
        """Yield data types by the text of an input's type; every one of a set comes up."""
        texts = dict.fromkeys(i.type for i in self.op.inputs if i.kind == "tensor")
        sets = {text: _members(dict(self.op.variables).get(text, text)) for text in texts}
        for n in range(max(map(len, sets.values()), default=0)):
            yield {text: found[n % len(found)] for text, found in sets.items()}

    def _shapes(self) -> Iterator[dict[str, tuple[int, ...]]]:
        """Yield shapes by input: equal ones, pairs that broadcast, and those of the examples."""
        tensors = [i.name for i in self.op.inputs if i.kind == "tensor"]
        yield dict.fromkeys(tensors, _SPECIAL)
        for shape in (*values.SHAPES, (3, values.LONG)):
            yield dict.fromkeys(tensors, shape)
        for pair in values.PAIRS if len(tensors) > 1 else ():
            yield {name: pair[place % 2] for place, name in enumerate(tensors)}
        for e in self.examples:
            for change in (lambda n: n, lambda n: n + 1 if n > 1 else n, lambda n: n and n * 3):
                given = zip(self.op.inputs, e.inputs, strict=False)
                yield {
                    i.name: tuple(change(n) for n in v.value.shape)
                    for i, v in given
                    if v is not None and i.kind == "tensor"
                }

    def _operands(
        self, data_types: dict[str, DataType], shapes: dict[str, tuple[int, ...]], seed: int
    ) -> tuple[Any, ...]:
        beside = self.examples[seed % len(self.examples)].inputs if self.examples else ()
        made: list[Any] = []
        for place, i in enumerate(self.op.inputs):
            example = beside[place].value if place < len(beside) and beside[place] else None
            if i.kind == "tensor" and i.name in shapes:
                made.append(self._tensor(i, data_types, shapes[i.name], seed, example))
            elif i.kind in _SMALL and not i.optional:
                made.append(self._numbers(i, _SMALL[i.kind])[seed % len(_SMALL[i.kind])])
            else:
                made.append(_retyped(example, data_types.get(i.type)))
        return tuple(made)

    def _tensor(
        self, i: InputDef, data_types: dict[str, DataType], shape: Any, seed: int, example: Any
    ) -> Any:
        told, data_type = self.told.get(i.name, ""), data_types[i.type]
        if told in {"positive", "unit"}:
            return getattr(values, told)(data_type, shape if shape is not _SPECIAL else (9,), seed)
        if told.startswith("["):
            pool = np.array(ast.literal_eval(told), numpy_of(data_type))
            return np.resize(pool, shape if shape is not _SPECIAL else pool.shape)
        if shape is _SPECIAL and told != "ordinary":
            return self._specials(i, told, data_types)
        shape = (7,) if shape is _SPECIAL else shape
        if example is not None and not dict(self.op.variables).get(i.type) and example.size:
            return np.resize(example, shape)  # a place, a mask, a state: ordinary ones do not fit
        return values.array(data_type, shape, (i.name, seed), 3.0)

    def _specials(self, i: InputDef, told: str, data_types: dict[str, DataType]) -> Any:
        """Return special values; those of the first two tensors of a type meet in every pair."""
        tensors = [t for t in self.op.inputs if t.kind == "tensor"]
        alike = [t.name for t in tensors if t.type == i.type]
        most = max(tensors, key=lambda t: sum(o.type == t.type for o in tensors))
        found, first = (
            values.special(data_types[t], nonfinite=told != "finite") for t in (i.type, most.type)
        )
        if i.type != most.type:
            return np.resize(found, len(first) ** min(_PAIR, len(tensors) - len(alike)))
        place = alike.index(i.name)
        if len(alike) < _PAIR:
            return found
        return np.repeat(found, len(found)) if place == 0 else np.tile(found, len(found))

    def _numbers(self, i: InputDef, otherwise: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(ast.literal_eval(self.told[i.name])) if i.name in self.told else otherwise

    def _scalar_grid(self, sets: list[dict[str, Any]]) -> Iterator[Call]:
        makes_tensor = any(o.kind == "tensor" for o in self.op.outputs)
        usual = _SMALL if makes_tensor else _KINDS
        columns = []
        for place, i in enumerate(self.op.inputs):
            shown = [e.inputs[place] for e in self.examples if place < len(e.inputs)]
            pool = [None if v is None else v.value for v in shown]
            columns.append([*self._numbers(i, usual.get(i.kind, ())), *pool])
        for inputs in itertools.product(*columns):
            for attributes in sets:
                yield Call(inputs, attributes)


_SPECIAL: Final = (-1,)
"""Stands for the vector of special values."""
_PAIR: Final = 2
_THOROUGH: Final = 2
"""Shapes for which every set of attributes is tried."""


def _members(text: str) -> list[DataType]:
    parts = [members(part) for part in text.split("|")] if text else [members("storage")]
    found = frozenset().union(*parts)
    return [d for d in DataType if d in found and d is not DataType.COMPLEX32]


def _retyped(value: Any, data_type: DataType | None) -> Any:
    """Return an example's list of tensors in another data type; other values as they are."""
    if isinstance(value, list) and data_type is not None:
        return [_retyped(v, data_type) for v in value]
    is_tensor = isinstance(value, np.ndarray) and of_numpy(value.dtype) is not None
    return value.astype(numpy_of(data_type)) if is_tensor and data_type else value


def _accepted(op: OpDef, call: Call) -> bool:
    """Whether the call checker takes a call."""
    try:
        Graph(op.name, call, symbolic=False)
    except TsError:
        return False
    return True
