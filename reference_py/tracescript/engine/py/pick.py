"""Picks the kernel of a statement: with constants laid out, with fewer results, without checks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.errors import TrapError
from tracescript.kernels.nn import PREPARE
from tracescript.kernels.overwrite import IN_PLACE
from tracescript.kernels.pool import VALUES_ONLY
from tracescript.kernels.table import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.engine.py.program import Stmt

    Kernel = Callable[..., Any]

PACKED_BYTES: Final = 64 << 20
"""Weights beyond this are not copied into the layout of a product."""

_HALF: Final = frozenset({ir.DataType.FLOAT16, ir.DataType.BFLOAT16})


def kernel_of(stmt: Stmt, packed: dict[Any, Any], *, in_place: bool = False) -> tuple[Kernel, bool]:
    """Return a kernel with attributes bound, and whether it gives the first result only.

    It is bare, without the rounding of half types, where no input is one. `packed` holds what was
    prepared, shared by all code of a model. `in_place` asks for the one that writes into its first
    input.
    """
    assert stmt.link is not None
    attributes = stmt.link.attributes
    if in_place:
        return functools.partial(IN_PLACE[stmt.op], **attributes), False
    plain = all(v is None or _is_plain(v.type) for v in stmt.inputs)
    prepared = _prepared(stmt, packed) if plain and stmt.op in PREPARE else None
    if prepared is not None:
        return prepared, False
    is_first = gives_first_only(stmt)
    kernel = VALUES_ONLY[stmt.op] if is_first else stmt.link.kernel
    if plain:
        kernel = getattr(kernel, "__wrapped__", kernel)
    return functools.partial(kernel, **attributes) if attributes else kernel, is_first


def gives_first_only(stmt: Stmt) -> bool:
    """Whether a call computes only its first result, since nobody reads the others."""
    return stmt.op in VALUES_ONLY and not any(v.readers for v in stmt.outputs[1:])


def _prepared(stmt: Stmt, packed: dict[Any, Any]) -> Kernel | None:
    """Return a kernel with the constant inputs laid out; None where there is nothing to gain."""
    assert stmt.link is not None
    known = [None if v is None else v.constant if v.known else OPEN for v in stmt.inputs]
    attributes = stmt.link.attributes
    key = (stmt.op, *map(_identity, known), repr(attributes))
    if sum(map(_bytes, known)) > PACKED_BYTES:
        return None
    if key not in packed:
        try:
            packed[key] = PREPARE[stmt.op](known, **attributes)
        except TrapError:
            return None  # the call will trap
    found: Kernel | None = packed[key]
    return found


def _identity(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_identity, value))
    if isinstance(value, np.ndarray):
        return (value.ctypes.data, value.shape, value.dtype)
    return id(value)


def _bytes(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_bytes, value))
    return value.nbytes if isinstance(value, np.ndarray) else 0


def _is_plain(type_: ir.Type) -> bool:
    if isinstance(type_, ir.ListType):
        return _is_plain(type_.element)
    if isinstance(type_, ir.TensorType):
        return type_.data_type not in _HALF
    return isinstance(type_, ir.ScalarType)
