"""Rules of names, and of what stands beside the program under a name."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir import dims
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.module_rules import members, repeated
from tracescript.validator.sites import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope

LONGEST_NAME = 1024
"""In bytes of UTF-8."""
_NOT_IN_A_FILE_NAME = frozenset('/\\:*?"<>|')


def name_fault(name: str, *, may_be_empty: bool = False) -> str:
    """Say what is wrong with a name; empty if nothing is."""
    if not name:
        return "" if may_be_empty else "a name is empty"
    if len(name) <= LONGEST_NAME and name.isascii() and name.isprintable():
        return ""
    if any(ord(c) < ord(" ") or "\x7f" <= c <= "\x9f" for c in name):
        return f"name {name[:60]!r} has a control character"
    if any("\ud800" <= c <= "\udfff" for c in name):
        return f"name {name[:60]!r} has a surrogate"
    count = len(name.encode())
    if count > LONGEST_NAME:
        return f"a name has at most {LONGEST_NAME} bytes, found {count}: {name[:60]!r}..."
    return ""


def _names(scope: Scope) -> Iterator[tuple[str, str, int | None, str, bool]]:
    """Yield the parts of the `Spot` of every name, the name, and whether it may be empty."""
    yield "model", "", None, scope.model.name, True
    for i, sites in enumerate(scope.functions):
        yield "functions", "", i, sites.function.name, False
        for j, one in enumerate(sites.function.inputs):
            yield sites.where, ".inputs", j, one.name, False
        for j, output in enumerate(sites.function.outputs):
            yield sites.where, ".outputs", j, output.name, True
    for where, module in scope.modules:
        yield where, "", None, module.class_name, True
        for name in members(module):
            yield where, "", None, name, False
        for i, method in enumerate(module.methods):
            yield where, ".methods", i, method.name, False
    for state, where in scope.states.items():
        yield where, "", None, state.name, False
    for i, (key, _) in enumerate(scope.model.metadata):
        yield "metadata", "", i, key, False
    yield from _type_names(scope)


def _type_names(scope: Scope) -> Iterator[tuple[str, str, int | None, str, bool]]:
    seen: set[str] = set()
    for kind, spot in scope.types.items():
        names: list[str] = []
        if isinstance(kind, ir.StructType):
            names = [kind.name, *(name for name, _ in kind.fields)]
        elif isinstance(kind, ir.TensorType):
            names = [symbol.name for dim in kind.shape or () for symbol in dims.symbols(dim)]
        for name in names:
            if name not in seen:
                seen.add(name)
                yield spot.where, "", None, name, False


def graph_8_function_names(scope: Scope) -> Iterator[Fault]:
    """GRAPH-8: Functions of one model MUST have different names."""
    for i, sites in enumerate(scope.functions):
        first = scope.position[sites.function.name]
        if first != i:
            what = f"{sites.function.name!r} is the name of function {first} as well"
            yield Fault("BAD_NAME", f"functions[{i}]", what)


def graph_9_input_and_output_names(scope: Scope) -> Iterator[Fault]:
    """GRAPH-9: Inputs of one function MUST have different names, and so MUST its named outputs."""
    for sites in scope.functions:
        for part, names in (
            ("inputs", [one.name for one in sites.function.inputs]),
            ("outputs", [output.name for output in sites.function.outputs if output.name]),
        ):
            for name in repeated([n for n in names if n]):
                what = f"{name!r} is the name of {names.count(name)} {part}"
                yield Fault("BAD_NAME", f"{sites.where}.{part}", what)


def graph_23_plain_names(scope: Scope) -> Iterator[Fault]:
    """GRAPH-23: A name MUST have 1 to 1024 bytes of UTF-8 and no control character."""
    for owner, part, number, name, may_be_empty in _names(scope):
        what = name_fault(name, may_be_empty=may_be_empty)
        if what:
            yield Fault("BAD_NAME", Spot(owner, part, number).where, what)


def graph_24_no_dot(scope: Scope) -> Iterator[Fault]:
    """GRAPH-24: The name of a member or a method MUST NOT contain a dot."""
    for where, module in scope.modules:
        for name in (*members(module), *(method.name for method in module.methods)):
            if "." in name:
                yield Fault("BAD_NAME", where, f"{name!r} contains a dot", "dots separate modules")


def graph_25_metadata_keys(scope: Scope) -> Iterator[Fault]:
    """GRAPH-25: Metadata keys MUST be sorted and different."""
    keys = [key for key, _ in scope.model.metadata]
    for i, (before, key) in enumerate(itertools.pairwise(keys), 1):
        if key == before:
            yield Fault("BAD_NAME", f"metadata[{i}]", f"key {key!r} is there twice")
        elif key < before:
            yield Fault("BAD_NAME", f"metadata[{i}]", f"key {key!r} stands after {before!r}")


def graph_26_extra_files(scope: Scope) -> Iterator[Fault]:
    """GRAPH-26: Extra files MUST have different names, each one plain path component."""
    seen: set[str] = set()
    for i, extra in enumerate(scope.model.extra_files):
        where, name = f"extra_files[{i}]", extra.name
        what = name_fault(name)
        if not what and (name in {".", ".."} or not _NOT_IN_A_FILE_NAME.isdisjoint(name)):
            what = f"{name!r} is not one plain path component"
        elif not what and name in seen:
            what = f"{name!r} is the name of another extra file"
        if what:
            yield Fault("BAD_NAME", where, what)
        seen.add(name)


RULES: tuple[Rule, ...] = (
    graph_8_function_names,
    graph_9_input_and_output_names,
    graph_23_plain_names,
    graph_24_no_dot,
    graph_25_metadata_keys,
    graph_26_extra_files,
)
