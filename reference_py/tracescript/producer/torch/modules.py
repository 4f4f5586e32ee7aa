"""How the torch door reads `torch.nn` modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tracescript import ir
from tracescript.producer.torch.values import data_type_of, elements, tensor_of
from tracescript.producer.trace.tape import Slot
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.producer.trace.tree import Factors


class TorchModules:
    """Parameters, buffers and submodules of torch modules."""

    def is_module(self, value: Any) -> bool:
        """Tell whether a value is a torch module of the program, no finished model."""
        return isinstance(value, torch.nn.Module) and not is_model(value)

    def children(self, module: Any) -> Iterator[tuple[str, Any]]:
        """Yield the direct submodules, finished models among them; None is left out."""
        if isinstance(module, torch.nn.Module):
            yield from ((n, c) for n, c in module._modules.items() if c is not None)  # noqa: SLF001  # named_children drops repeats
        elif getattr(type(module), "__tracescript_module__", False):
            yield from module.named_children()

    def slots(self, module: Any) -> Iterator[tuple[str, int, Slot]]:
        """Yield parameters and buffers: name, identity, slot."""
        if not isinstance(module, torch.nn.Module):
            from tracescript.producer.numpy.modules import VIEW as ARRAYS

            yield from ARRAYS.slots(module)
            return
        hidden = module._non_persistent_buffers_set  # noqa: SLF001  # the only way to know
        for name, parameter in module._parameters.items():  # noqa: SLF001  # see children
            if parameter is not None:
                yield name, id(parameter), _slot(parameter, is_parameter=True)
        for name, buffer in module._buffers.items():  # noqa: SLF001  # see children
            if buffer is not None:
                slot = _slot(buffer, is_parameter=False)
                slot.persistent = name not in hidden
                yield name, id(buffer), slot

    def held(self, module: Any) -> Callable[[], None]:
        """Return a function that puts a module's buffers back; for None torch's random numbers."""
        if module is None:
            state = torch.get_rng_state()
            return lambda: torch.set_rng_state(state)
        if not isinstance(module, torch.nn.Module):
            from tracescript.producer.numpy.modules import VIEW as ARRAYS

            return ARRAYS.held(module)
        every = (module._parameters, module._buffers, module._modules)  # noqa: SLF001  # see children
        tables = [(t, dict(t)) for t in every if isinstance(t, dict)]  # torch.jit's own are fixed
        held = [(b, b.detach().clone()) for b in module._buffers.values() if b is not None]  # noqa: SLF001  # see children

        def back() -> None:
            for table, before in tables:
                table.clear()
                table.update(before)
            with torch.no_grad():
                for buffer, elements_before in held:
                    buffer.copy_(elements_before)

        return back

    def call(
        self, module: Any, function: Callable[..., Any], args: Sequence[Any], kwargs: Any
    ) -> Any:
        """Call a program that nobody records, a module with its hooks."""
        is_forward = module is not None and function == module.forward
        with torch.no_grad():
            return (module if is_forward else function)(*args, **kwargs)

    def copied(self, array: Any, factors: Factors | None) -> Any:
        """Return a copy of a tensor, its floats times factors if there are any."""
        if not isinstance(array, torch.Tensor):
            from tracescript.producer.numpy.modules import VIEW as ARRAYS

            return ARRAYS.copied(array, factors)
        if factors is None:
            return array.detach().clone()
        copy = array.detach().clone(memory_format=torch.contiguous_format)
        if copy.is_floating_point() or copy.is_complex():
            copy = (copy * tensor_of(factors(elements(copy)))).to(copy.dtype)
        return copy


def _slot(tensor: torch.Tensor, *, is_parameter: bool) -> Slot:
    kind = ir.TensorType(data_type_of(tensor.dtype), tuple(tensor.shape))
    if is_parameter:
        return Slot(kind, lambda: elements(tensor), True, tensor, tensor.requires_grad)
    before = elements(tensor).copy()
    return Slot(kind, lambda: before, False, tensor)


VIEW = TorchModules()
