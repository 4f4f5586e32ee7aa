"""Tables from the names of Python callables to the ops they mean."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tracescript.ir.values import Value
from tracescript.opset.knowledge import UNKNOWN, Operand
from tracescript.opset.predicates import Evaluator
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.opset.table import OpDef, PythonName

    Names = dict[str, tuple[tuple[OpDef, PythonName], ...]]


def _table(library: str) -> Names:
    found: dict[str, list[tuple[OpDef, PythonName]]] = {}
    for op in opset():
        for name in getattr(op, library):
            found.setdefault(name.name, []).append((op, name))
    return {name: tuple(ops) for name, ops in found.items()}


@functools.cache
def torch_names() -> Names:
    """Return the ops by dotted torch name: `torch.nn.functional.linear`, `torch.Tensor.add`.

    Several ops share a name only where `when` tells them apart.
    """
    return _table("torch")


@functools.cache
def numpy_names() -> Names:
    """Return the ops by dotted numpy name: `numpy.add`."""
    return _table("numpy")


@functools.cache
def python_names() -> Names:
    """Return the ops by dotted name of the standard library: `operator.add`, `math.sqrt`."""
    return _table("python")


def applies(name: PythonName, arguments: Mapping[str, Any]) -> bool:
    """Return whether a call of a Python name means its op, as `when` says.

    `arguments` are those of the Python call by parameter name: a Value of the graph, or a plain
    Python value. A parameter that is not given counts as None; what is unknown does not apply.
    """
    if not name.when:
        return True
    scope: defaultdict[str, Any] = defaultdict(lambda: None)
    scope.update({key: _operand(value) for key, value in arguments.items()})
    return Evaluator(scope).value(name.when) is True


def _operand(value: Any) -> Any:
    if not isinstance(value, Value):
        return value
    known = value.constant.value if value.constant else UNKNOWN
    return Operand(value.type, known if isinstance(known, bool | int | float | str) else UNKNOWN)
