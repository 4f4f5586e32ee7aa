"""Reads everything of a unit but function bodies: dimensions, classes, members, signatures."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tracescript.code.layout import Seat
from tracescript.code.names import ORIGINS, is_name, is_step
from tracescript.ir.graph import Block, Function, Input, Output
from tracescript.ir.types import StructType, Symbol

if TYPE_CHECKING:
    from tracescript.code.literal_reader import LiteralReader
    from tracescript.code.source import Source
    from tracescript.code.type_reader import TypeReader
    from tracescript.ir.types import Type

_LIMIT: Final = 1 << 63
KINDS: Final = {"Weight": "bound", "State": "state"}


@dataclass(slots=True)
class ClassText:
    """A module class of the text: its submodules' classes and its inputs, by path."""

    name: str
    modules: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, tuple[str, Type]] = field(default_factory=dict)


@dataclass(slots=True)
class Head:
    """A function before its body is read; `hidden` only where the text lists it."""

    name: str
    seat: Seat
    origin: str
    node: ast.FunctionDef
    source: Source
    types: TypeReader
    literals: LiteralReader
    owner: ClassText | None
    params: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    hidden: tuple[Input, ...] | None = None
    results: tuple[Type, ...] = ()
    output_names: tuple[str, ...] = ()


def signature(head: Head) -> Function:
    """Return a function without a body: what a head says of it."""
    outputs = tuple(Output("", t) for t in head.results)
    inputs = (*head.inputs, *(head.hidden or ()))
    return Function(head.name, head.origin, inputs, outputs, Block((), (), ()))


