"""A finished model called inside a traced program: executed, and recorded as one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.errors import ProducerError
from tracescript.producer.trace import structure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.tape import Slot, Wire


def call(
    door: Door, model: Any, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Run a method of a model on real data and record a call of its function. Spec: TRACE-8."""
    recorder = door.recorder
    if model.program.hosts:
        called = ", ".join(f"{op}()" for op in model.program.hosts)
        raise recorder.error(
            "UNKNOWN_CALL",
            f"the model calls Python: {called}; a trace holds no such call",
            hint="trace the program itself: the trace runs through what is marked @ts.ignore",
        )
    declared = model.ir.function(_method(model.ir.root, method).function)
    inputs = _inputs(door, declared, args, kwargs)
    made = _compiled(door, model, declared, inputs)
    found = _method(made.root, method)
    door.tree.call(model, made)
    from tracescript.engine.values import named

    with door.paused():
        outputs = model.call(method, [door.run_time(value) for _, value in inputs], {})
    wires = [structure.pack(value, door, name) for name, value in inputs]
    wires += [_bound(door, model, made, constant) for constant in found.bound]
    slots = [_slot(door, model, made, state) for state in found.states]
    wires += [recorder.read_slot(slot) for slot in slots]
    kinds = [o.type for o in declared.outputs[: len(outputs)]]
    outputs = [named(value, kind) for value, kind in zip(outputs, kinds, strict=True)]
    types = [door.value_type(v) for v in outputs] + [slot.type for slot in slots]
    results = recorder.model_call(door.imports.function(made, found.function), wires, types)
    for slot, wire in zip(slots, results[len(outputs) :], strict=True):
        recorder.write_slot(slot, wire)
    lifted = [door.lift(w, v) for w, v in zip(results, outputs, strict=False)]
    return lifted[0] if len(lifted) == 1 else tuple(lifted) if lifted else None


def _compiled(
    door: Door, model: Any, function: ir.Function, inputs: Sequence[tuple[str, Any]]
) -> ir.Model:
    """Return the model; a scripted one compiled for the ranks here: sizes pass through it."""
    specialise = model.program.specialise
    if specialise is None:
        return model.ir
    types: dict[str, Any] = {}
    for (name, value), declared in zip(inputs, function.inputs, strict=False):
        kind = declared.type
        vague = isinstance(kind, ir.TensorType) and (kind.shape is None or None in kind.shape)
        if door.is_array(value) and vague:
            given = door.type_of(value)
            sizes = tuple(ir.Symbol(f"{name}_{i}", 1) for i in range(len(given.shape or ())))
            types[name] = ir.TensorType(given.data_type, sizes)
    return specialise(types, {}).ir if types else model.ir


def _method(root: ir.Module, path: str) -> ir.Method:
    module: ir.Module | None = root
    *steps, name = path.split(".")
    for step in steps:
        module = module.child(step) if module is not None else None
    found = module.method(name) if module is not None else None
    if found is None:
        raise ProducerError(f"the model has no method {path!r}", code="UNKNOWN_CALL")
    return found


def _inputs(
    door: Door, function: ir.Function, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return the caller's inputs by name in declared order, defaults filled in."""
    from tracescript.engine.values import runtime

    given, rest = list(args), dict(kwargs)
    values: list[tuple[str, Any]] = []
    for declared in function.inputs:
        if declared.kind in {"bound", "state"}:
            break
        if given:
            values.append((declared.name, given.pop(0)))
        elif declared.name in rest:
            values.append((declared.name, rest.pop(declared.name)))
        elif declared.default is not None:
            values.append((declared.name, runtime(declared.default)))
        else:
            what = f"{function.name} needs the input {declared.name!r}"
            raise door.recorder.error("UNSUPPORTED_PYTHON", what)
    if given or rest:
        what = f"{function.name} takes {len(values)} inputs, found {len(args) + len(kwargs)}"
        raise door.recorder.error("UNSUPPORTED_PYTHON", what)
    return values


def _bound(door: Door, model: Any, made: ir.Model, constant: ir.Constant) -> Wire:
    if isinstance(constant.value, ir.Weight):
        slot = door.imports.slot(model, made, constant.value)
        if slot is not None:
            return door.recorder.read_slot(slot)
    return door.recorder.constant(constant)


def _slot(door: Door, model: Any, made: ir.Model, state: ir.State) -> Slot:
    slot = door.imports.slot(model, made, state)
    assert slot is not None, "a model's states are in its tree"
    return slot
