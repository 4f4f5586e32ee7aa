"""Text views of a model: the module tree, its graphs and its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir import dims as dim_arithmetic
from tracescript.ir.graph import PYTHON, FunctionRef
from tracescript.ir.text import graph_text
from tracescript.ir.values import Weight
from tracescript.model.alike import Alike, runs_of
from tracescript.opset.relations import tensors_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir


def nodes(block: ir.Block) -> Iterator[ir.Node]:
    """Yield every node of a block and of the blocks inside, in text order."""
    todo = list(reversed(block.nodes))
    while todo:
        node = todo.pop()
        yield node
        for inner in reversed(node.blocks):
            todo += reversed(inner.nodes)


def reachable(model: ir.Model, module: ir.Module) -> tuple[ir.Function, ...]:
    """Return the functions that a module's methods run, callees first."""
    wanted = {m.function for m in module.methods}
    for function in reversed(model.functions):
        if function.name in wanted:
            for node in nodes(function.body):
                wanted |= {v.name for _, v in node.attributes if isinstance(v, FunctionRef)}
    return tuple(f for f in model.functions if f.name in wanted)


def graph(model: ir.Model) -> str:
    """Return the graphs of the root's own methods."""
    return "\n".join(graph_text(model.function(m.function), model) for m in model.root.methods)


def inlined_graph(model: ir.Model) -> str:
    """Return the graphs of every function the root's methods run, callees first."""
    return "\n".join(graph_text(f, model) for f in reachable(model, model.root))


def code(model: ir.Model) -> str:
    """Return the code unit of the root's class."""
    from tracescript.code import writer

    return _with_note(writer.unit_text(model, model.root), *reachable(model, model.root))


def code_of(model: ir.Model, name: str) -> str:
    """Return the code of one function."""
    from tracescript.code import writer

    return _with_note(writer.function_text(model, name), model.function(name))


def python_calls(function: ir.Function) -> list[ir.Node]:
    """Return the calls of Python functions, which no file holds."""
    return [node for node in nodes(function.body) if node.opset == PYTHON]


def _with_note(text: str, *functions: ir.Function) -> str:
    """Return code with a note where it cannot be saved."""
    calls = {f"python.{node.op}" for f in functions for node in python_calls(f)}
    note = f"# cannot be saved: it calls {', '.join(sorted(calls))}\n\n" if calls else ""
    return note + text


def dimensions(model: ir.Model) -> dict[str, tuple[int, int | None]]:
    """Return the symbols of the root's methods: name -> (min, max)."""
    found: dict[str, tuple[int, int | None]] = {}
    for method in model.root.methods:
        for declared in model.function(method.function).inputs:
            for tensor in tensors_in(declared.type):
                for dim in tensor.shape or ():
                    for symbol in dim_arithmetic.symbols(dim):
                        found[symbol.name] = (symbol.min, symbol.max)
    return dict(sorted(found.items()))


def member(module: ir.Module, name: str) -> ir.Module | ir.Method | ir.Weight | ir.State | None:
    """Return a module's own submodule, method, or what its parameter or buffer of a name holds."""
    found = module.child(name) or module.method(name)
    if found is not None:
        return found
    for parameter in module.parameters:
        if parameter.name == name:
            return parameter.weight
    return next((b.value for b in module.buffers if b.name == name), None)


def weights(root: ir.Module) -> Iterator[tuple[str, ir.Weight]]:
    """Yield (dotted path, weight) of every parameter and fixed buffer; tied ones twice."""
    for path, module in root.walk():
        prefix = f"{path}." if path else ""
        for parameter in module.parameters:
            yield prefix + parameter.name, parameter.weight
        for buffer in module.buffers:
            if isinstance(buffer.value, Weight):
                yield prefix + buffer.name, buffer.value


def _line(model: ir.Model, module: ir.Module) -> str:
    functions = [model.function(m.function) for m in module.methods]
    origins = "/".join(dict.fromkeys(f.origin for f in functions))
    decisions = sum(len(f.decisions) for f in reachable(model, module))
    guards = sum(len(f.shape_guards) for f in reachable(model, module))
    notes = [origins] if origins else []
    if decisions:
        notes.append(f"{decisions} trace decision{'s' if decisions > 1 else ''}")
    calls = sum(len(python_calls(f)) for f in reachable(model, module))
    if calls:
        notes.append(f"{calls} call{'s' if calls > 1 else ''} of Python")
    if guards:
        notes.append(f"{guards} shape guard{'s' if guards > 1 else ''}")
    return f"{module.class_name}({', '.join(notes)}"


def tree(model: ir.Model) -> str:
    """Return the module tree, a line each, with origins and the decisions of each subtree.

    Numbered modules that are alike stand once: `(0..11): 12 x Layer(traced`.
    """
    alike = Alike(model.root)

    def lines(module: ir.Module, indent: str) -> Iterator[str]:
        first = _line(model, module)
        if not module.submodules:
            yield f"{first})"
            return
        yield first
        for run in runs_of(module, alike):
            inner = list(lines(run[0].module, f"{indent}  "))
            name = run[0].name if len(run) == 1 else f"{run[0].name}..{run[-1].name}"
            count = f"{len(run)} x " if len(run) > 1 else ""
            yield f"{indent}  ({name}): {count}{inner[0]}"
            yield from inner[1:]
        yield f"{indent})"

    return "\n".join(lines(model.root, ""))
