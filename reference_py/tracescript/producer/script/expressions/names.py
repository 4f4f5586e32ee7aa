"""Names and attributes: what they stand for."""

from __future__ import annotations

import ast
import sys
from inspect import getattr_static
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.ir.types import OptionalType, StructType, TensorType
from tracescript.ir.values import Value
from tracescript.opset.dtypes import in_set
from tracescript.producer.script.containers.choices import mapped
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_tensor, may_be_none
from tracescript.producer.script.emitter.entries import (
    Bound,
    Conflict,
    Items,
    Known,
    OneOf,
    Partly,
    Struct,
    Unset,
)
from tracescript.producer.script.emitter.frame import MISSING
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.library.coerce import data_type
from tracescript.producer.script.library.shapes import extent, sizes, transposed
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.Name)
def name(e: Emitter, node: ast.Name) -> Entry:
    """A local name, a name of an enclosing function, a global or a builtin."""
    frame = e.frame
    while frame is not None:
        entry = e.scope.get(frame.key(node.id))
        if entry is not None or node.id in frame.local_names:
            return _readable(e, node, entry or Unset())
        if frame.lexical is None:
            break
        frame = frame.lexical
    found = frame.outer(node.id)
    if found is MISSING:
        raise e.error(
            node,
            f"no name {node.id!r}",
            rule="SCRIPT-3",
            hint="a spelling mistake, or a name made at run time?",
        )
    return e.session.entry_of(found, path=e.unit.global_path(node.id, found))


def _readable(e: Emitter, node: ast.Name, entry: Entry) -> Entry:
    """Check that a local name has one value of one type here."""
    if isinstance(entry, Conflict):
        shown = repr(node.id) if node.id.isidentifier() else "this result"
        raise e.error(
            node,
            f"{shown} cannot be read here: {entry.what}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            second=_assignments(e, node.id, "it is assigned", least=2),
            hint=entry.hint,
        )
    if isinstance(entry, Partly) and is_definite(e, entry):
        return e.unwrap(entry.value, is_proved=True) if entry.is_wrapped else entry.value
    if isinstance(entry, Unset) and entry.loop is not None:
        e.session.loops.unroll(entry.loop)
    if isinstance(entry, Unset | Partly):
        second = entry.note if isinstance(entry, Unset) else ""
        raise e.error(
            node,
            f"{node.id!r} may be undefined here",
            rule="SCRIPT-3",
            second=second or _assignments(e, node.id, "it is assigned only on some paths,"),
            hint=f"assign {node.id} on every path before this line",
        )
    return entry


def is_definite(e: Emitter, entry: Partly) -> bool:
    """Whether none of the exits after which the name has no value happened."""
    for flag in entry.flags:
        value = e.scope.get(flag.removeprefix("!"))
        wanted = flag.startswith("!")
        if not (
            isinstance(value, Value)
            and value.constant is not None
            and value.constant.value is wanted
        ):
            return False
    return True


def _assignments(e: Emitter, name: str, what: str, least: int = 1) -> str:
    """Return the second place of a message: the lines that assign a name, if at least so many."""
    lines = sorted(
        n.lineno
        for n in nodes_of(e.frame.definition)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    )
    if len(lines) < least:
        return ""
    shown = ", ".join(map(str, lines[:4]))
    return f"{e.frame.source.name}: {what} in line{'s' * (len(lines) > 1)} {shown}"


@expression(ast.Attribute)
def attribute(e: Emitter, node: ast.Attribute) -> Entry:
    """`self.weight`, `x.shape`, `torch.tanh`, `p.field`."""
    return attribute_of(e, e.expr(node.value), node)


