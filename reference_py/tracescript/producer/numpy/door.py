"""The numpy front door: ufuncs, functions, methods and subscripts of traced arrays."""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.dtypes import of_numpy
from tracescript.producer.numpy import (
    calls,
    creation,
    errors,
    known,
    methods,
    names,
    special,
    typed,
    ufuncs,
    writes,
)
from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.numpy.buffers import Buffers
from tracescript.producer.numpy.number_calls import NumberCalls
from tracescript.producer.numpy.promotion import Promotion
from tracescript.producer.session import check_constant
from tracescript.producer.trace import cells, indexing, layout, lowering, watching
from tracescript.producer.trace.door import Door
from tracescript.producer.trace.matching import match
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence

    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire
    from tracescript.producer.trace.tree import Tree

_LARGE: Final = 64
"""Elements up to which a captured array is no surprise."""


class NumpyDoor(NumberCalls, Promotion, Door):
    """Sees numpy calls on `TracedArray`s, and modules and ops of `tracescript`.

    `buffers` are traced arrays while the program runs, so that it can compute with them.
    """

    kinds = (TracedArray,)

    def __init__(self, recorder: Recorder, tree: Tree, imports: Imports) -> None:
        super().__init__(recorder, tree, imports)
        self.buffers = Buffers(self)
        self.errors = errors.modes()
        self.held: MutableMapping[int, TracedArray] = weakref.WeakValueDictionary()

    # ---- arrays

    def is_array(self, value: Any) -> bool:
        """Tell whether a value is an array: traced, plain, or a parameter."""
        return isinstance(value, (TracedArray, np.ndarray, np.generic)) or _is_parameter(value)

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of an array."""
        array = value.data if isinstance(value, TracedArray) or _is_parameter(value) else value
        data_type = of_numpy(array.dtype)
        if data_type is None:
            what = f"an array of data type {array.dtype} is no tensor of the format"
            raise self.recorder.error("UNSUPPORTED_PYTHON", what, "use a numeric or bool array")
        return ir.TensorType(data_type, tuple(array.shape))

    def follows(self, value: Any) -> bool:
        """Tell whether a value is an array of this trace that another call may give otherwise."""
        is_ours = isinstance(value, TracedArray) and value.door is self
        return is_ours and self.wire(value).varies

    def wire(self, value: Any) -> Wire:
        """Return the present value of an array; one never seen is a slot or a constant."""
        if isinstance(value, TracedArray) and value.door is self:
            return cells.read(self.recorder, value.cell)
        check_constant(value)
        slot = self.tree.slot(id(value))
        if slot is not None:
            return self.recorder.read_slot(slot)
        array = self.real(value)
        kind = self.type_of(array)
        key = (kind.shape, array.tobytes()) if array.size <= _LARGE else None
        wire = self.recorder.constant(constants.tensor(array, kind.data_type), key)
        if kind.shape == ():
            wire.sample = array
        return wire

    def wrap(self, wire: Wire, value: Any, origin: str = "result") -> TracedArray:
        """Return a traced array with a copy of the data, so that the caller's stays as it is."""
        return TracedArray(np.array(self.real(value)), cells.Cell(wire, origin), self)

    def traced(self, value: Any) -> TracedArray:
        """Return a traced array; a plain one becomes a constant that traced indices may select."""
        return value if isinstance(value, TracedArray) else self.wrap(self.wire(value), value)

    def real(self, value: Any) -> np.ndarray[Any, Any]:
        """Return the elements."""
        if isinstance(value, TracedArray) or _is_parameter(value):
            return value.data
        return np.asarray(value)

    def held_cells(self) -> list[cells.Cell]:
        """Return the cells of the arrays that the program holds."""
        return [array.cell for array in list(self.held.values())]

    def index_array(self, value: Any) -> Any:
        """Return a list of numbers, as numpy takes them for an index; sizes stay open."""
        return creation.as_array(self, value)

    # ---- calls of the program

    def of_ufunc(
        self, ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call a ufunc or a method of it."""
        named = ufunc if method == "__call__" else getattr(ufunc, method)
        return calls.called(
            self, named, inputs, kwargs, lambda args, more: self.ufunc(ufunc, method, args, more)
        )

    def of_function(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a function."""
        return calls.called(
            self, function, args, kwargs, lambda given, more: self.function(function, given, more)
        )

    def method(self, array: TracedArray, name: str) -> Any:
        """Return a method of numpy's arrays."""
        return methods.named(self, array, name)

    def get(self, array: TracedArray, key: Any) -> Any:
        """Return `x[key]`."""
        return known.get(self, array, key)

    def put(self, array: TracedArray, key: Any, value: Any) -> None:
        """Do `x[key] = value`."""
        known.put(self, array, key, value)

    def put_part(self, array: TracedArray, part: str, value: Any) -> None:
        """Do `x.real = value` or `x.imag = value`."""
        writes.put_part(self, array, part, value)

    # ---- recorded calls

    def ufunc(
        self, ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Run and record a ufunc or a method of it."""
        return ufuncs.run(self, ufunc, method, inputs, kwargs)

    def function(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run and record a numpy function. Spec: TRACE-2."""
        function = watching.own(function)
        handler = special.handler(function, kwargs)
        out = kwargs.get("out")
        rest = {k: v for k, v in kwargs.items() if k != "out"}
        if handler is None:
            rest = {k: v for k, v in rest.items() if v is not np._NoValue}  # noqa: SLF001  # numpy's own "not given"
            result = self.run(function, args, rest)
        elif not names.takes(handler, (self, *args), rest):
            raise names.unknown(self, names.full_name(function))
        else:
            result = handler(self, *args, **rest)
        return result if out is None else writes.assigned(self, out, result)

    def run(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run a numpy function that is one op, and record it."""
        function = watching.own(function)
        candidates = names.candidates().get(function, ())
        found = match(candidates, args, kwargs, self)
        if found is None:
            raise names.unknown(self, names.full_name(function))
        real = function(*map(self._plain, args), **{k: self._plain(v) for k, v in kwargs.items()})
        several = isinstance(real, (tuple, list))
        results = list(real) if several else [real]
        typed.check(self, results)
        wires = lowering.record(self, found, results)
        made = [self._result(w, r, args) for w, r in zip(wires, results, strict=True)]
        if found.op.name in {"reshape", "flatten"} and isinstance(args[0], TracedArray):
            layout.doubt(self, args[0].cell, made[0].cell, reshapes=True)
        if not several:
            return made[0]
        return made if type(real) is list else tuple(made)

    def _result(self, wire: Wire, value: Any, args: Sequence[Any]) -> Any:
        """Wrap a result; one that shares memory with an argument is a view of it."""
        if not isinstance(value, (np.ndarray, np.generic)):
            return self.recorder.symbolic(wire, value) if isinstance(value, (int, float)) else value
        for arg in args:
            if (
                isinstance(arg, TracedArray)
                and isinstance(value, np.ndarray)
                and np.may_share_memory(value, arg.data)
            ):
                return TracedArray(value, cells.view(arg.cell, wire), self)
        return TracedArray(value, cells.Cell(wire), self)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, TracedArray) or _is_parameter(value):
            return value.data
        if type(value) in {list, tuple}:
            return type(value)(self._plain(v) for v in value)
        return plain(value)

    def astype(self, array: Any, dtype: Any) -> Any:
        """Record a cast."""
        value = self.real(array).astype(dtype)
        wire = self.recorder.cast(self.wire(array), self.type_of(value).data_type)
        return TracedArray(value, cells.Cell(wire), self)

    def getitem(self, array: TracedArray, key: Any) -> Any:
        """Record `x[key]`; without arrays in the key the result is a view."""
        value = array.data[self._plain(key)]
        found = indexing.normal(self, key, array.data.ndim).joined
        wire = indexing.read(self, self.wire(array), found, self.type_of(value))
        is_view = found.is_basic and isinstance(value, np.ndarray)
        return TracedArray(
            value, cells.view(array.cell, wire) if is_view else cells.Cell(wire), self
        )

    def setitem(self, array: TracedArray, key: Any, value: Any) -> None:
        """Record `x[key] = value`."""
        array.data[self._plain(key)] = self._plain(value)
        found = indexing.normal(self, key, array.data.ndim).joined
        given = lowering.operand(self, value, self.type_of(array).data_type)
        cells.write(
            self.recorder, array.cell, indexing.written(self, self.wire(array), found, given)
        )

    # ---- running

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """See calls for the length of a `with` block; buffers are traced arrays for as long."""
        names.candidates()  # by functions that are not watched yet
        self.buffers.open(self.tree.branches())
        try:
            with (
                watching.watched(self, creation.HANDLERS, creation.KINDS, known.made),
                super().running(),
            ):
                yield
        finally:
            self.buffers.close()

    def call_module(
        self,
        module: Any,
        forward: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run a module's forward in a frame of its own; buffers it assigns become states."""
        self.buffers.open(self.tree.below(module))
        return super().call_module(module, forward, args, kwargs)

    def call_root(
        self, module: Any, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run the traced program itself."""
        result = function(*args, **kwargs)
        if module is not None:
            self.leaving(module)
        return result

    def leaving(self, module: Any) -> None:
        """Turn buffers that a forward assigned into states."""
        self.buffers.assigned(module)


def _is_parameter(value: Any) -> bool:
    return hasattr(type(value), "__tracescript_parameter__")
