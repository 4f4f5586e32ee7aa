"""What every front door does alike: ops, modules and finished models called by the program."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.dtypes import of_numpy
from tracescript.opset.table import opset
from tracescript.producer.session import recording
from tracescript.producer.trace import model_calls, structure
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain
from tracescript.producer.trace.run_time import RunTime, copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.opset.table import OpDef
    from tracescript.producer.trace.cells import Cell
    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire
    from tracescript.producer.trace.tree import Tree


class Door:
    """A front door over one kind of array; the recorder that `producer.session` knows.

    A subclass says what its arrays are (`is_array`, `type_of`, `wire`, `wrap`, `real`).
    """

    kinds: tuple[type, ...] = ()
    """The classes of the arrays that the program holds."""

    def __init__(self, recorder: Recorder, tree: Tree, imports: Imports) -> None:
        self.recorder = recorder
        self.tree = tree
        self.imports = imports

    # ---- arrays

    def is_array(self, value: Any) -> bool:
        """Tell whether a Python value is an array of this door."""
        raise NotImplementedError

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of an array."""
        raise NotImplementedError

    def wire(self, value: Any) -> Wire:
        """Return the present value of an array; one never seen becomes a constant."""
        raise NotImplementedError

    def wrap(self, wire: Wire, value: Any, origin: str = "result") -> Any:
        """Return an array for the program that stands for a wire, with the data of `value`."""
        raise NotImplementedError

    def real(self, value: Any) -> np.ndarray[Any, Any]:
        """Return the elements of an array as numpy has them."""
        raise NotImplementedError

    def held_cells(self) -> Sequence[Cell]:
        """Return the cells of the arrays that the program holds."""
        raise NotImplementedError

    def index_array(self, value: Any) -> Any:
        """Return a list of numbers as the library takes it for an index; sizes stay open."""
        raise NotImplementedError

    def common_type(self, operands: Sequence[Any]) -> ir.DataType:
        """Return the data type that mixed operands are cast to, by the library's rule."""
        raise NotImplementedError

    def scalar_type(self, value: Any) -> ir.DataType:
        """Return the data type of a 0-d array made of a Python number."""
        raise NotImplementedError

    def fixed(self, value: Any) -> Any:
        """Return a value without symbolic numbers, each recorded as read."""
        return self.recorder.arithmetic.fixed(value)

    def item(self, value: Any, kind: str) -> Wire:
        """Record that the one element of an array is used as a number."""
        made = constants.FLOAT if kind == "float" else constants.INT
        return self.recorder.single(
            "item_float" if kind == "float" else "item_int", (self.wire(value),), None, made
        )

    def truth(self, wire: Wire, observed: bool, call: str) -> Any:  # a result
        """Record that a library told the program a bool of its elements, and return it."""
        self.recorder.read("compare", wire, observed, call)
        return observed

    def parts_of(self, _value: Any) -> Any:
        """Return the parts of an object that the library knows how to take apart, else None."""
        return None

    def argument_parts(self, _value: Any) -> Any:
        """Return the parts of an argument that the library can make anew of them, else None."""
        return None

    def rebuilt(self, value: Any, held: Sequence[Any]) -> Any:
        """Return an object like one with `argument_parts`, made of other parts."""
        raise NotImplementedError

    def snapshot(self, value: Any) -> Any:
        """Return an argument or result as a run-time value that later writes do not reach."""
        return copied(self.run_time(value))

    def call_root(
        self,
        _module: Any,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run the traced program itself, in the root frame."""
        return function(*args, **kwargs)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Make this door see the program's calls for the length of a `with` block."""
        with recording(self):
            yield

    def paused(self) -> contextlib.AbstractContextManager[None]:
        """See nothing for the length of a `with` block."""
        return recording(None)

    def loading(self) -> contextlib.AbstractContextManager[None]:
        """See nothing of a module that is imported in a `with` block; what it makes is older."""
        return self.paused()

    # ---- producer.session.Recorder

    def follows(self, value: Any) -> bool:
        """Tell whether a value is an array of this trace that another call may give otherwise."""
        raise NotImplementedError

    def call_op(self, op: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        """Run one op on real data and record it. Spec: TRACE-2."""
        from tracescript.engine.ref import run_op

        definition = opset()[op]
        kinds = _declared(definition, len(inputs))
        dtype = self._common(inputs)
        wires = [self._input(x, kind, dtype) for x, kind in zip(inputs, kinds, strict=True)]
        self.fixed(tuple(attributes.values()))
        fixed = {k: plain(v) for k, v in attributes.items()}
        with self.paused():
            given = [self._value(x, k, dtype) for x, k in zip(inputs, kinds, strict=True)]
            result = run_op(op, given, fixed)
        several = len(definition.outputs) > 1 or (
            definition.outputs and definition.outputs[0].variadic
        )
        results = tuple(result) if several else (result,) if definition.outputs else ()
        types = [self.value_type(r) for r in results]
        made = self.recorder.op(
            op, wires, fixed, types, [r if np.ndim(r) == 0 else None for r in results]
        )
        lifted = [self.lift(w, r) for w, r in zip(made, results, strict=True)]
        return tuple(lifted) if several else (lifted[0] if lifted else None)

    def call_module(
        self,
        module: Any,
        forward: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run a module's forward in a frame of its own. Spec: TRACE-3."""
        names = structure.argument_names(forward, args, kwargs)
        found = [leaf for n, value in names for leaf in structure.leaves(value, self.is_array, n)]
        with self.paused():
            branch = self.tree.branch(module)
        title = f"{type(module).__name__}.forward"
        frame = self.recorder.enter(title, module, branch.path, self._wires(found))
        try:
            result = forward(*args, **kwargs)
        except BaseException:
            self.recorder.abandon(frame)
            raise
        self.leaving(module)
        leaves = structure.leaves(result, self.is_array)
        self.recorder.leave(frame, [wire for _, wire in self._wires(leaves)])
        return result

    def was_read(self, _array: Any) -> bool:
        """Tell whether the program may have used an array."""
        return True

    def leaving(self, module: Any) -> None:
        """Hear that a module's forward has returned and its frame is about to close."""

    def call_model(
        self, model: Any, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run a finished model and record one call of its function. Spec: TRACE-8."""
        return model_calls.call(self, model, method, args, kwargs)

    # ---- values

    def value_type(self, value: Any) -> ir.Type:
        """Return the type of a run-time value as it is: sizes are numbers."""
        return structure.type_of(value, RunTime(self.recorder), "result")

    def lift(self, wire: Wire, value: Any) -> Any:
        """Return a run-time value for the program: arrays wrapped, numbers symbolic.

        A list of arrays is taken apart; on a call where it has another length that node traps.
        """
        if isinstance(value, list) and value and all(map(self.is_array, value)):
            wires = self.recorder.unpacked(wire, [self.value_type(v) for v in value])
            return [self.wrap(w, v, "result") for w, v in zip(wires, value, strict=True)]
        return structure.unpack(wire, value, self, "result")

    def _wires(self, found: Any) -> list[tuple[str, Wire]]:
        return [
            (name, x.wire if isinstance(x, (SymInt, SymFloat)) else self.wire(x))
            for name, x in found
        ]

    def _common(self, inputs: Sequence[Any]) -> ir.DataType | None:
        """Return the data type that Python numbers beside arrays take."""
        types = [self.type_of(x) for x in inputs if self.is_array(x)]
        ranked = [t for t in types if t.shape] or types
        return ranked[0].data_type if ranked else None

    def _input(self, value: Any, kind: str, data_type: ir.DataType | None) -> Wire | None:
        if value is None:
            return None
        if kind == "tensor" and isinstance(value, (bool, int, float)):
            return self._number_tensor(value, data_type)
        if kind == "list" and isinstance(value, (list, tuple)):
            if all(isinstance(v, int) for v in value):
                return self.recorder.ints(value)
            return self.recorder.list([structure.pack(v, self, "list") for v in value])
        return structure.pack(value, self, kind)

    def _number_tensor(self, value: Any, data_type: ir.DataType | None) -> Wire:
        if isinstance(value, (SymInt, SymFloat)):
            kind = data_type or (
                ir.DataType.INT64 if isinstance(value, int) else ir.DataType.FLOAT64
            )
            made = ir.TensorType(kind, ())
            return self.recorder.single("to_tensor", (value.wire,), {"dtype": kind}, made)
        found = data_type or of_numpy(np.asarray(value).dtype)
        return self.recorder.scalar(value, found)

    def _value(self, value: Any, kind: str, data_type: ir.DataType | None) -> Any:
        from tracescript.opset.dtypes import numpy_of

        if kind == "tensor" and isinstance(value, (bool, int, float)):
            return np.asarray(plain(value), None if data_type is None else numpy_of(data_type))
        return self.run_time(value)

    def run_time(self, value: Any) -> Any:
        """Return a value of the program as engines take it: arrays of numpy, plain numbers."""
        if self.is_array(value):
            return self.real(value)
        named = structure.fields(value)
        if named is not None:
            return tuple(self.run_time(part) for _, part in named)
        if isinstance(value, list):
            return [self.run_time(v) for v in value]
        if isinstance(value, tuple):
            return tuple(self.run_time(v) for v in value)
        if isinstance(value, dict):
            inner = {k: self.run_time(v) for k, v in value.items()}
            kind = structure.type_of(value, self, "a dict") if value else None
            return tuple(inner.values()) if isinstance(kind, ir.StructType) else inner
        return plain(value)


def _declared(op: OpDef, count: int) -> list[str]:
    kinds = [i.kind for i in op.inputs]
    if op.inputs and op.inputs[-1].variadic:
        kinds = kinds[:-1] + [kinds[-1]] * (count - len(kinds) + 1)
    return kinds[:count]
