"""Triangles of matrices whose diagonal run time tells, in the language of scripts."""

from __future__ import annotations

from typing import Any

from tracescript.producer.script.prelude.op_names import ops


def lower(x: Any, diagonal: int) -> Any:
    """The elements on and below a diagonal, 0 elsewhere."""
    return ops.where(_places(x) <= diagonal, x, ops.zeros_like(x))


def upper(x: Any, diagonal: int) -> Any:
    """The elements on and above a diagonal, 0 elsewhere."""
    return ops.where(_places(x) >= diagonal, x, ops.zeros_like(x))


def _places(x: Any) -> Any:
    """By how much each column of a matrix is right of its row."""
    rows, columns = x.shape[-2], x.shape[-1]
    across = ops.arange(0, columns, 1)
    return ops.unsqueeze(across, dim=0) - ops.unsqueeze(ops.arange(0, rows, 1), dim=1)
