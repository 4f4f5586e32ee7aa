"""Attributes, children and items of Python objects known at compile time."""

from __future__ import annotations

import difflib
import enum
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType
from tracescript.opset.dtypes import numpy_of
from tracescript.producer.script.containers.sequences import CHANGES
from tracescript.producer.script.emitter import objects
from tracescript.producer.script.emitter.entries import (
    Above,
    Bound,
    Empty,
    Items,
    Known,
    MethodOf,
    Struct,
)
from tracescript.producer.script.emitter.first_values import outside_dict, outside_value
from tracescript.producer.script.emitter.states import join_path

if TYPE_CHECKING:
    import ast

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.session import Session

_OUTSIDE = "a list that is made outside the function"
_OUTSIDE_TENSOR = "a tensor that is made outside the function"
_OF_DATA_TYPE = frozenset({"kind", "itemsize", "name", "char"})
_LISTS = frozenset({"ModuleList", "Sequential"})


class Members:
    """What a script sees when it looks into a Python object."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def entry_of(self, value: Any, path: str | None = None) -> Entry:
        """Return what a Python object found at compile time stands for."""
        value = objects.without_scalars(value, self._session.flavour)
        if isinstance(value, bool | int | float | str | type(None)) and not isinstance(
            value, enum.Enum
        ):
            return self._session.constant_entry(value)
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return Items(tuple(self.entry_of(x) for x in value))
        if (
            isinstance(value, list)
            and path is None
            and all(isinstance(x, bool | int | float | str) for x in value)
        ):
            parts = tuple(self.entry_of(x) for x in value)
            return (
                Items(parts, is_list=True, outside=_OUTSIDE) if value else Empty(outside=_OUTSIDE)
            )
        if inspect.ismethod(value) and not isinstance(value.__self__, type):
            return MethodOf(Known(value.__self__), value.__func__)
        return Known(value, path)

    def attribute(self, e: Emitter, owner: Known, node: ast.Attribute) -> Entry:
        """`owner.name` of a known object."""
        name = node.attr
        if isinstance(owner.value, Above):
            return e.session.structs.above(e, owner.value, name, node)
        if isinstance(owner.value, Struct):
            return e.session.structs.member(e, owner.value, name, node.value)
        if isinstance(owner.value, set | frozenset):
            return e.session.structs.member(e, e.session.set_of(e, owner), name, node.value)
        key = e.session.states.key(e, owner, name)
        if key is not None:
            return e.session.states.read(e, key, name)
        if self._session.is_model(owner):
            return MethodOf(owner, name)
        if objects.is_module(owner.value) or isinstance(owner.value, super):
            return self._of_module(e, owner, node)
        if isinstance(owner.value, list | dict) and name in {"items", "keys", "values"}:
            return Known(getattr(owner.value, name))
        outside = self._outside(e, owner, name)
        if outside is not None:
            return Bound(outside, name, node.value)
        if (
            isinstance(owner.value, DataType)
            and name in _OF_DATA_TYPE
            and e.frame.flavour == "numpy"
        ):
            return self._session.constant_entry(getattr(numpy_of(owner.value), name))
        found = self._raw(owner.value, name)
        if isinstance(found, property) and not isinstance(owner.value, objects.LIMITS):
            return self._session.call_python(e, found.fget, [], {}, owner=owner)
        if not hasattr(owner.value, name):
            if objects.is_array(owner.value):
                return Bound(e.value(owner), name, node.value)
            near = difflib.get_close_matches(name, dir(owner.value), 1)
            raise e.error(
                node,
                f"{e.describe(owner)} has no attribute {name!r}",
                rule="SCRIPT-3",
                hint=f"did you mean {near[0]}?" if near else "set it before ts.script",
            )
        value = getattr(owner.value, name)
        if inspect.ismethod(value):
            return MethodOf(
                owner if not isinstance(value.__self__, type) else Known(value.__self__),
                value.__func__,
            )
        path = join_path(owner.path, name) if owner.path is not None else None
        return self.entry_of(value, path if path is not None and _is_kept(value) else None)

    def _outside(self, e: Emitter, owner: Known, name: str) -> Entry | None:
        """Return a dict, or a list that is changed, as what the program could have made."""
        if isinstance(owner.value, dict):
            return outside_dict(e, owner)
        is_changed = isinstance(owner.value, list) and name in CHANGES
        return outside_value(e, owner) if is_changed else None

    def _raw(self, value: Any, name: str) -> Any:
        """Return what the class of an object holds under a name, descriptors as they are."""
        classes = (value if isinstance(value, type) else type(value)).__mro__
        return next((vars(c)[name] for c in classes if name in vars(c)), None)

    def _of_module(self, e: Emitter, owner: Known, node: ast.Attribute) -> Entry:
        module, name = owner.value, node.attr
        raw = self._raw(module, name) if not isinstance(module, super) else None
        if isinstance(raw, property):
            return self._session.calls.getter(e, raw.fget, owner, name)
        if isinstance(raw, staticmethod):
            return Known(raw.__func__)
        try:
            value = getattr(module, name)
        except AttributeError:
            raise e.error(
                node,
                f"{type(module).__name__} has no attribute {name!r}",
                rule="SCRIPT-3",
                hint="set it in __init__",
            ) from None
        if inspect.ismethod(value):
            found = value.__self__
            same = found is module or isinstance(module, super)
            return MethodOf(Known(found, owner.path) if same else Known(found), value.__func__)
        if not isinstance(module, super):
            self._session.hosts.watched[id(module), name] = module
        path = join_path(owner.path, name) if owner.path is not None and _is_kept(value) else None
        return self.entry_of(value, path)

    # ------------------------------------------------------------------ containers of modules
    def children(self, entry: Known) -> tuple[Entry, ...] | None:
        """Return the modules of a ModuleList or Sequential, names of a ModuleDict, else None."""
        value = entry.value
        if not objects.is_module(value):
            return None
        kinds = {c.__name__ for c in type(value).__mro__}
        named = self._named(value)
        if kinds & _LISTS:
            return tuple(
                Known(c, None if entry.path is None else join_path(entry.path, n)) for n, c in named
            )
        if kinds & {"ModuleDict", "ParameterDict"}:
            return tuple(self._session.constant_entry(n) for n, _ in named)
        if "ParameterList" in kinds:
            found = self._session.parts(value)[0]
            return tuple(
                Known(p, None if entry.path is None else join_path(entry.path, n))
                for n, p, _ in found
            )
        return None

    def child_at(self, e: Emitter, owner: Known, index: Any) -> Entry:
        """`modules[i]`, `modules["name"]`, or an item of a known list or dict."""
        value = owner.value
        found = self.children(owner)
        has_names = bool(found) and not any(isinstance(x, Known) for x in found or ())
        if objects.is_module(value) and (isinstance(index, str) or has_names):
            found_child = self.child_of(owner, index)
            if found_child is not None:
                return found_child
            names = ", ".join(n for n, _ in self._named(value)[:8])
            raise e.error(None, f"no module {index!r}", rule="SCRIPT-3", hint=f"there are: {names}")
        if found is not None:
            try:
                return Items(found[index]) if isinstance(index, slice) else found[index]
            except (IndexError, TypeError):
                raise e.error(
                    None, f"no item {index!r} in {len(found)} modules", rule="SCRIPT-3"
                ) from None
        try:
            return self.entry_of(value[index])
        except (KeyError, IndexError, TypeError) as error:
            raise e.error(
                None,
                f"no item {index!r} in {e.describe(owner)}: {type(error).__name__}",
                rule="SCRIPT-3",
            ) from None

    def child_of(self, owner: Known, name: str) -> Known | None:
        """Return what a module holds under a name: a submodule, an item of a ParameterDict."""
        for own, child in self._named(owner.value):
            if own == name:
                return Known(child, None if owner.path is None else join_path(owner.path, own))
        return None

    def _named(self, module: Any) -> list[tuple[str, Any]]:
        """Return the named parts of a container: parameters of a ParameterDict, else submodules."""
        parameters, _, children = self._session.parts(module)
        if any(c.__name__ == "ParameterDict" for c in type(module).__mro__):
            return [(n, p) for n, p, _ in parameters]
        return children

    def module_items(self, owner: Known, method: str) -> tuple[Entry, ...] | None:
        """Return what `.items()`, `.values()`, `.keys()` and `.children()` run over."""
        parts = self._named(owner.value)
        known = [
            (
                self._session.constant_entry(n),
                Known(c, None if owner.path is None else join_path(owner.path, n)),
            )
            for n, c in parts
        ]
        if method in {"items", "named_children"}:
            return tuple(Items(pair) for pair in known)
        if method in {"values", "children"}:
            return tuple(c for _, c in known)
        return tuple(n for n, _ in known) if method == "keys" else None

    # ------------------------------------------------------------------ arrays
    def array_value(self, e: Emitter, entry: Known, what: str) -> Value:
        """Return a bound weight of the module, or a constant: an array, container or record."""
        value = entry.value
        if not objects.is_array(value):
            data_type = objects.data_type_of_object(value)
            if data_type is not None:
                return e.constant(data_type)
            outside = outside_value(e, entry)
            if outside is not None:
                return outside
            raise e.error(
                None, f"{what} is {e.describe(entry)}; it cannot be computed with at run time"
            )
        try:
            constant = self._session.arrays.of(value)
        except TypeError as error:
            raise e.error(None, str(error), rule="SCRIPT-9") from None
        path = (
            entry.path if entry.path is not None else self._session.find_array(e.unit.module, value)
        )
        if path:
            is_new = path not in e.unit.bound
            made = e.unit.bound_value(path, constant)
        else:
            key = ("array", id(value), None)
            is_new = key not in e.unit.constants
            if is_new:
                e.unit.constants[key] = e.builder.constant(constant)
            made = e.unit.constants[key]
        if is_new:
            e.session.aliases.given(made, _OUTSIDE_TENSOR)
        return made


def _is_kept(value: Any) -> bool:
    """Whether an attribute has a path of its own: modules, models and arrays."""
    return (
        objects.is_module(value)
        or getattr(value, "__tracescript_model__", False) is True
        or objects.is_array(value)
    )


def data_type_of(e: Emitter, entry: Entry) -> DataType:
    """Return the data type an entry stands for; an error if it is none."""
    found = data_type_if(entry)
    if found is None:
        raise e.error(
            None,
            f"a data type is expected, found {e.describe(entry)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="torch.float32, numpy.int64 and the like, known at compile time",
        )
    return found


def data_type_if(entry: Entry) -> DataType | None:
    """Return the data type an entry stands for, None if it is none."""
    if isinstance(entry, Known):
        return objects.data_type_of_object(entry.value)
    constant = getattr(entry, "constant", None)
    return (
        objects.data_type_of_object(constant.value)
        if constant is not None and isinstance(constant.value, str)
        else None
    )
