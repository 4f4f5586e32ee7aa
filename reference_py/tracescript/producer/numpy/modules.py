"""How the numpy door reads modules of `tracescript.nn`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.opset.dtypes import of_numpy
from tracescript.producer.trace.tape import Slot
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.producer.trace.tree import Factors


class NumpyModules:
    """Parameters, buffers and submodules of `tracescript.nn` modules."""

    def is_module(self, value: Any) -> bool:
        """Tell whether a value is a module of `tracescript.nn`."""
        return bool(getattr(type(value), "__tracescript_module__", False))

    def children(self, module: Any) -> Iterator[tuple[str, Any]]:
        """Yield the direct submodules, finished models among them."""
        for name, child in module.named_children():
            if self.is_module(child) or is_model(child):
                yield name, child

    def slots(self, module: Any) -> Iterator[tuple[str, int, Slot]]:
        """Yield parameters and buffers: name, identity, slot."""
        for name, parameter in module.named_parameters():
            yield name, id(parameter), _slot(parameter, parameter.data, is_parameter=True)
        for name, buffer in module.named_buffers():
            yield name, id(buffer), _slot(buffer, np.array(buffer), is_parameter=False)

    def held(self, module: Any) -> Callable[[], None]:
        """Return a function that puts a module's buffers back."""
        buffers = {} if module is None else dict(module.named_buffers())
        before = {name: np.array(buffer) for name, buffer in buffers.items()}

        def back() -> None:
            for name, buffer in buffers.items():
                np.copyto(buffer, before[name])
                module.register_buffer(name, buffer)

        return back

    def call(
        self,
        module: Any,  # noqa: ARG002  # modules of this kind have no hooks
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Any,
    ) -> Any:
        """Call a program that nobody records."""
        return function(*args, **kwargs)

    def copied(self, array: Any, factors: Factors | None) -> Any:
        """Return a copy of an array, its floats times factors if there are any."""
        copy = np.array(array)
        if factors is not None and copy.dtype.kind in "fcV":
            copy = (copy * factors(copy)).astype(copy.dtype)
        return copy if isinstance(array, np.ndarray) else copy[()]


def _slot(keep: Any, array: np.ndarray[Any, Any], *, is_parameter: bool) -> Slot:
    data_type = of_numpy(array.dtype)
    if data_type is None:
        message = f"a weight of data type {array.dtype} is no tensor of the format"
        raise TypeError(message)
    kind = ir.TensorType(data_type, tuple(array.shape))
    return Slot(kind, lambda: array, is_parameter, keep=keep)


VIEW = NumpyModules()
