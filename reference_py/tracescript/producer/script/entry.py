"""Where a program is entered: a function, or the exported methods of a module."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.ir.types import (
    ListType,
    OptionalType,
    StructType,
    TupleType,
    UnionType,
)
from tracescript.opset.build import constant_of as constant_of_object
from tracescript.producer.marks import mark_of
from tracescript.producer.script.calls.functions import run_body
from tracescript.producer.script.calls.pycalls import refuse_hooks
from tracescript.producer.script.containers.choices import has_type_test, member_of
from tracescript.producer.script.containers.enums import enum_type, is_enum, learn_classes
from tracescript.producer.script.containers.unions import are_told_apart, is_union, members_of
from tracescript.producer.script.emitter.core import Emitter
from tracescript.producer.script.emitter.diagnostics import describe_type
from tracescript.producer.script.emitter.entries import Known
from tracescript.producer.script.emitter.frame import flavour_of, flavour_of_file
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.emitter.size_marks import TUPLE
from tracescript.producer.script.emitter.unit import Unit, is_module_object
from tracescript.producer.script.emitter.units import finish, open_parameters
from tracescript.producer.script.source.annotations import (
    OPEN,
    filled,
    hints_of,
    is_open_tuple,
    type_of_annotation,
    type_of_object,
)
from tracescript.producer.script.source.type_comments import comments_of, written_types
from tracescript.producer.source import unwrapped

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant
    from tracescript.producer.script.emitter.facts import Facts
    from tracescript.producer.script.emitter.unit import Compiled
    from tracescript.producer.script.session import Session

_NO_ROOTS: frozenset[str] = frozenset()


@dataclass(slots=True)
class Entrance:
    """One function a loader can call; `open_names` are parameters without a given data type.

    An open parameter counts as float32; whatever cannot take that says so with a RestartError.
    """

    function: Any
    module: Any
    method: str
    model_name: str
    flavour: str
    open_names: tuple[str, ...] = ()
    captures: dict[str, Any] = field(default_factory=dict)

    def compile(self, session: Session, types: dict[str, Any]) -> Compiled:
        """Compile the function for its declared or assumed types."""
        name = f"{self.model_name}.{self.method}" if self.module is not None else self.model_name
        unit = Unit(name, self.module)
        frame = session.calls.frame(self.function, self.module, self.flavour)
        e = Emitter(session, unit, frame)
        plain = unwrapped(self.function)
        signature = inspect.signature(plain, follow_wrapped=False)
        parameters = list(signature.parameters.values())
        session.states.enter(e, self.module)
        if self.module is not None:
            refuse_hooks(e, self.module)
            e.scope[frame.key(frame.first_parameter)] = Known(self.module, "")
            parameters = parameters[1:]
        hints = {} if hasattr(plain, "__wrapped__") else hints_of(plain)
        comments = comments_of(frame.source, frame.definition)
        if hasattr(plain, "__wrapped__"):
            comments = written_types(frame.definition)
        if hints.get("return") is not None:
            frame.annotations["return"] = type_of_object(hints["return"])
        self._check_types(types, parameters)
        kinds: dict[str, tuple[Type, frozenset[str]]] = {}
        defaults: dict[str, Constant] = {}
        for p in parameters:
            said = comments.parameters.get(p.name)
            if said is not None and p.name not in hints:
                hints[p.name] = type_of_annotation(e, said)
            kind, is_open = self._kind(p, types, hints, session)
            kinds[p.name] = kind, frozenset({p.name}) if is_open else _NO_ROOTS
            if p.default is not inspect.Parameter.empty:
                default = _default(session, p)
                if default is not None:
                    defaults[p.name] = default
        self.open_names = tuple(n for n, (_, roots) in kinds.items() if roots)
        params = open_parameters(e, kinds, defaults)
        for p, (_, value) in zip(parameters, params, strict=True):
            said = types.get(p.name, hints.get(p.name))
            if is_open_tuple(said):
                session.list_kinds.note(value, TUPLE)
            if is_enum(said) and kinds[p.name][0] == enum_type(said):
                key = frame.key(p.name)
                e.scope[key] = member_of(e, said, e.scope[key])
        compiled = finish(e, params, run_body(e, frame), session.calls.linker)
        self.captures = unit.captures
        return compiled

    def _check_types(self, types: dict[str, Any], parameters: list[inspect.Parameter]) -> None:
        known = {p.name for p in parameters}
        unknown = [n for n in types if n not in known and not n.endswith("()")]
        if unknown and self.method in {"forward", self.model_name}:
            raise ProducerError(
                f"types: no parameter {unknown[0]!r}",
                code="TYPE_INFERENCE",
                where=self.model_name,
                rule="SCRIPT-13",
                hint=f"parameters: {', '.join(p.name for p in parameters)}",
            )

    def _kind(
        self, p: inspect.Parameter, types: dict[str, Any], hints: dict[str, Any], session: Session
    ) -> tuple[Type, bool]:
        """Return a parameter's type, and whether its data type is still open."""
        if p.kind in {p.VAR_POSITIONAL, p.VAR_KEYWORD}:
            raise ProducerError(
                f"{self.model_name}: the parameter *{p.name} has no fixed number of values",
                code="UNSUPPORTED_PYTHON",
                rule="SCRIPT-13",
                hint="name the parameters, or take a list",
            )
        given = types.get(p.name)
        learn_classes(session, hints.get(p.name) if given is None else given)
        kind = type_of_object(given) if given is not None else None
        if given is not None and kind is None:
            raise ProducerError(
                f"types: {given!r} is no type",
                code="TYPE_INFERENCE",
                where=p.name,
                rule="SCRIPT-13",
            )
        if kind is not None and not (isinstance(given, str) and given == "Tensor"):
            return _with_none(kind, p), False
        kind = type_of_object(hints[p.name]) if p.name in hints else None
        if kind is None:
            kind = _of_default(p)
        is_told = session.facts.asks_types or self._asks_types(session, hints.get("return"))
        if is_told and sum(isinstance(m, StructType) for m in members_of(kind)) > 1:
            raise _alike(self.model_name, p.name, kind)
        kind = kind if is_told and _is_fixed(kind) else _one_of(kind)
        return self._settled(_with_none(kind, p), p.name, session.facts)

    def _asks_types(self, session: Session, gives: Any) -> bool:
        """Whether the function asks for types, or gives values of several."""
        definition = session.definitions.of(self.function).definition
        return has_type_test(definition) or is_union(type_of_object(gives))

    def _settled(self, kind: Type, name: str, facts: Facts) -> tuple[Type, bool]:
        """Put a learned data type where it was open."""
        if not _has_open(kind):
            return kind, False
        known = facts.data_types.get(name)
        if known is not None:
            return filled(kind, known), False
        return kind, True

    def notes(self, facts: Facts) -> list[str]:
        """Say which parameters became float32 for want of anything better."""
        return [
            f"{self.model_name}: nothing determines the data type of {n!r}; it is float32."
            f' To choose: types={{"{n}": "float64[...]"}}'
            for n in self.open_names
            if n not in facts.data_types
        ]


