"""The torch front door: tensors stay ordinary, a mode sees every public call on them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.dtypes import category, common
from tracescript.producer.session import recording
from tracescript.producer.torch.mode import Mode
from tracescript.producer.torch.values import data_type_of, elements, tensor_of
from tracescript.producer.trace import cells
from tracescript.producer.trace.door import Door
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire
    from tracescript.producer.trace.tree import Tree

_KINDS = {bool: "bool", int: "int", float: "float", complex: "complex"}


class TorchDoor(Door):
    """Keeps a cell for every tensor the program holds, by identity of the tensor object."""

    def __init__(self, recorder: Recorder, tree: Tree, imports: Imports) -> None:
        super().__init__(recorder, tree, imports)
        self.mode = Mode(self)
        self._cells: dict[int, tuple[torch.Tensor, cells.Cell]] = {}

    # ---- arrays

    def is_array(self, value: Any) -> bool:
        """Tell whether a value is a tensor, or an array of numpy beside tensors."""
        return isinstance(value, (torch.Tensor, np.ndarray, np.generic)) or _is_parameter(value)

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of a tensor."""
        if isinstance(value, torch.Tensor):
            with self.paused():
                return ir.TensorType(data_type_of(value.dtype), tuple(value.shape))
        array = self.real(value)
        return ir.TensorType(ir.DataType(array.dtype.name), tuple(array.shape))

    def cell(self, tensor: torch.Tensor) -> cells.Cell:
        """Return the cell of a tensor; one never seen is a slot or a constant made elsewhere."""
        found = self._cells.get(id(tensor))
        if found is not None:
            return found[1]
        slot = self.tree.slot(id(tensor))
        if slot is not None:
            made = cells.Cell(self.recorder.read_slot(slot), slot=slot)
        else:
            made = cells.Cell(self._constant(tensor), "constant")
        return self.bind(tensor, made)

    def bind(self, tensor: torch.Tensor, cell: cells.Cell) -> cells.Cell:
        """Say which cell a tensor is; the tensor is kept alive, so that its identity stays."""
        self._cells[id(tensor)] = (tensor, cell)
        return cell

    def is_known(self, tensor: torch.Tensor) -> bool:
        """Tell whether the trace has seen a tensor."""
        return id(tensor) in self._cells

    def wire(self, value: Any) -> Wire:
        """Return the present value of a tensor."""
        if isinstance(value, torch.Tensor):
            return cells.read(self.recorder, self.cell(value))
        slot = self.tree.slot(id(value))
        return self._constant(value) if slot is None else self.recorder.read_slot(slot)

    def _constant(self, value: Any) -> Wire:
        with self.paused():
            array = self.real(value).copy()
        wire = self.recorder.constant(constants.tensor(array, self.type_of(value).data_type))
        if array.ndim == 0:
            wire.sample = array
        return wire

    def wrap(self, wire: Wire, value: Any, origin: str = "result") -> torch.Tensor:
        """Return a tensor of its own for a wire, sharing no identity with the caller's."""
        with self.paused():
            is_tensor = isinstance(value, torch.Tensor)
            tensor = value.detach() if is_tensor else tensor_of(self.real(value))
        self.bind(tensor, cells.Cell(wire, origin))
        return tensor

    def real(self, value: Any) -> np.ndarray[Any, Any]:
        """Return a tensor's elements."""
        if isinstance(value, torch.Tensor):
            with self.paused():
                return elements(value)
        return np.asarray(value.data if _is_parameter(value) else value)

    def constant_array(self, value: Any) -> torch.Tensor:
        """Return a list of numbers, or of tensors, as torch takes it for an index."""
        with self.paused():
            return torch.as_tensor(plain(value))

    def common_type(self, operands: Sequence[Any]) -> ir.DataType:
        """Return torch's result type; a Python int too large for a tensor's type widens it."""
        tensors = [self.type_of(v) for v in operands if self.is_array(v)]
        numbers = [v for v in operands if not self.is_array(v)]
        kinds = [_KINDS[type(plain(v))] for v in numbers]
        made = common([(t.data_type, len(t.shape or ())) for t in tensors], kinds)
        whole = [plain(v) for v in numbers if isinstance(v, int)]
        return ir.DataType.INT64 if category(made) == 1 and not _fit(whole, made) else made

    def scalar_type(self, value: Any) -> ir.DataType:
        """Return the data type of a 0-d tensor of a Python number."""
        if isinstance(value, bool):
            return ir.DataType.BOOL
        return (
            ir.DataType.INT64 if isinstance(value, int) else data_type_of(torch.get_default_dtype())
        )

    # ---- running

    def call_root(
        self,
        module: Any,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run the traced program; hooks of the root module run too."""
        if module is not None and getattr(function, "__name__", "") == "forward":
            return module(*args, **kwargs)
        return function(*args, **kwargs)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """See every torch call and every module call for the length of a `with` block."""
        with recording(self), torch.no_grad(), self.mode, _module_calls(self):
            yield

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """See nothing for the length of a `with` block."""
        before, self.mode.is_paused = self.mode.is_paused, True
        try:
            with recording(None):
                yield
        finally:
            self.mode.is_paused = before


def _is_parameter(value: Any) -> bool:
    return hasattr(type(value), "__tracescript_parameter__")


def _fit(values: Sequence[int], kind: ir.DataType) -> bool:
    signed = not kind.value.startswith("uint")
    low, high = (-(1 << (kind.bits - 1)), 1 << (kind.bits - 1)) if signed else (0, 1 << kind.bits)
    return all(low <= v < high for v in values)


@contextlib.contextmanager
def _module_calls(door: TorchDoor) -> Iterator[None]:
    """Open a frame around every module call; hooks of torch would not see keyword arguments."""
    original = torch.nn.Module.__call__

    def call(module: Any, *args: Any, **kwargs: Any) -> Any:
        is_root = module is door.recorder.root.module and door.recorder.frame is door.recorder.root
        if is_root or door.mode.is_paused:
            return original(module, *args, **kwargs)
        return door.call_module(module, _Forward(original, module), args, kwargs)

    torch.nn.Module.__call__ = call
    try:
        yield
    finally:
        torch.nn.Module.__call__ = original


class _Forward:
    """A module's call with its hooks, named by the parameters of its forward."""

    def __init__(self, call: Callable[..., Any], module: Any) -> None:
        self._call = call
        self._module = module
        self.__wrapped__ = module.forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._module, *args, **kwargs)
