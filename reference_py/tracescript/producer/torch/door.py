"""The torch front door: tensors stay ordinary, a mode sees every public call on them."""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.dtypes import common
from tracescript.producer.session import check_constant, recording
from tracescript.producer.torch import registered
from tracescript.producer.torch.buffers import Buffers
from tracescript.producer.torch.generators import Generators
from tracescript.producer.torch.mode import Mode
from tracescript.producer.torch.numbers import TorchFloat, TorchInt
from tracescript.producer.torch.surroundings import newborn, patched
from tracescript.producer.torch.values import data_type_of, elements, tensor_of
from tracescript.producer.trace import cells, watching
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

    kinds = (torch.Tensor,)

    def __init__(self, recorder: Recorder, tree: Tree, imports: Imports) -> None:
        super().__init__(recorder, tree, imports)
        recorder.number_types = (TorchInt, TorchFloat)
        self.mode = Mode(self)
        self._buffers = Buffers(self)
        self.generators = Generators(self)
        self._cells: dict[int, tuple[weakref.ref[torch.Tensor], cells.Cell]] = {}
        self.newborn: Callable[[], Sequence[Any]] = tuple
        self._loaded: list[torch.Tensor] = []

    # ---- arrays

    def is_array(self, value: Any) -> bool:
        """Tell whether a value is a tensor, or an array of numpy beside tensors."""
        return isinstance(value, (torch.Tensor, np.ndarray, np.generic)) or _is_parameter(value)

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of a tensor."""
        if isinstance(value, torch.Tensor):
            with torch._C.DisableTorchFunction():  # noqa: SLF001  # torch has no public way
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
            self._check_older(tensor)
            made = cells.Cell(self.constant(tensor), "constant")
        return self.bind(tensor, made)

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """See nothing of a module that is imported; tensors that it makes are constants."""
        before = {id(o) for o in self.newborn()}
        with self.paused():
            yield
        found = (o for o in self.newborn() if id(o) not in before)
        self._loaded += [o for o in found if isinstance(o, torch.Tensor)]

    def _check_older(self, tensor: torch.Tensor) -> None:
        """Record or refuse a tensor that the run made unseen: it may depend on the inputs."""
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):  # noqa: SLF001  # torch has no public way
            what = "torch.vmap and the transforms of torch.func are no ops"
            hint = "write the axis of the batch out, or the derivative"
            raise self.recorder.error("UNKNOWN_CALL", what, hint)
        check_constant(tensor)
        if any(o is tensor for o in self._loaded):
            return
        if any(o is tensor for o in self.newborn()):
            self.recorder.unrecorded(
                "a tensor made by code that torch functions do not see",
                "compiled code, a TorchScript module or an old constructor? use torch functions",
            )

    def bind(self, tensor: torch.Tensor, cell: cells.Cell) -> cells.Cell:
        """Say which cell a tensor is, until the program lets go of the tensor."""
        key, known = id(tensor), self._cells

        def forget(gone: weakref.ref[torch.Tensor]) -> None:
            if key in known and known[key][0] is gone:
                del known[key]

        known[key] = (weakref.ref(tensor, forget), cell)
        if cell.parent is None and tensor.layout is torch.strided:
            with torch._C.DisableTorchFunction():  # noqa: SLF001  # torch has no public way
                cell.strides = tensor.stride()
        return cell

    def held_cells(self) -> list[cells.Cell]:
        """Return the cells of the tensors that the program holds."""
        return [cell for _, cell in self._cells.values()]

    def is_known(self, tensor: torch.Tensor) -> bool:
        """Tell whether the trace has seen a tensor."""
        return id(tensor) in self._cells

    def follows(self, value: Any) -> bool:
        """Tell whether a value is a tensor of this trace that another call may give otherwise."""
        is_ours = isinstance(value, torch.Tensor) and self.is_known(value)
        return is_ours and self.wire(value).varies

    def wire(self, value: Any) -> Wire:
        """Return the present value of a tensor."""
        if isinstance(value, torch.Tensor):
            return cells.read(self.recorder, self.cell(value))
        slot = self.tree.slot(id(value))
        return self.constant(value) if slot is None else self.recorder.read_slot(slot)

    def constant(self, value: Any) -> Wire:
        """Return the wire of a tensor's elements as they are now."""
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

    def index_array(self, value: Any) -> torch.Tensor:
        """Return a list of numbers, as torch takes it for an index; sizes stay open."""
        made: torch.Tensor = self.mode.inside(torch.tensor, value)
        return made

    def common_type(self, operands: Sequence[Any]) -> ir.DataType:
        """Return torch's result type."""
        tensors = [self.type_of(v) for v in operands if self.is_array(v)]
        numbers = [v for v in operands if not self.is_array(v)]
        kinds = [_KINDS[type(plain(v))] for v in numbers]
        return common([(t.data_type, len(t.shape or ())) for t in tensors], kinds)

    def scalar_type(self, value: Any) -> ir.DataType:
        """Return the data type of a 0-d tensor of a Python number."""
        if isinstance(value, bool):
            return ir.DataType.BOOL
        return (
            ir.DataType.INT64 if isinstance(value, int) else data_type_of(torch.get_default_dtype())
        )

    def parts_of(self, value: Any) -> Any:
        """Return the parts of an object whose class is registered with torch's pytree."""
        return registered.parts(value)

    def argument_parts(self, value: Any) -> Any:
        """Return the parts of a registered object that is nothing but its parts."""
        return registered.argument_parts(value)

    def rebuilt(self, value: Any, held: Sequence[Any]) -> Any:
        """Return an object like a registered one with other parts."""
        return registered.rebuilt(value, held)

    # ---- running

    def call_root(
        self,
        module: Any,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run the traced program; hooks of the root module run too."""
        self.generators.open(function, self.tree.branches())
        forward = getattr(module, "forward", None)
        replaced = getattr(forward, "__wrapped__", function)  # where a trace has its own
        is_forward = function == forward or getattr(function, "__func__", None) is replaced
        if module is not None and is_forward:
            result = module(*args, **kwargs)
        else:
            result = function(*args, **kwargs)
        self._buffers.assigned(self.tree.branches(), is_end=True)
        self.generators.settle()
        return result

    def leaving(self, module: Any) -> None:
        """Turn buffers that a forward assigned into states."""
        self._buffers.assigned(self.tree.below(module))

    def was_read(self, array: Any) -> bool:
        """Tell whether the program may have used an array."""
        return not isinstance(array, torch.Tensor) or self.is_known(array)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """See every torch call and every module call for the length of a `with` block."""
        self._buffers.open(self.tree.branches())
        with contextlib.ExitStack() as stack:
            self.newborn = stack.enter_context(newborn())
            sizes = watching.watched(
                self, dict.fromkeys(watching.NAMES, watching.fixed), watching.SYMBOLS
            )
            stack.callback(self.generators.close)
            for context in (recording(self), sizes, torch.no_grad(), self.mode, patched(self)):
                stack.enter_context(context)
            yield

    def paused(self) -> _Paused:
        """See nothing for the length of a `with` block."""
        return _Paused(self.mode)


class _Paused:
    """Switches a mode and the recorder off, and back to what they were."""

    __slots__ = ("_before", "_mode", "_session")

    def __init__(self, mode: Mode) -> None:
        self._mode = mode

    def __enter__(self) -> None:
        self._before, self._mode.is_paused = self._mode.is_paused, True
        self._session = recording(None)
        self._session.__enter__()

    def __exit__(self, *_: object) -> None:
        self._session.__exit__(None, None, None)
        self._mode.is_paused = self._before


def _is_parameter(value: Any) -> bool:
    return hasattr(type(value), "__tracescript_parameter__")
