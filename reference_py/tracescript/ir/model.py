"""The whole model: functions, the module tree, states, and the sections beside the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.ir.graph import Function
    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant, Weight

FIXED: Final = "fixed: "
"""Starts a key of metadata that says why a size is fixed; `METHOD, input x[*], axis 0` follows."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A value that calls may change; `name` is a dotted path, unique in the model.

    `kind` is `buffer`, `attribute` or `random`. Spec: STATE-1.
    """

    name: str
    type: Type
    initial: Constant
    kind: str = "buffer"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named weight of a module."""

    name: str
    weight: Weight
    trainable: bool = True


@dataclass(frozen=True, slots=True)
class Buffer:
    """A named tensor that is no parameter: a Weight, or a State if some method writes it."""

    name: str
    value: Weight | State
    persistent: bool = True


@dataclass(frozen=True, slots=True)
class ModuleAttribute:
    """A plain attribute of a module: a Constant, or a State if some method writes it."""

    name: str
    value: Constant | State


@dataclass(frozen=True, slots=True)
class Submodule:
    """A named child. A module reachable under two names is one object."""

    name: str
    module: Module


@dataclass(frozen=True, slots=True)
class Method:
    """A function with a module's weights and states filled in.

    `bound` are Constants for the function's bound inputs in order, `states` the States of its
    state inputs in order. Spec: GRAPH-12.
    """

    name: str
    function: str
    exported: bool
    bound: tuple[Constant, ...] = ()
    states: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A node of the module tree. Compared by identity."""

    class_name: str
    parameters: tuple[Parameter, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    attributes: tuple[ModuleAttribute, ...] = ()
    submodules: tuple[Submodule, ...] = ()
    methods: tuple[Method, ...] = ()
    training: bool = False

    def method(self, name: str) -> Method | None:
        """Return the method of this name, or None."""
        return next((m for m in self.methods if m.name == name), None)

    def child(self, name: str) -> Module | None:
        """Return the submodule of this name, or None."""
        return next((s.module for s in self.submodules if s.name == name), None)

    def walk(self, path: str = "") -> Iterator[tuple[str, Module]]:
        """Yield (dotted path, module) pre-order; a shared module comes once, first path first."""
        seen: set[Module] = set()
        todo = [(path, self)]
        while todo:
            where, module = todo.pop()
            if module in seen:
                continue
            seen.add(module)
            yield where, module
            todo += [
                (f"{where}.{s.name}" if where else s.name, s.module)
                for s in reversed(module.submodules)
            ]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source file that places point into; directories removed."""

    name: str
    text: str = ""
    sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class ExtraFile:
    """A small named side file; never opened or run by a loader."""

    name: str
    content: bytes
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class CodeUnit:
    """Program text in the code language; `spans` are (function name, begin, end) in UTF-8 bytes."""

    name: str
    text: str
    spans: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedValue:
    """An expected output: a run-time value and, for float tensors, the largest allowed difference.

    `bound` is None for equal, else a float64 array of the value's shape or of shape (); for a list,
    tuple or struct a tuple with the bound of each element, for a dict with that of each value, or
    one number for all of them.
    `alternatives` are other results that are right as a whole.
    """

    value: Any
    bound: Any = None
    zero_sign: bool = False
    alternatives: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ExampleCall:
    """A call and its outcome: expected outputs, or the name of an error code.

    `inputs` are (name, value) pairs, the name empty for by position.
    """

    method: str
    inputs: tuple[tuple[str, Any], ...]
    outputs: tuple[ExpectedValue, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """Calls in order on one fresh instance, so that state is covered."""

    name: str
    calls: tuple[ExampleCall, ...]


class _Referable:
    """Lets others refer to a model without keeping it alive."""

    __slots__ = ("__weakref__",)


@dataclass(frozen=True, slots=True, eq=False)
class Model(_Referable):
    """A program with its module tree. Functions stand callees first, names are unique."""

    name: str
    functions: tuple[Function, ...]
    root: Module
    producer: tuple[str, str] = ("tracescript", "")
    producer_sources: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    examples: tuple[Example, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    extra_files: tuple[ExtraFile, ...] = ()
    by_name: dict[str, Function] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {f.name: f for f in self.functions})

    def function(self, name: str) -> Function:
        """Return the function of this name. Raises KeyError."""
        return self.by_name[name]
