"""What numpy asks a traced number for: it is an operand of a call that a door may record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Callable


class NumpyProtocol:
    """A number in calls of numpy: recorded by the door of numpy, else read and guarded."""

    fixed: Callable[[str], Any]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy as np

        return np.array(self.fixed("numpy.asarray"), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(_leads(type(x)) for x in (*inputs, *kwargs.get("out", ()))):
            return NotImplemented
        return _computed(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(map(_leads, types)):
            return NotImplemented
        return _computed(function, "", args, kwargs)


def _leads(kind: type) -> bool:
    """Tell whether a class of arrays is asked first: it records numbers too."""
    is_number = issubclass(kind, NumpyProtocol)
    return kind.__module__.startswith("tracescript") and not is_number


def _computed(function: Any, method: str, args: Any, kwargs: Any) -> Any:
    follow = getattr(active(), "numbers_call", None)
    if follow is not None:
        return follow(function, method, args, kwargs)
    return read_call(function, method, args, kwargs)


def read_call(function: Any, method: str, args: Any, kwargs: Any) -> Any:
    """Run a call with plain numbers, and record that the program depends on them."""
    call = getattr(function, method) if method else function
    return call(*map(_read, args), **{name: _read(value) for name, value in kwargs.items()})


def _read(value: Any) -> Any:
    """Return an argument with plain numbers, each recorded as read."""
    if isinstance(value, NumpyProtocol):
        return value.fixed("numpy")
    if isinstance(value, (list, tuple)):
        return [_read(part) for part in value]
    return value
