"""What every front door does alike: ops, modules and finished models called by the program."""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.opset.dtypes import of_numpy
from tracescript.opset.table import opset
from tracescript.producer.session import recording
from tracescript.producer.trace import structure
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain
from tracescript.producer.trace.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.opset.table import OpDef
    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.tape import Wire
    from tracescript.producer.trace.tree import Tree


class Door:
    """A front door over one kind of array; the recorder that `producer.session` knows.

    A subclass says what its arrays are (`is_array`, `type_of`, `wire`, `wrap`, `real`).
    """

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

    def common_type(self, operands: Sequence[Any]) -> ir.DataType:
        """Return the data type that mixed operands are cast to, by the library's rule."""
        raise NotImplementedError

    def scalar_type(self, value: Any) -> ir.DataType:
        """Return the data type of a 0-d array made of a Python number."""
        raise NotImplementedError

    def sample(self, value: Any) -> Any:
        """Return a single number for messages, None for anything larger."""
        return value if self.is_array(value) and self.type_of(value).shape == () else None

    def fixed(self, value: Any) -> Any:
        """Return a value without symbolic numbers, each recorded as read."""
        if isinstance(value, (SymInt, SymFloat)):
            self.recorder.fix_number(value, "size_read", "attribute")
        if isinstance(value, (list, tuple)):
            return [self.fixed(v) for v in value]
        return plain(value)

    def item(self, value: Any, kind: str) -> Wire:
        """Record that the one element of an array is used as a number."""
        made = constants.FLOAT if kind == "float" else constants.INT
        return self.recorder.single("item_float" if kind == "float" else "item_int", (self.wire(value),), None, made)

    def snapshot(self, value: Any) -> Any:
        """Return an argument or result as a run-time value that later writes do not reach."""
        return _copied(self._real_structure(value))

    def call_root(
        self, _module: Any, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run the traced program itself, in the root frame."""
        return function(*args, **kwargs)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Make this door see the program's calls for the length of a `with` block."""
        with recording(self):
            yield

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """See nothing for the length of a `with` block."""
        with recording(None):
            yield

    # ---- producer.session.Recorder

    def call_op(self, op: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        """Run one op on real data and record it. Spec: TRACE-2."""
        from tracescript.engine.ref import run_op

        definition = opset()[op]
        kinds = _declared(definition, len(inputs))
        dtype = self._common(inputs)
        wires = [self._input(x, kind, dtype) for x, kind in zip(inputs, kinds, strict=True)]
        fixed = {k: plain(v) for k, v in attributes.items()}
        with self.paused():
            given = [self._value(x, k, dtype) for x, k in zip(inputs, kinds, strict=True)]
            result = run_op(op, given, fixed)
        several = len(definition.outputs) > 1 or (definition.outputs and definition.outputs[0].variadic)
        results = tuple(result) if several else (result,) if definition.outputs else ()
        types = [value_type(r) for r in results]
        made = self.recorder.op(op, wires, fixed, types, [r if np.ndim(r) == 0 else None for r in results])
        lifted = [self.lift(w, r) for w, r in zip(made, results, strict=True)]
        return tuple(lifted) if several else (lifted[0] if lifted else None)

    def call_module(
        self, module: Any, forward: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run a module's forward in a frame of its own. Spec: TRACE-3."""
        names = argument_names(forward, args, kwargs)
        found = [leaf for n, value in names for leaf in structure.leaves(value, self.is_array, n)]
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

    def leaving(self, module: Any) -> None:
        """Hear that a module's forward has returned and its frame is about to close."""

    def call_model(self, model: Any, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a finished model and record one call of its function. Spec: TRACE-8."""
        found = _method(model.ir.root, method)
        function = model.ir.function(found.function)
        self.tree.branch(model)
        inputs = self._model_inputs(function, args, kwargs)
        with self.paused():
            given = [self._real_structure(value) for value in inputs]
            outputs = model.call(method, given, {})
        wires = [structure.pack(value, self, name.name) for name, value in zip(function.inputs, inputs)]  # noqa: B905  # bound and state inputs follow
        bound = [self._bound(model, constant) for constant in found.bound]
        slots = [self._slot(model, state) for state in found.states]
        states = [self.recorder.read_slot(slot) for slot in slots]
        types = [value_type(v) for v in outputs] + [slot.type for slot in slots]
        made = self.recorder.model_call(model, found.function, [*wires, *bound, *states], types)
        for slot, wire in zip(slots, made[len(outputs) :], strict=True):
            self.recorder.write_slot(slot, wire)
        lifted = [self.lift(w, v) for w, v in zip(made, outputs, strict=False)]
        return lifted[0] if len(lifted) == 1 else tuple(lifted) if lifted else None

    def _model_inputs(
        self, function: ir.Function, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> list[Any]:
        given, rest = list(args), dict(kwargs)
        values = []
        for declared in function.inputs:
            if declared.kind in {"bound", "state"}:
                break
            if given:
                values.append(given.pop(0))
            elif declared.name in rest:
                values.append(rest.pop(declared.name))
            elif declared.default is not None:
                from tracescript.engine.values import runtime

                values.append(runtime(declared.default))
            else:
                what = f"{function.name} needs the input {declared.name!r}"
                raise self.recorder.error("UNSUPPORTED_PYTHON", what)
        if given or rest:
            what = f"{function.name} takes {len(values)} inputs, found {len(args) + len(kwargs)}"
            raise self.recorder.error("UNSUPPORTED_PYTHON", what)
        return values

    def _bound(self, model: Any, constant: ir.Constant) -> Wire:
        if isinstance(constant.value, ir.Weight):
            slot = self.imports.slot(model, constant.value)
            if slot is not None:
                return self.recorder.read_slot(slot)
        return self.recorder.constant(constant)

    def _slot(self, model: Any, state: ir.State) -> Any:
        slot = self.imports.slot(model, state)
        assert slot is not None, "a model's states are in its tree"
        return slot

    # ---- values

    def lift(self, wire: Wire, value: Any) -> Any:
        """Return a run-time value for the program: arrays wrapped, numbers symbolic."""
        return structure.unpack(wire, value, self, "result")

    def _wires(self, found: Any) -> list[tuple[str, Wire]]:
        return [
            (name, x.wire if isinstance(x, (SymInt, SymFloat)) else self.wire(x)) for name, x in found
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
            kind = data_type or (ir.DataType.INT64 if isinstance(value, int) else ir.DataType.FLOAT64)
            made = ir.TensorType(kind, ())
            return self.recorder.single("to_tensor", (value.wire,), {"dtype": kind}, made)
        found = data_type or of_numpy(np.asarray(value).dtype)
        return self.recorder.scalar(value, found)

    def _value(self, value: Any, kind: str, data_type: ir.DataType | None) -> Any:
        from tracescript.opset.dtypes import numpy_of

        if kind == "tensor" and isinstance(value, (bool, int, float)):
            return np.asarray(plain(value), None if data_type is None else numpy_of(data_type))
        return self._real_structure(value)

    def _real_structure(self, value: Any) -> Any:
        if self.is_array(value):
            return self.real(value)
        if isinstance(value, list):
            return [self._real_structure(v) for v in value]
        if isinstance(value, tuple):
            return tuple(self._real_structure(v) for v in value)
        if isinstance(value, dict):
            return {k: self._real_structure(v) for k, v in value.items()}
        return plain(value)


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list):
        return [_copied(v) for v in value]
    if isinstance(value, tuple):
        return tuple(_copied(v) for v in value)
    return {k: _copied(v) for k, v in value.items()} if isinstance(value, dict) else value


def value_type(value: Any) -> ir.Type:
    """Return the type of a run-time value as it is: sizes are numbers."""
    if isinstance(value, (np.ndarray, np.generic)):
        data_type = of_numpy(value.dtype)
        assert data_type is not None, "ops give data types of the format"
        return ir.TensorType(data_type, tuple(value.shape))
    return structure.type_of(value, _NoArrays, "result")


class _Values:
    """Run-time values inside containers, for `structure.type_of`."""

    recorder = Recorder("")

    def is_array(self, value: Any) -> bool:
        return isinstance(value, (np.ndarray, np.generic))

    def type_of(self, value: Any) -> Any:
        return value_type(value)

    def wire(self, value: Any) -> Wire:
        raise NotImplementedError

    def wrap(self, wire: Wire, value: Any, origin: str) -> Any:
        raise NotImplementedError


_NoArrays = _Values()


def argument_names(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return arguments with the names of the parameters they bind to."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return [*((f"arg_{i}", a) for i, a in enumerate(args)), *kwargs.items()]
    found: list[tuple[str, Any]] = []
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found += [(f"{name}_{i}", v) for i, v in enumerate(value)]
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found += list(value.items())
        else:
            found.append((name, value))
    return found


def _declared(op: OpDef, count: int) -> list[str]:
    kinds = [i.kind for i in op.inputs]
    if op.inputs and op.inputs[-1].variadic:
        kinds = kinds[:-1] + [kinds[-1]] * (count - len(kinds) + 1)
    return kinds[:count]


def _method(root: ir.Module, path: str) -> ir.Method:
    module: ir.Module | None = root
    *steps, name = path.split(".")
    for step in steps:
        module = module.child(step) if module is not None else None
    found = module.method(name) if module is not None else None
    if found is None:
        raise ProducerError(f"the model has no method {path!r}", code="UNKNOWN_CALL")
    return found
