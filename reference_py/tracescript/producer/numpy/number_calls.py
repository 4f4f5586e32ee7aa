"""Calls of numpy whose only traced operands are numbers: sizes and number inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tracescript.errors import ProducerError
from tracescript.producer.trace import numpy_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class _Calls(Protocol):
    def ufunc(self, ufunc: Any, method: str, inputs: Any, kwargs: Any) -> Any: ...

    def function(self, function: Any, args: Any, kwargs: Any) -> Any: ...


class NumberCalls:
    """Records such a call where an op can, else reads the numbers."""

    def numbers_call(
        self: _Calls,
        function: Callable[..., Any],
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run a ufunc by the name of its method, or a function, where `method` is empty."""
        try:
            if method:
                return self.ufunc(function, method, args, dict(kwargs))
            return self.function(function, args, kwargs)
        except ProducerError as error:
            if error.code != "UNKNOWN_CALL":
                raise
        return numpy_protocol.read_call(function, method, args, kwargs)