def _with_none(kind: Type, p: inspect.Parameter) -> Type:
    """A parameter whose default is None may be None, whatever else its type says."""
    if p.default is not None or isinstance(kind, OptionalType) or kind == constants.NONE:
        return kind
    return OptionalType(kind)


def _has_open(kind: Type) -> bool:
    if isinstance(kind, ListType | OptionalType):
        return _has_open(kind.element)
    if isinstance(kind, TupleType):
        return any(map(_has_open, kind.elements))
    return kind is OPEN


def _is_fixed(kind: Type) -> bool:
    """Whether values of a type tell what they are, without a data type that is open."""
    return is_union(kind) and not any(map(_has_open, members_of(kind))) and are_told_apart(kind)


def _alike(function: str, name: str, kind: Type) -> ProducerError:
    shown = " and ".join(describe_type(m) for m in members_of(kind))
    return ProducerError(
        f"{function}: nothing tells {shown} apart where {name!r} comes from a caller",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="take one class with a field that says which it is",
    )


def _one_of(kind: Type) -> Type:
    """A parameter whose type nothing asks for has one: a tensor, or the first."""
    if isinstance(kind, OptionalType):
        return OptionalType(_one_of(kind.element))
    if not isinstance(kind, UnionType):
        return kind
    return OPEN if OPEN in kind.members else kind.members[0]


def _of_default(p: inspect.Parameter) -> Type:
    """A parameter without annotation: what its default says, else a tensor."""
    if p.default is None:
        return OptionalType(OPEN)
    if p.default is not p.empty and type(p.default) in {bool, int, float, str}:
        return constants.scalar(p.default).type
    return OPEN


def _default(session: Session, p: inspect.Parameter) -> Constant | None:
    found = session.entry_of(p.default)
    if isinstance(p.default, tuple):
        try:
            return constant_of_object(p.default)
        except TypeError:
            return None
    return getattr(found, "constant", None)


def entrance_of(f: Any) -> list[Entrance]:
    """Return the methods of a module, or a function, as entrances; else ProducerError."""
    f = getattr(f, "_torchdynamo_inline", f)
    if is_module_object(f):
        name = type(f).__qualname__.rpartition("<locals>.")[2]
        if hasattr(f, "_c"):
            raise ProducerError(
                f"{name} is compiled by torch.jit: its Python is not there",
                code="UNSUPPORTED_PYTHON",
                rule="SCRIPT-2",
                hint="give the module that torch.jit.script or torch.jit.trace was given",
            )
        methods = [n for n in dir(type(f)) if mark_of(getattr(type(f), n, None)) == "export"]
        forward = getattr(type(f), "forward", None)
        if forward is not None and not (methods and forward.__name__ == "_forward_unimplemented"):
            methods = ["forward", *(n for n in methods if n != "forward")]
        door = torch_door()
        functions = {
            m: getattr(type(f), m) if door is None else door.rewritten(getattr(type(f), m))
            for m in methods
        }
        home = "numpy" if getattr(f, "__tracescript_module__", False) is True else "torch"
        return [Entrance(functions[m], f, m, name, flavour_of(functions[m], home)) for m in methods]
    if inspect.ismethod(f) and is_module_object(f.__self__):
        name = type(f.__self__).__qualname__.rpartition("<locals>.")[2]
        return [Entrance(f.__func__, f.__self__, f.__name__, name, flavour_of(f.__func__, "torch"))]
    if inspect.isfunction(f):
        name = f.__qualname__.rpartition("<locals>.")[2] if f.__name__ != "<lambda>" else "function"
        flavour = flavour_of(f, flavour_of_file(f))
        return [Entrance(f, None, "forward", name.rpartition(".")[2], flavour)]
    raise ProducerError(
        f"{getattr(f, '__qualname__', None) or type(f).__name__} cannot be scripted",
        code="UNSUPPORTED_PYTHON",
        rule="SCRIPT-1",
        hint="give a function or a module instance",
    )
