"""Records a run: frames, values, reads and sizes. Front doors turn library calls into `op`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import DataType, ListType, TensorType, constants
from tracescript.producer.trace import places
from tracescript.producer.trace.arithmetic import Arithmetic
from tracescript.producer.trace.numbers import Symbolic, SymFloat, SymInt
from tracescript.producer.trace.tape import (
    Call,
    Frame,
    ModelCall,
    Op,
    Read,
    Site,
    Slot,
    Wire,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracescript.errors import ProducerError
    from tracescript.ir import Constant, Type
    from tracescript.producer.trace.failures import Failure
    from tracescript.producer.trace.outcomes import Outcomes


class Recorder:
    """One run of a program. `strict` makes an unrecorded read an error.

    `outcomes` say how branch decisions go in a run that explores another path. `is_running` is set
    while the program runs; `outside` is what to point at before and after.
    """

    def __init__(
        self, title: str, *, strict: bool = True, outcomes: Outcomes | None = None
    ) -> None:
        self.root = Frame(title)
        self.frame = self.root
        self.strict = strict
        self.outcomes = outcomes
        self.is_running = self.has_met_parameter_write = False
        self.outside: Site | None = None
        self.failures: list[Failure] = []
        self.number_types: tuple[type[Symbolic], type[Symbolic]] = (SymInt, SymFloat)
        self.slots: list[Slot] = []
        self.arithmetic = Arithmetic(self)
        self._constants: dict[tuple[Any, ...], Wire] = {}
        self._decided: dict[Wire, bool] = {}
        self._scalars: dict[tuple[type, str, DataType], Wire] = {}
        self._sites: places.Sites = {}

    def here(self) -> Site | None:
        """Return the user's place of the call being recorded; None before and after the run."""
        return places.here(self._sites) if self.is_running else None

    # ---- frames

    def enter(self, title: str, module: Any, path: str, args: Iterable[tuple[str, Wire]]) -> Frame:
        """Open a frame for a module's forward; `args` are its leaf values with their names."""
        frame = Frame(title, module, path, self.frame, site=self.here(), before=self.states())
        seen: set[Wire] = set()
        for name, wire in args:
            if wire not in seen and wire.constant is None:
                seen.add(wire)
                frame.args.append((name, wire))
        self.frame.events.append(Call(frame, frame.site))
        self.frame = frame
        return frame

    def leave(self, frame: Frame, outputs: Iterable[Wire]) -> None:
        """Close a frame with the leaves of what it returned."""
        assert self.frame is frame, "frames close in reverse order"
        frame.outputs, frame.after = list(outputs), self.states()
        self.frame = frame.parent or self.root

    def abandon(self, frame: Frame) -> None:
        """Close a frame, and those inside it, that ended with an exception the program caught."""
        while self.frame is not frame and self.frame.parent is not None:
            self.frame = self.frame.parent
        frame.after = self.states()
        self.frame = frame.parent or self.root

    def states(self) -> dict[Slot, Wire]:
        """Return the present value of every slot that was written."""
        return {s: s.current for s in self.slots if s.written and s.current is not None}

    # ---- values

    def op(
        self,
        op: str,
        inputs: Sequence[Wire | None],
        attributes: Mapping[str, Any] | None,
        outputs: Sequence[Type],
        samples: Sequence[Any] = (),
    ) -> tuple[Wire, ...]:
        """Record a call of an op whose results have these types; `samples` are 0-d real values."""
        varies = any(w is not None and w.varies for w in inputs)
        given = {name: self.arithmetic.fixed(value) for name, value in (attributes or {}).items()}
        made = Op(op, tuple(inputs), given, (), self.here())
        wires = tuple(Wire(t, self.frame, varies=varies, maker=made) for t in outputs)
        made.outputs = wires
        for wire, sample in zip(wires, samples, strict=False):
            wire.sample = sample
        self.frame.events.append(made)
        return wires

    def model_call(
        self, function: str, inputs: Sequence[Wire], outputs: Sequence[Type]
    ) -> tuple[Wire, ...]:
        """Record a call of a function of a finished model, by the name it has here."""
        wires = tuple(Wire(t, self.frame) for t in outputs)
        self.frame.events.append(ModelCall(function, tuple(inputs), wires, self.here()))
        return wires

    def single(
        self,
        op: str,
        inputs: Sequence[Wire | None],
        attributes: Mapping[str, Any] | None,
        output: Type,
    ) -> Wire:
        """Record an op with one result."""
        return self.op(op, inputs, attributes, (output,))[0]

    def constant(self, constant: Constant, key: Any = None) -> Wire:
        """Return the wire of a constant; equal scalars and equal `key`s share one."""
        if key is None:
            return Wire(constant.type, varies=False, constant=constant)
        found = (constant.type, key)
        if found not in self._constants:
            self._constants[found] = Wire(constant.type, varies=False, constant=constant)
        return self._constants[found]

    def scalar(self, value: Any, data_type: DataType | None = None) -> Wire:
        """Return the wire of a Python scalar, or of a 0-d tensor of it."""
        if data_type is None:
            return self.constant(constants.scalar(value), ("scalar", repr(value)))
        import numpy as np

        from tracescript.opset.dtypes import numpy_of

        key = type(value), repr(value), data_type
        if key not in self._scalars:
            array = np.asarray(value).astype(numpy_of(data_type))
            wire = self.constant(constants.tensor(array, data_type), ("0-d", array.tobytes()))
            self._scalars[key] = wire
        wire = self._scalars[key]
        wire.sample = value
        return wire

    def number(self, value: Any) -> Wire:
        """Return the wire of a Python number, symbolic or plain."""
        return value.wire if isinstance(value, (SymInt, SymFloat)) else self.scalar(value)

    def ints(self, values: Iterable[int]) -> Wire:
        """Return the wire of a list of ints: a constant if all are plain."""
        items = tuple(v if isinstance(v, SymInt) else int(v) for v in values)
        if not any(isinstance(v, SymInt) for v in items):
            return self.constant(constants.numbers(items, constants.INT), items)
        return self.list([self.number(v) for v in items], constants.INT)

    def list(self, wires: Sequence[Wire], element: Type | None = None) -> Wire:
        """Record a list of values."""
        kind = element if element is not None else _joined([w.type for w in wires])
        return self.single("list.make", wires, None, ListType(kind))

    def unpacked(self, wire: Wire, types: Sequence[Type]) -> tuple[Wire, ...]:
        """Record taking a list apart."""
        return self.op("list.unpack", (wire,), None, types)

    def cast(self, wire: Wire, data_type: DataType) -> Wire:
        """Record a cast unless the wire has the data type already."""
        kind = wire.type
        assert isinstance(kind, TensorType), "only tensors have a data type"
        if kind.data_type is data_type:
            return wire
        if wire.constant is not None and kind.shape == () and wire.sample is not None:
            return self.scalar(wire.sample, data_type)
        made = self.single("cast", (wire,), {"dtype": data_type}, TensorType(data_type, kind.shape))
        made.sample = wire.sample
        return made

    def size(self, wire: Wire, axis: int) -> Any:
        """Return one size of a tensor: symbolic, unless no input can change it."""
        kind = wire.type
        assert isinstance(kind, TensorType), "an array is a tensor"
        assert kind.shape is not None, "examples have a shape"
        extent = kind.shape[axis]
        assert isinstance(extent, int), "examples have plain sizes"
        if not wire.varies:
            return extent
        axis = int(axis) % len(kind.shape)
        known = self.frame.sizes.get((wire, axis))
        if known is None:
            known = self.single("size", (wire,), {"dim": axis}, constants.INT)
            self.frame.sizes[wire, axis] = known
        return self.symbolic(known, extent)

    def shape(self, wire: Wire) -> tuple[int, ...]:
        """Return all sizes of a tensor."""
        kind = wire.type
        assert isinstance(kind, TensorType), "an array is a tensor"
        return tuple(self.size(wire, axis) for axis, _ in enumerate(kind.shape or ()))

    # ---- slots

    def read_slot(self, slot: Slot) -> Wire:
        """Return the present value of a parameter or buffer."""
        if slot.current is None:
            slot.current = Wire(slot.type, varies=not slot.is_parameter, slot=slot)
            self.slots.append(slot)
        for frame in self.frame.up():
            if slot in frame.entry:
                break
            frame.entry[slot] = slot.current
        return slot.current

    def write_slot(self, slot: Slot, wire: Wire) -> None:
        """Give a buffer a new value. Raises ProducerError for a parameter."""
        self.check_writable(slot)
        self.read_slot(slot)
        slot.current, slot.written = wire, True
        for frame in self.frame.up():
            frame.exit[slot] = wire

    def check_writable(self, slot: Slot) -> None:
        """Raise ProducerError for a parameter."""
        if slot.is_parameter:
            self.has_met_parameter_write = True
            raise self.error(
                "ALIASING",
                "the forward pass writes a parameter",
                "keep the new value in a local variable, or make it a buffer",
            )

    def symbolic(self, wire: Wire, value: Any) -> Any:
        """Return a Python number that remembers its wire."""
        return self.number_types[isinstance(value, float)](value, wire, self)

    # ---- reads

    def decide(self, wire: Wire, observed: bool, call: str = "bool") -> bool:  # a result
        """Record a branch decision and return its outcome, observed or chosen.

        A run that explores has one outcome for one value, however often the program asks.
        """
        if not wire.varies:
            return observed
        if self.outcomes is None:
            self.read("branch", wire, observed, call)
        elif wire not in self._decided:
            stack = places.stack()
            ask, outcome = self.outcomes.choose(stack, self.frame, observed)
            self._decided[wire] = outcome
            site = stack[0] if stack else None
            self.frame.events.append(Read("branch", wire, outcome, site, call, stack[1:], ask))
        return self._decided.get(wire, observed)

    def read(self, kind: str, wire: Wire, observed: Any, call: str) -> None:
        """Record that the program took a value out of a tensor or number."""
        if wire.varies:
            stack = places.stack() if self.is_running else tuple(filter(None, [self.outside]))
            self.frame.events.append(
                Read(kind, wire, observed, stack[0] if stack else None, call, stack[1:])
            )

    def unrecorded(self, call: str, hint: str) -> None:
        """Record, or with `strict` refuse, a call through which data leaves unseen."""
        if self.strict:
            raise self.error("UNRECORDED_READ", f"{call} takes data out of the trace", hint)
        self.frame.events.append(Read("unrecorded", None, None, self.here(), call))

    def error(self, code: str, what: str, hint: str = "") -> ProducerError:
        """Make an error at the user's present place, with the source line."""
        site = None if self.is_running else self.outside
        return places.error_at(site or places.here(), code, what, hint)


def _joined(types: Sequence[Type]) -> Type:
    """Return the element type of a list: equal data types, sizes dropped where they differ."""
    first = types[0]
    if not isinstance(first, TensorType) or first.shape is None:
        return first
    shape = list(first.shape)
    for kind in types[1:]:
        if not isinstance(kind, TensorType) or kind.shape is None or len(kind.shape) != len(shape):
            return TensorType(first.data_type, None)
        shape = [a if a == b else None for a, b in zip(shape, kind.shape, strict=True)]
    return TensorType(first.data_type, tuple(shape))
