"""What this loader must have to run a model: ops, opsets and data types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.opset.dtypes import numpy_of
from tracescript.opset.table import opset
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.validator.scope import Scope


def missing_opset(versions: Iterable[tuple[str, int, int]]) -> str:
    """Return what is wrong with the opset versions that a file asks for, or nothing."""
    own = opset()
    for name, major, minor in versions:
        if name == own.name and (major != own.major or minor > own.minor):
            return f"found opset {major}.{minor}, this loader has {own.major}.{own.minor}"
    return ""


def _is_held(data_type: ir.DataType) -> bool:
    try:
        numpy_of(data_type)
    except KeyError:
        return False
    return True


def exec_6_known_ops(scope: Scope) -> Iterator[Fault]:
    """EXEC-6: A loader MUST refuse a model with an op that it lacks, before any node runs."""
    seen: set[tuple[str, str]] = set()
    for sites in scope.functions:
        for site in sites.nodes:
            key = (site.node.opset, site.node.op)
            if key in seen:
                continue
            seen.add(key)
            if site.node.opset:
                what = f"op {site.node.op!r} is of opset {site.node.opset!r}"
                hint = "this loader has TraceScript's own opset only"
                yield Fault("UNSUPPORTED_OPSET", site.where, what, hint)
            elif site.node.op not in opset():
                own = opset()
                what = f"opset {own.major}.{own.minor} has no op {site.node.op!r}"
                yield Fault("UNSUPPORTED_OP", site.where, what, "a later release may have it")


def exec_7_known_data_types(scope: Scope) -> Iterator[Fault]:
    """EXEC-7: A loader MUST refuse a model with a data type that it lacks, before any node runs."""
    # A weight that no method uses has no type in the model's table, and is no reason (WEIGHT-12).
    used: dict[ir.DataType, str] = {}
    for kind, spot in scope.types.items():
        if isinstance(kind, ir.TensorType) and kind.data_type not in used:
            used[kind.data_type] = spot.where
    for data_type, where in used.items():
        if not _is_held(data_type):
            what = f"this loader has no tensors of {data_type.value}"
            yield Fault("UNSUPPORTED_DATA_TYPE", where, what)


RULES: tuple[Rule, ...] = (exec_6_known_ops, exec_7_known_data_types)
