"""Rules of types, dimensions and symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir import dims
from tracescript.ir.constants import BOOL, INT, NONE, STR
from tracescript.ir.text import type_text
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.module_rules import repeated
from tracescript.validator.scope import parts
from tracescript.validator.sites import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.validator.scope import Scope

LARGEST = 2**63 - 1
_KINDS = (
    ir.TensorType,
    ir.ScalarType,
    ir.ListType,
    ir.TupleType,
    ir.DictType,
    ir.OptionalType,
    ir.UnionType,
    ir.StructType,
)
_VARIADIC = frozenset({"+", "*", "min", "max"})
_BINARY = frozenset({"//", "ceil_div", "%"})


def _tensors(scope: Scope) -> Iterator[tuple[Spot, ir.TensorType]]:
    for kind, spot in scope.types.items():
        if isinstance(kind, ir.TensorType):
            yield spot, kind


def _dims(scope: Scope) -> Iterator[tuple[Spot, ir.Dim]]:
    """Yield the dims of all tensor types and shape guards, and what expressions are made of."""
    for spot, dim in _outer_dims(scope):
        todo = [dim]
        while todo:
            one = todo.pop()
            yield spot, one
            if isinstance(one, ir.DimExpr):
                todo += reversed(one.operands)


def _outer_dims(scope: Scope) -> Iterator[tuple[Spot, ir.Dim]]:
    for spot, kind in _tensors(scope):
        for dim in kind.shape or ():
            yield spot, dim
    for sites in scope.functions:
        for i, guard in enumerate(sites.function.shape_guards):
            spot = Spot(sites.where, ".shape_guards", i)
            yield spot, guard.left
            yield spot, guard.right


def type_1_known_data_type(scope: Scope) -> Iterator[Fault]:
    """TYPE-1: The data type of a tensor MUST be one of the list below."""
    for spot, kind in _tensors(scope):
        if not isinstance(kind.data_type, ir.DataType):
            yield Fault("BAD_TYPE", spot.where, f"{kind.data_type!r} is no data type")


def type_2_complete(scope: Scope) -> Iterator[Fault]:
    """TYPE-2: A type MUST be of one of the eight kinds, with all the parts of its kind."""
    for kind, spot in scope.types.items():
        if not isinstance(kind, _KINDS):
            yield Fault("BAD_TYPE", spot.where, f"{kind!r} is no type")
        elif isinstance(kind, ir.ScalarType) and not isinstance(kind.kind, ir.ScalarKind):
            yield Fault("BAD_TYPE", spot.where, f"{kind.kind!r} is no kind of scalar")


def type_3_extent_in_range(scope: Scope) -> Iterator[Fault]:
    """TYPE-3: A fixed extent MUST be an integer from 0 to 2^63 - 1."""
    for spot, kind in _tensors(scope):
        for axis, dim in enumerate(kind.shape or ()):
            if isinstance(dim, int) and not 0 <= dim <= LARGEST:
                what = f"axis {axis} is 0 to {LARGEST} long, found {dim}"
                yield Fault("BAD_SHAPE", spot.where, what)


def type_4_symbol_has_one_range(scope: Scope) -> Iterator[Fault]:
    """TYPE-4: A symbol MUST have one range in the whole model, with 0 <= min <= max."""
    first: dict[str, ir.Symbol] = {}
    for spot, dim in _dims(scope):
        if not isinstance(dim, ir.Symbol):
            continue
        if dim.name not in first:
            first[dim.name] = dim
            if not _is_range(dim):
                what = f"the range of {dim.name!r} is {_range(dim)}; 0 <= min <= max is needed"
                yield Fault("BAD_SHAPE", spot.where, what)
        elif dim != first[dim.name]:
            what = f"{dim.name!r} is {_range(first[dim.name])} elsewhere, found {_range(dim)}"
            yield Fault("BAD_SHAPE", spot.where, what, "give one of them another name")


def _is_range(symbol: ir.Symbol) -> bool:
    return 0 <= symbol.min <= (LARGEST if symbol.max is None else symbol.max) <= LARGEST


def _range(symbol: ir.Symbol) -> str:
    return f"{symbol.min}..{'' if symbol.max is None else symbol.max}"


def type_5_expression_complete(scope: Scope) -> Iterator[Fault]:
    """TYPE-5: A dimension expression MUST have a known operator and the operands it takes."""
    for spot, dim in _dims(scope):
        if isinstance(dim, ir.DimExpr):
            fault = _expression_fault(dim)
            if fault:
                yield Fault("BAD_SHAPE", spot.where, fault)


def _expression_fault(dim: ir.DimExpr) -> str:
    count = len(dim.operands)
    if dim.operator in _VARIADIC:
        right, needed = count > 1, "two or more operands"
    elif dim.operator in _BINARY:
        right, needed = count == len(("left", "right")), "two operands"
    elif dim.operator == "neg":
        right, needed = count == 1, "one operand"
    else:
        return f"{dim.operator!r} is no dimension operator"
    if not right:
        return f"{dim.operator!r} takes {needed}, found {count}"
    if any(operand is None for operand in dim.operands):
        return f"{dim.operator!r} has an operand that is unknown"
    big = [o for o in dim.operands if isinstance(o, int) and not -LARGEST - 1 <= o <= LARGEST]
    return f"literal {big[0]} takes more than 64 bits" if big else ""


def type_6_union_members(scope: Scope) -> Iterator[Fault]:
    """TYPE-6: A union MUST have two or more different members, none of them a union or optional."""
    for kind, spot in scope.types.items():
        if not isinstance(kind, ir.UnionType):
            continue
        nested = [m for m in kind.members if isinstance(m, (ir.UnionType, ir.OptionalType))]
        if nested:
            what = f"{type_text(nested[0])} is a member of a union"
            yield Fault("BAD_TYPE", spot.where, what, "make the union itself optional")
        elif len(set(kind.members)) != len(kind.members) or len(kind.members) <= 1:
            what = f"two or more different members are needed, found {len(kind.members)}"
            yield Fault("BAD_TYPE", spot.where, f"{what}: {type_text(kind)}")


def type_7_dict_keys(scope: Scope) -> Iterator[Fault]:
    """TYPE-7: The keys of a dict MUST be int, str or bool."""
    for kind, spot in scope.types.items():
        if isinstance(kind, ir.DictType) and kind.key not in {INT, STR, BOOL}:
            what = f"int, str or bool is needed as key, found {type_text(kind.key)}"
            yield Fault("BAD_TYPE", spot.where, what)


def type_8_field_names(scope: Scope) -> Iterator[Fault]:
    """TYPE-8: The fields of a struct MUST have different names."""
    for kind, spot in scope.types.items():
        if isinstance(kind, ir.StructType):
            names = [name for name, _ in kind.fields]
            for name in repeated(names):
                yield Fault("BAD_NAME", spot.where, f"{kind.name!r} has two fields {name!r}")


def type_9_optional_element(scope: Scope) -> Iterator[Fault]:
    """TYPE-9: The element of an optional MUST NOT be None or an optional."""
    for kind, spot in scope.types.items():
        if isinstance(kind, ir.OptionalType) and (
            kind.element == NONE or isinstance(kind.element, ir.OptionalType)
        ):
            yield Fault("BAD_TYPE", spot.where, f"an optional of {type_text(kind.element)}")


def type_17_sets(scope: Scope) -> Iterator[Fault]:
    """TYPE-17: A struct named `set` or `frozenset` MUST have one field `items`, a dict of bools."""
    for kind, spot in scope.types.items():
        if not isinstance(kind, ir.StructType) or kind.name not in {ir.SET, ir.FROZEN_SET}:
            continue
        if not ir.is_set_type(kind):
            what = f"a struct named {kind.name!r} without the one field 'items', a dict of bools"
            yield Fault("BAD_TYPE", spot.where, what, "give a struct that is no set another name")


def bound_symbols(types: Iterable[ir.Type]) -> set[ir.Symbol]:
    """Return the symbols that inputs of these types bind: a symbol that is an extent by itself."""
    found: set[ir.Symbol] = set()
    for kind in {id(kind): kind for kind in types}.values():
        found.update(d for d in _extents(kind) if isinstance(d, ir.Symbol))
    return found


def unbound(dim: ir.Dim, bound: set[ir.Symbol]) -> list[ir.Symbol]:
    """Return the symbols of a dim that are not among the bound ones, each once."""
    return [symbol for symbol in dict.fromkeys(dims.symbols(dim)) if symbol not in bound]


def type_16_symbols_bound(scope: Scope) -> Iterator[Fault]:
    """TYPE-16: A symbol in a function MUST be the whole extent of an axis of one of its inputs."""
    for sites in scope.functions:
        known: set[ir.Symbol] | None = None
        seen: set[int] = set()
        for owner, part, number, value in sites.values:
            if id(value.type) in seen:
                continue
            seen.add(id(value.type))
            for dim in _extents(value.type):
                if dim is None or type(dim) is int:
                    continue
                if known is None:
                    known = bound_symbols(one.type for one in sites.function.inputs)
                for symbol in unbound(dim, known):
                    known.add(symbol)
                    hint = "an extent that a call cannot tell from its inputs is unknown"
                    what = f"no input binds {symbol.name!r}"
                    yield Fault("BAD_SHAPE", Spot(owner, part, number).where, what, hint)


def _extents(kind: ir.Type) -> Iterator[ir.Dim]:
    """Yield the extents of all tensors of a type."""
    todo = [kind]
    while todo:
        one = todo.pop()
        if isinstance(one, ir.TensorType):
            yield from one.shape or ()
        else:
            todo += parts(one)


SOUND: tuple[Rule, ...] = (type_1_known_data_type, type_2_complete, type_5_expression_complete)
"""Rules that the others rely on."""
RULES: tuple[Rule, ...] = (
    type_3_extent_in_range,
    type_4_symbol_has_one_range,
    type_6_union_members,
    type_7_dict_keys,
    type_8_field_names,
    type_9_optional_element,
    type_16_symbols_bound,
    type_17_sets,
)
