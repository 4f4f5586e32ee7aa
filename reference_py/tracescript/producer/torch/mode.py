"""The mode that sees torch's public calls, and how each is run and recorded."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.overrides import TorchFunctionMode

from tracescript.errors import TsError
from tracescript.producer.torch import choices, names
from tracescript.producer.trace import cells, failures, layout, lowering, watching
from tracescript.producer.trace.matching import Match, match
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor
    from tracescript.producer.trace.tape import Wire

_EQUAL: Final = {"__eq__": False, "__ne__": True}
"""What a comparison with a thing that torch does not know gives: Python asks whether it is it."""
_RESHAPES: Final = frozenset({"reshape", "flatten"})
"""Ops whose call gives a view where the memory allows one, else a copy."""


class Mode(TorchFunctionMode):  # type: ignore[misc]  # torch is not typed here
    """Hands every call to `run`, with itself switched off."""

    def __init__(self, door: TorchDoor) -> None:
        super().__init__()
        self.door = door
        self.is_paused = False
        self._open: list[Any] = []

    def __torch_function__(
        self,
        func: Any,
        _types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if self.is_paused:
            return func(*args, **(kwargs or {}))
        try:
            return run(self.door, func, tuple(args), dict(kwargs or {}))
        except Exception as error:
            if isinstance(error, TsError) or _follows(self.door, (args, kwargs)):
                failures.note(self.door.recorder, names.called(func), error)
            raise

    def taken_apart(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a copy of a Python function of torch that calls smaller ones."""
        if function in self._open:
            raise names.unknown(self.door, function)
        self._open.append(function)
        try:
            return self.inside(names.unhooked(function), *args, **kwargs)
        finally:
            self._open.pop()

    def as_op(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Run a call that a lowering leaves to the op of its name."""

        def quiet(*args: Any, **kwargs: Any) -> Any:
            with self.door.paused():
                return function(*args, **kwargs)

        found = _match(self.door, function, args, kwargs)
        if found is None:
            raise names.unknown(self.door, function)
        return _recorded(self.door, quiet, found, args, kwargs)

    def inside(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function of Python with its calls seen: a lowering into other calls."""
        with self:
            return function(*args, **kwargs)


def run(door: TorchDoor, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run one torch call and record what it means. Spec: TRACE-2.

    Raises ProducerError with UNKNOWN_CALL for a function that is no op and cannot be taken apart.
    """
    from tracescript.producer.torch import adapted, reads, special

    name = getattr(function, "__name__", "")
    if name in {"__get__", "__set__"}:
        return reads.attribute(door, function, args)
    if isinstance(kwargs.get("out"), torch.Tensor):
        return _into(door, function, args, kwargs)
    adapter = adapted.adapter(name, function, args)
    if adapter is not None:
        return door.mode.inside(adapter, *args, **kwargs)
    handler = special.handler(function)
    if handler is not None:
        args, kwargs = special.bound(door, handler, function, args, kwargs)
        return door.mode.inside(handler, door, *args, **kwargs)
    if name in reads.READS:
        return reads.READS[name](door, *args, **kwargs)
    if name in names.QUIET:
        return function(*plain(args), **plain(kwargs))
    found = _match(door, function, args, kwargs)
    if found is not None:
        return _recorded(door, function, found, args, kwargs)
    if inspect.isfunction(function) and (function.__module__ or "").startswith("torch"):
        return door.mode.taken_apart(function, args, kwargs)
    plain_form = names.out_of_place(name)
    if plain_form is not None and isinstance(args[0], torch.Tensor):
        return _in_place(door, function, plain_form, args, kwargs)
    if not _has_tensor(door, (args, kwargs)):
        return made(door, watching.fixed(door, function, *args, **kwargs))
    if name in _EQUAL and function(*plain(args)) is NotImplemented:
        return _EQUAL[name]
    raise names.unknown(door, function)


def _match(
    door: TorchDoor, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Match | None:
    from tracescript.producer.torch.fixups import fixed_up

    candidates = names.candidates(function)
    if not candidates:
        return None
    given, named = args, kwargs
    if inspect.isfunction(function) and kwargs:
        given, named = names.positional(function, args, kwargs)
    found = match(candidates, given, named, door)
    return None if found is None else fixed_up(door, found)


def _recorded(
    door: TorchDoor, function: Any, found: Match, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    for tensor in _tensors(door, (args, kwargs)):
        door.wire(tensor)
    is_in_place = found.in_place or bool(found.extra.get("inplace"))
    target = args[0] if is_in_place else None
    if target is not None:
        cells.check_writable(door.recorder, door.cell(target))
    result = choices.ours(door, function, found, function(*plain(args), **plain(kwargs)))
    several = isinstance(result, (tuple, list))
    results = list(result) if several else [result]
    wires = lowering.record(door, found, results)
    if target is not None:
        write(door, target, wires[0])
        return result
    for tensor, wire in zip(results, wires, strict=True):
        if isinstance(tensor, torch.Tensor):
            adopt(door, tensor, wire, args)
    if found.op.name in _RESHAPES and isinstance(result, torch.Tensor):
        layout.doubt(door, door.cell(args[0]), door.cell(result), reshapes=True)
    if several or isinstance(result, torch.Tensor):
        return result
    return door.recorder.symbolic(wires[0], result) if type(result) in {int, float} else result


def _in_place(
    door: TorchDoor, function: Any, plain_form: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> torch.Tensor:
    """Record a method that writes into its tensor by the method that does not."""
    target: torch.Tensor = args[0]
    cells.check_writable(door.recorder, door.cell(target))
    made = door.mode.inside(plain_form, *args, **kwargs)
    with door.paused():
        if made.shape != target.shape:
            raise names.unknown(door, function)
        function(*plain(args), **plain(kwargs))
    write(door, target, door.wire(made))
    return target


def _into(
    door: TorchDoor, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> torch.Tensor:
    """Record a call that puts its result into a tensor of the same sizes."""
    target: torch.Tensor = kwargs.pop("out")
    made = door.mode.inside(function, *args, **kwargs)
    if made.shape != target.shape:
        raise names.unknown(door, function)
    written: torch.Tensor = door.mode.inside(target.copy_, made)
    return written


def write(door: TorchDoor, target: torch.Tensor, wire: Wire) -> None:
    """Give a tensor that was written in place its new value."""
    kind = door.type_of(target).data_type
    cells.write(door.recorder, door.cell(target), door.recorder.cast(wire, kind))


def adopt(door: TorchDoor, tensor: torch.Tensor, wire: Wire, sources: Any) -> None:
    """Bind a result to its wire; one that shares its storage with a source is a view of it."""
    given = _tensors(door, sources)
    if any(tensor is source for source in given):
        door.cell(tensor).wire = wire
        return
    with torch._C.DisableTorchFunction():  # noqa: SLF001  # torch has no public way
        storage = _storage(tensor)
        shared = next((s for s in given if _storage(s) == storage), None) if storage else None
    if shared is None:
        door.bind(tensor, cells.Cell(wire))
    else:
        door.bind(tensor, cells.view(door.cell(shared), wire))


def _storage(tensor: torch.Tensor) -> int:
    """Return where the elements of a tensor lie, 0 where that is no one place."""
    if tensor.layout is not torch.strided:
        return 0
    where: int = tensor.untyped_storage().data_ptr()
    return where


def one_op(
    door: TorchDoor, call: Any, op: str, x: torch.Tensor, dims: tuple[int, ...]
) -> torch.Tensor:
    """Run and record an op with an axis list."""
    wire = door.wire(x)
    with door.paused():
        result = call(x, plain(dims))
    made_wire = door.recorder.single(op, (wire,), {"dim": tuple(dims)}, door.type_of(result))
    adopt(door, result, made_wire, (x,))
    return result


def sized_op(
    door: TorchDoor, call: Any, op: str, x: torch.Tensor, sizes: Sequence[int]
) -> torch.Tensor:
    """Run and record an op with a list of sizes as second input; a size may be a 0-d tensor."""
    wire = door.wire(x)
    sizes = [followed(door, size) for size in sizes]
    with door.paused():
        result = call(x, plain(tuple(sizes)))
    inputs = (wire, door.recorder.ints(sizes))
    adopt(door, result, door.recorder.single(op, inputs, None, door.type_of(result)), (x,))
    return result


def followed(door: TorchDoor, number: Any) -> Any:
    """Return a tensor of one element as a number that stays followed; anything else as it is."""
    if not isinstance(number, torch.Tensor):
        return number
    kind = "float" if number.is_floating_point() else "int"
    with door.paused():
        value = float(number) if kind == "float" else int(number)
    return door.recorder.symbolic(door.item(number, kind), value)


def made(door: TorchDoor, result: Any) -> Any:
    """Take in a tensor that the program made of Python values: a constant it may write."""
    if isinstance(result, torch.Tensor):
        door.bind(result, cells.Cell(door.constant(result)))
    return result


def _tensors(door: TorchDoor, value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [t for v in value for t in _tensors(door, v)]
    return []


def _follows(door: TorchDoor, value: Any) -> bool:
    """Tell whether what a call is given may differ in another call of the program."""
    known = [t for t in _tensors(door, value) if door.is_known(t)]
    return watching.holds(value, watching.SYMBOLS) or any(door.wire(t).varies for t in known)


def _has_tensor(door: TorchDoor, value: Any) -> bool:
    return bool(_tensors(door, value))