def path_steps(node: ast.expr) -> tuple[str, list[str]] | None:
    """Split `self.layers[0].weight` into its root name and its steps; None for anything else.

    A step with two leading underscores is no step.
    """
    steps: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute) and not node.attr.startswith("__"):
            steps.append(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            value = node.slice.value
            if type(value) not in {str, int} or "." in str(value):
                return None
            steps.append(str(value))
        else:
            return None
        node = node.value
    return node.id, steps[::-1]


def read_dim(source: Source, node: ast.Assign) -> tuple[str, Symbol]:
    """Read `B = Dim('B', 1, 4096)`. Raises InvalidModelError, BAD_CODE. Spec: CODE-12."""
    target, call = node.targets[0], node.value
    func = call.func if isinstance(call, ast.Call) and not call.keywords else None
    if isinstance(call, ast.Call) and isinstance(func, ast.Name) and isinstance(target, ast.Name):
        values: list[Any] = [a.value if isinstance(a, ast.Constant) else ... for a in call.args]
        types = [type(value) for value in values]
        fits = func.id == "Dim" and len(node.targets) == 1 and is_name(target.id)
        if fits and types in ([str, int, int], [str, int, type(None)]):
            name, least, most = values
            if 0 <= least < _LIMIT and (most is None or least <= most < _LIMIT):
                return target.id, Symbol(name, least, most)
    raise source.fault(node, "expected a dimension: B = Dim('B', 1, 4096)", "CODE-12")


def base_names(node: ast.ClassDef) -> tuple[str, ...]:
    """Return the names of a class's bases."""
    return tuple(base.id if isinstance(base, ast.Name) else "" for base in node.bases)


def read_struct(source: Source, node: ast.ClassDef, types: TypeReader) -> StructType:
    """Read a struct class. Raises InvalidModelError, BAD_CODE. Spec: CODE-13."""
    name, fields = node.name, []
    for decorator in node.decorator_list:
        arguments = _strings(decorator, "named")
        if len(arguments) != 1:
            raise source.fault(decorator, "a struct has no decorator but @named", "CODE-13")
        name = arguments[0]
    for item in node.body:
        if isinstance(item, ast.Pass) and len(node.body) == 1:
            break
        target = path_steps(item.target) if isinstance(item, ast.AnnAssign) else None
        label = "" if target is None else ".".join([target[0], *target[1]]).removeprefix("self.")
        if not isinstance(item, ast.AnnAssign) or item.value or not label or "." in label:
            raise source.fault(item, "a struct holds fields: name: type", "CODE-13")
        fields.append((label, types.read(item.annotation)))
    return StructType(name, tuple(fields), len(base_names(node)) == 2)  # noqa: PLR2004  # Struct, tuple


def read_member(source: Source, node: ast.stmt, types: TypeReader, into: ClassText) -> None:
    """Read a class member. Raises InvalidModelError, BAD_CODE. Spec: CODE-16."""
    if not isinstance(node, ast.AnnAssign) or node.value is not None:
        raise source.fault(node, "a class holds members and functions", "CODE-16")
    found = path_steps(node.target)
    if found is None:
        raise source.fault(node, "expected a path", "CODE-16")
    path = ".".join(found[1] if found[0] == "self" else [found[0], *found[1]])
    kind = node.annotation
    if path in into.modules or path in into.inputs or not path:
        raise source.fault(node, f"{path} is declared twice", "CODE-16")
    if isinstance(kind, ast.Name):
        into.modules[path] = kind.id
    elif (
        isinstance(kind, ast.Subscript)
        and isinstance(kind.value, ast.Name)
        and kind.value.id in KINDS
    ):
        into.inputs[path] = (KINDS[kind.value.id], types.read(kind.slice))
    else:
        what = "expected a class, Weight[type] or State[type]"
        raise source.fault(kind, what, "CODE-16")


def read_head(
    source: Source,
    node: ast.FunctionDef,
    owner: ClassText | None,
    types: TypeReader,
    literals: LiteralReader,
) -> Head:
    """Read decorators and signature. Raises InvalidModelError, BAD_CODE. Spec: CODE-18."""
    if not is_step(node.name) or getattr(node, "type_params", None):
        raise source.fault(node, f"{node.name} is no name for a function", "CODE-6")
    seat = Seat(owner.name if owner else "", node.name)
    head = Head(seat.function, seat, "", node, source, types, literals, owner)
    names: tuple[str, ...] = ()
    hidden: list[Input] = []
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id in ORIGINS and not head.origin:
            head.origin = decorator.id
        elif arguments := _strings(decorator, "named"):
            head.name = arguments[0]
        elif arguments := _strings(decorator, "inputs"):
            names = arguments
        elif arguments := _strings(decorator, "outputs"):
            head.output_names = arguments
        else:
            hidden.append(_hidden(source, decorator, types))
    if not head.origin:
        raise source.fault(node, f"expected one of @{', @'.join(ORIGINS)}", "CODE-18")
    head.hidden = tuple(hidden) if hidden else None
    _read_params(head, names)
    _read_results(head)
    return head


def _strings(node: ast.expr, name: str) -> tuple[str, ...]:
    """Return the arguments of `name('a', 'b')`; nothing for any other expression."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return ()
    found = tuple(
        arg.value for arg in node.args if isinstance(arg, ast.Constant) and type(arg.value) is str
    )
    whole = len(found) == len(node.args) and not node.keywords and node.func.id == name
    return found if whole else ()


def _hidden(source: Source, node: ast.expr, types: TypeReader) -> Input:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        first = node.args[0] if len(node.args) == 2 else None  # noqa: PLR2004  # path and type
        is_path = isinstance(first, ast.Constant) and type(first.value) is str
        if is_path and isinstance(first, ast.Constant) and node.func.id in KINDS.values():
            return Input(str(first.value), types.read(node.args[1]), node.func.id)
    raise source.fault(node, "no such decorator", "CODE-18")


def _read_params(head: Head, names: tuple[str, ...]) -> None:
    arguments, source = head.node.args, head.source
    if arguments.posonlyargs or arguments.vararg or arguments.kwarg:
        raise source.fault(head.node, "no star-arguments and no bare slash", "CODE-18")
    listed = list(arguments.args)
    if head.owner is not None:
        if not listed or listed[0].arg != "self" or listed[0].annotation:
            raise source.fault(head.node, "a function of a class begins with self", "CODE-18")
        listed = listed[1:]
    spaces = len(listed) - len(arguments.defaults)
    defaults = [None] * spaces + list(arguments.defaults) + list(arguments.kw_defaults)
    params = [*listed, *arguments.kwonlyargs]
    if spaces < 0 or (names and len(names) != len(params)):
        raise source.fault(head.node, "the parameters do not match", "CODE-18")
    inputs = []
    for k, (param, default) in enumerate(zip(params, defaults, strict=True)):
        if param.annotation is None or not is_name(param.arg):
            raise source.fault(param, f"expected name: type, found {param.arg}", "CODE-18")
        value = None if default is None else head.literals.read(default)
        if default is not None and value is None:
            raise source.fault(default, "a default is a literal", "CODE-18")
        kind = "positional" if k < len(listed) else "keyword_only"
        name = names[k] if names else param.arg
        inputs.append(Input(name, head.types.read(param.annotation), kind, value))
    head.inputs = tuple(inputs)
    head.params = tuple(param.arg for param in params)


def _read_results(head: Head) -> None:
    node = head.node.returns
    if node is None:
        raise head.source.fault(head.node, "the result type is missing", "CODE-18")
    if isinstance(node, ast.Constant) and node.value is None:
        return
    outer = node.value if isinstance(node, ast.Subscript) else None
    is_listed = isinstance(outer, ast.Name) and outer.id == "tuple"
    if isinstance(node, ast.Subscript) and is_listed:
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        head.results = tuple(head.types.read(item) for item in items)
    else:
        head.results = (head.types.read(node),)