def attribute_of(e: Emitter, owner: Entry, node: ast.Attribute) -> Entry:
    """The attribute of what an expression stands for."""
    if isinstance(owner, OneOf):
        return mapped(e, owner, lambda part: attribute_of(e, part, node))
    if isinstance(owner, Struct):
        if owner.cls is dict:
            return Bound(owner, node.attr, node.value)
        if node.attr in owner.fields:
            return owner.fields[node.attr]
        return e.session.structs.member(e, owner, node.attr, node.value)
    if isinstance(owner, Known):
        if e.session.holds_array(owner) and not e.session.is_module(owner):
            return tensor_attribute(e, e.value(owner), node)
        return e.session.attribute(e, owner, node)
    if isinstance(owner, Items) and owner.names:
        return _named_part(e, owner, node)
    if isinstance(owner, Value) and isinstance(owner.type, OptionalType):
        raise may_be_none(e, node.value, ast.unparse(node.value))
    if is_tensor(owner) and isinstance(owner, Value):
        return tensor_attribute(e, owner, node)
    if isinstance(owner, Value) and isinstance(owner.type, StructType):
        if node.attr in dict(owner.type.fields):
            return e.op("struct.get", [owner], {"field": node.attr})
        record = as_record(e, owner)
        if record is not None:
            return e.session.structs.member(e, record, node.attr, node.value)
        raise e.error(
            node,
            f"{owner.type.name} has no field {node.attr!r}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return Bound(owner, node.attr, node.value)


def _named_part(e: Emitter, owner: Items, node: ast.Attribute) -> Entry:
    """`x.max(dim=0).indices`: a result by its name, whatever case the library writes it in."""
    if node.attr.lower() in owner.names:
        return owner.parts[owner.names.index(node.attr.lower())]
    raise e.error(
        node,
        f"these results have no {node.attr!r}",
        rule="SCRIPT-3",
        hint=f"there are: {', '.join(owner.names)}",
    )


def tensor_attribute(e: Emitter, x: Value, node: ast.Attribute) -> Entry:
    """An attribute of a tensor: its sizes, data type, transpose; else a method."""
    kind = x.type
    assert isinstance(kind, TensorType)
    if e.frame.flavour == e.session.flavour and not e.frame.is_ours:
        e.session.facts.attributes.add(node.attr)
    rank = None if kind.shape is None else len(kind.shape)
    if node.attr == "shape":
        return sizes(e, x)
    if node.attr == "dtype":
        return Known(kind.data_type)
    if node.attr == "ndim":
        return e.op("dim", [x]) if rank is None else e.constant(rank)
    if node.attr in TRANSPOSED | PARTS:
        return part_or_transposed(e, x, node.attr)
    if node.attr == "size" and e.frame.flavour == "numpy":
        return e.op("numel", [x])
    door = torch_door() if e.frame.flavour == "torch" else None
    if node.attr == "data" and door is not None:
        return x
    if node.attr in {"device", "layout"}:
        return Known(node.attr if door is None else door.SURROUNDINGS[node.attr])
    if node.attr in _FALSE:
        return e.constant(False)
    if node.attr in {"grad", "grad_fn"} and door is not None:
        return e.constant(None)
    cls = getattr(sys.modules.get("torch"), "Tensor", None) if door is not None else np.ndarray
    found = getattr_static(cls, node.attr, None)
    if found is not None and not callable(found) and hasattr(type(found), "__get__"):
        raise e.error(
            node,
            f"scripts have no .{node.attr} of tensors",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint="shape, dtype, ndim, T and the like are known",
        )
    return Bound(x, node.attr, node.value)


_FALSE: Final = frozenset(
    {
        *("is_cuda", "requires_grad", "is_sparse", "is_quantized", "is_nested", "is_meta"),
        *("is_mps", "is_xla", "is_xpu", "is_ipu", "is_maia", "is_vulkan", "is_mkldnn", "is_mtia"),
        *("is_sparse_csr", "retains_grad"),
    }
)
"""What no tensor of a script is."""


TRANSPOSED: Final = frozenset({"T", "mT", "H", "mH"})
PARTS: Final = frozenset({"real", "imag"})


def part_or_transposed(e: Emitter, x: Value, name: str) -> Entry:
    """Return a transposed tensor, of complex numbers conjugated under `H`, or a part of them."""
    is_complex = in_set(data_type(x), "complex")
    if name in PARTS:
        if not is_complex and name == "imag" and e.frame.flavour == "torch":
            raise e.error(
                None,
                "a real tensor has no .imag",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="torch raises here too; convert it to complex64 first",
            )
        if not is_complex:
            return x if name == "real" else e.op("zeros_like", [x])
        made = e.op(name, [x])
        e.session.aliases.same(made, x)
        e.session.origins.copy_perhaps(made, x)
        return made
    swapped = (
        e.op("transpose", [x], {"dim0": -2, "dim1": -1})
        if name.startswith("m")
        else transposed(e, [x], {})
    )
    return e.op("conj", [e.value(swapped)]) if is_complex and name.endswith("H") else swapped


def first_size(e: Emitter, node: ast.Subscript) -> Entry | None:
    """`x.shape[k]` of a tensor of unknown rank is one size, not a list of all."""
    if not (isinstance(node.value, ast.Attribute) and node.value.attr == "shape"):
        return None
    index = node.slice
    if (
        isinstance(index, ast.UnaryOp)
        and isinstance(index.op, ast.USub)
        and isinstance(index.operand, ast.Constant)
    ):
        k = -int(index.operand.value) if isinstance(index.operand.value, int) else None
    else:
        k = (
            index.value
            if isinstance(index, ast.Constant) and isinstance(index.value, int)
            else None
        )
    if k is None:
        return None
    owner = e.expr(node.value.value)
    if not is_tensor(owner) or not isinstance(owner, Value):
        return None
    assert isinstance(owner.type, TensorType)
    return extent(e, owner, k) if owner.type.shape is None else None


__all__ = ["first_size", "is_definite"]
