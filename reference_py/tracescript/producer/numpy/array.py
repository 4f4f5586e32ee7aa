"""TracedArray: a numpy array that the program computes with while every step is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tracescript.producer.numpy import reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.numpy.door import NumpyDoor
    from tracescript.producer.trace.cells import Cell


class TracedArray(NDArrayOperatorsMixin):
    """An array of a running trace: the real data, and the cell that says which value it is.

    It behaves as numpy's array. Whatever takes its elements out into Python is recorded.
    """

    __array_priority__ = 1000

    def __init__(self, data: Any, cell: Cell, door: NumpyDoor) -> None:
        self.data = np.asarray(data)
        self.cell = cell
        self.door = door
        door.held[id(self)] = self
        if cell.parent is None:
            cell.strides = tuple(n // self.data.itemsize for n in self.data.strides)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return self.door.of_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        return self.door.of_function(function, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        reads.copied_out(self.door, self, "numpy.asarray")
        return np.array(self.data, dtype=dtype, copy=True if copy is None else copy)

    # ---- sizes

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes; each remembers where it came from."""
        return self.door.recorder.shape(self.door.wire(self))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type."""
        return self.data.dtype

    @property
    def size(self) -> int:
        """The number of elements."""
        count = 1
        for extent in self.shape:
            count = extent * count
        return count

    @property
    def itemsize(self) -> int:
        """The number of bytes of an element."""
        return self.data.itemsize

    @property
    def nbytes(self) -> int:
        """The number of bytes of all elements."""
        return self.size * self.data.itemsize

    @property
    def mT(self) -> Any:  # numpy's name
        """The array with its last two axes swapped."""
        return self.door.of_function(np.matrix_transpose, (self,), {})

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return self.door.of_function(np.transpose, (self,), {})

    @property
    def real(self) -> Any:
        """The real part: the array itself where it is not complex."""
        is_complex = self.data.dtype.kind == "c"
        return self.door.of_function(np.real, (self,), {}) if is_complex else self

    @real.setter
    def real(self, value: Any) -> None:
        self.door.put_part(self, "real", value)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        is_complex = self.data.dtype.kind == "c"
        call = np.imag if is_complex else np.zeros_like
        return self.door.of_function(call, (self,), {})

    @imag.setter
    def imag(self, value: Any) -> None:
        self.door.put_part(self, "imag", value)

    def __divmod__(self, other: Any) -> Any:
        return np.divmod(self, other)

    def __pow__(self, other: Any) -> Any:
        is_square = type(other) is int and other == 2  # noqa: PLR2004  # as numpy's operator does
        return np.square(self) if is_square and self.dtype == np.bool_ else np.power(self, other)

    def __len__(self) -> int:
        if not self.data.ndim:
            message = "len() of unsized object"
            raise TypeError(message)
        size = self.shape[0]
        return size.fixed("len") if hasattr(size, "fixed") else size

    # ---- reads

    def __bool__(self) -> bool:
        return reads.decide(self.door, self)

    def __int__(self) -> int:
        return reads.as_int(self.door, self)

    def __index__(self) -> int:
        return reads.as_index(self.door, self)

    def __float__(self) -> float:
        return reads.as_float(self.door, self)

    def __round__(self, ndigits: int | None = None) -> Any:
        if self.data.ndim:
            message = "type numpy.ndarray doesn't define __round__ method"
            raise TypeError(message)
        return int(np.round(self)) if ndigits is None else np.round(self, ndigits)

    def item(self, *args: int) -> Any:
        """Return one element as a Python number; recorded."""
        flat = self.reshape(-1) if len(args) == 1 else self
        return reads.taken(self.door, flat[args] if args else self, "item")

    def tolist(self) -> Any:
        """Return the elements as nested lists; recorded."""
        reads.copied_out(self.door, self, "tolist")
        return self.data.tolist()

    def __iter__(self) -> Iterator[Any]:
        size = self.shape[0]
        count = size.fixed("iteration", "iteration") if hasattr(size, "fixed") else size
        return iter([self[i] for i in range(count)])

    def __contains__(self, value: Any) -> bool:
        return bool((self == value).any())

    # ---- subscripts

    def __getitem__(self, key: Any) -> Any:
        return self.door.get(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.door.put(self, key, value)

    # ---- methods that numpy has as functions

    def __getattr__(self, name: str) -> Any:
        return self.door.method(self, name)

    def __repr__(self) -> str:
        return repr(reads.as_text(self.door, self))

    def __str__(self) -> str:
        return str(reads.as_text(self.door, self))

    def __format__(self, spec: str) -> str:
        return format(reads.as_text(self.door, self), spec)

    def __hash__(self) -> int:
        if self.data.ndim:
            message = "unhashable type: 'numpy.ndarray'"
            raise TypeError(message)
        return hash(reads.taken(self.door, self, "hash"))
