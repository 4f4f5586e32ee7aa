"""Python objects a script meets: modules, arrays, data types, functions."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import constants
from tracescript.ir.types import DataType, TensorType
from tracescript.opset import dtypes
from tracescript.opset.names import numpy_names
from tracescript.producer.script.emitter.unit import is_module_object
from tracescript.producer.script.library.table import SPECIAL
from tracescript.producer.session import check_constant

if TYPE_CHECKING:
    from types import ModuleType

    from tracescript.ir.values import Constant


def torch_door() -> ModuleType | None:
    """Return the module that knows torch's objects, None where torch is not loaded."""
    if "torch" not in sys.modules:
        return None
    from tracescript.producer.torch import resolve

    return resolve


class Names:
    """Dotted names of library functions, by identity of the object."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Any, list[str]]] = {}
        self._has_torch = False
        for name in [*numpy_names(), *(n for n in SPECIAL if n.startswith("numpy."))]:
            self._add(_walk(np, name.split(".")[1:]), name)

    def _add(self, found: Any, name: str) -> None:
        if found is not None:
            names = self._found.setdefault(id(found), (found, []))[1]
            if name not in names:
                names.append(name)

    def of(self, value: Any) -> list[str]:
        """Return the names of an object, none if it is no library function."""
        op = getattr(value, "__tracescript_op__", None)
        if isinstance(op, str):
            return [f"ops.{op}"]
        door = torch_door()
        if door is not None and not self._has_torch:
            self._has_torch = True
            for name, found in door.callables(tuple(SPECIAL)):
                self._add(found, name)
        entry = self._found.get(id(value))
        return entry[1] if entry else []

    def methods(self) -> list[str]:
        """Return the names of tensor methods, for hints."""
        from tracescript.opset.names import torch_names

        return [n.rpartition(".")[2] for n in torch_names() if n.startswith("torch.Tensor.")]


@functools.cache
def library_names() -> Names:
    """Return the names of numpy's, torch's and our functions; they are looked up once."""
    return Names()


def _walk(root: Any, parts: list[str]) -> Any:
    for part in parts:
        root = getattr(root, part, None)
    return root


def data_type_of_class(value: Any) -> DataType | None:
    """Return the data type of a numpy scalar class such as numpy.float32, None for the rest."""
    if not isinstance(value, type) or not issubclass(value, np.generic) or value is np.generic:
        return None
    return dtypes.of_numpy(value)


LIMITS: Final = (np.finfo, np.iinfo)
"""Classes of numpy's whose properties are plain numbers."""


def without_scalars(value: Any, flavour: str) -> Any:
    """Return a scalar of numpy's as an array of its data type, as a float where torch asks."""
    if not isinstance(value, np.number | np.bool_):
        return value
    return float(value) if isinstance(value, float) and flavour == "torch" else np.asarray(value)


def is_array(value: Any) -> bool:
    """Whether an object holds elements: an array, a parameter, a torch tensor."""
    if isinstance(value, np.ndarray | np.generic) or hasattr(
        type(value), "__tracescript_parameter__"
    ):
        return True
    door = torch_door()
    return door is not None and bool(door.is_tensor(value))


def array_of(value: Any) -> np.ndarray[Any, Any]:
    """Return an object's elements as an array."""
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    if hasattr(type(value), "__tracescript_parameter__"):
        return np.asarray(value.data)
    door = torch_door()
    assert door is not None
    return np.asarray(door.array(value))


_PLAIN = {
    int: DataType.INT64,
    float: DataType.FLOAT64,
    bool: DataType.BOOL,
    complex: DataType.COMPLEX128,
}


def data_type_of_object(value: Any) -> DataType | None:
    """Return what a dtype object of any library means, None for anything else."""
    if isinstance(value, DataType):
        return value
    if isinstance(value, np.dtype):
        return dtypes.of_numpy(value)
    if isinstance(value, type):
        return _PLAIN.get(value) or data_type_of_class(value)
    if isinstance(value, str):
        return {d.value: d for d in DataType}.get(value)
    door = torch_door()
    return None if door is None else door.data_type(value)


def own_parts(
    module: Any,
) -> tuple[list[tuple[str, Any, bool]], list[tuple[str, Any, bool]], list[tuple[str, Any]]]:
    """Return a module's own parameters (with trainable), buffers (with persistent), children."""
    if getattr(module, "__tracescript_module__", False) is True:
        parameters = [(n, p, True) for n, p in module.named_parameters()]
        buffers = [(n, b, True) for n, b in module.named_buffers() if b is not None]
        return parameters, buffers, list(module.named_children())
    door = torch_door()
    if door is not None and door.is_module(module):
        return door.parts(module)
    return [], [], []


def is_module(value: Any) -> bool:
    """Whether an object is a module instance."""
    return is_module_object(value)


def is_tensor_class(value: Any) -> bool:
    """Whether a class is one of a library's array classes."""
    return isinstance(value, type) and (
        issubclass(value, np.ndarray) or value.__name__ in {"Tensor", "Parameter"}
    )


class Weights:
    """Weights by identity of the object that holds the elements: tied ones are one Weight."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, Constant]] = {}

    def of(self, value: Any) -> Constant:
        """Return the constant of an array object."""
        key = id(value)
        if key not in self._made:
            check_constant(value)
            array = array_of(value)
            data_type = dtypes.of_numpy(array.dtype)
            if data_type is None:
                message = f"no data type for numpy's {array.dtype}"
                raise TypeError(message)
            self._made[key] = (value, constants.tensor(array, data_type))
        return self._made[key][1]


def tensor_type(constant: Constant) -> TensorType:
    """Return the type of an array constant."""
    assert isinstance(constant.type, TensorType)
    return constant.type
