"""Files that are deep: blocks in blocks, lists of lists, functions that call each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.encode import Tables, model_file
from tools.text_models import text_file
from tracescript.v1 import model_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping


def deep_file(source: Mapping[str, int | str]) -> bytes:
    """Write a file whose `forward` is `depth` ifs, each in the then arm of the one before it.

    Kind `lists`: forward gives its input back, an int in `depth` lists. Kind `constants`: it gives
    an int back, and the file has a list for each depth, which holds the one before it twice. Kind
    `calls`: `depth` functions call their neighbours. Kind `nested`: as `ifs`, with its text. Kind
    `dicts`: forward gives its input back, an int in `depth` dicts.
    """
    return _WRITERS[str(source["deep"])](int(source["depth"]))


def _function(tables: Tables, inputs: list[tuple[str, int]], output: int) -> model_pb2.Function:
    function = tables.model.functions.add(name="Deep.forward", origin=model_pb2.ORIGIN_AUTHORED)
    function.values.add()
    function.blocks.add()
    body = function.blocks.add()
    for name, kind in inputs:
        function.inputs.add(name=name, type=kind, kind=model_pb2.INPUT_KIND_POSITIONAL)
        function.values.add(type=kind)
        body.inputs.append(len(function.values) - 1)
    function.outputs.add(type=output)
    module = tables.model.modules.add(class_name="Deep")
    module.methods.add(name="forward", function=1, exported=True)
    return function


def _ifs(depth: int) -> bytes:
    """Each then arm gives the inner result, each else arm `n`; the innermost gives `m`."""
    tables = Tables("deep")
    tables.model.opsets.add(name="tracescript", major=1)
    tables.model.ops.add(opset=1, name="if")
    condition, number = tables.type(("scalar", "bool")), tables.type(("scalar", "int"))
    inputs = [("c", condition), ("n", number), ("m", number)]
    function = _function(tables, inputs, number)
    block = function.blocks[1]
    owners = []
    for _ in range(depth):
        then = len(function.blocks)
        node = block.nodes.add(op=1, inputs=[1], blocks=[then, then + 1])
        owners.append((block, node))
        block = function.blocks.add()
        function.blocks.add(results=[2])
    result = 3
    block.results.append(result)
    for owner, node in reversed(owners):
        function.values.add(type=number)
        result = len(function.values) - 1
        node.outputs.append(result)
        owner.results.append(result)
    return model_file(tables.model, ["control"])


def _lists(depth: int) -> bytes:
    tables = Tables("deep")
    form: tuple[object, ...] = ("scalar", "int")
    for _ in range(depth):
        form = ("list", form)
    kind = tables.type(form)
    function = _function(tables, [("x", kind)], kind)
    function.blocks[1].results.append(1)
    return model_file(tables.model, [])


def _dicts(depth: int) -> bytes:
    tables = Tables("deep")
    form: tuple[object, ...] = ("scalar", "int")
    for _ in range(depth):
        form = ("dict", ("scalar", "str"), form)
    kind = tables.type(form)
    function = _function(tables, [("x", kind)], kind)
    function.blocks[1].results.append(1)
    return model_file(tables.model, [])


def _nested(depth: int) -> bytes:
    lines = ["class Nested(Module):", "", "    @authored"]
    lines += ["    def forward(self, c: bool, n: int, m: int) -> int:"]
    indents = ["    " * (2 + i) for i in range(depth)]
    lines += [f"{indent}if c:" for indent in indents]
    result = "m"
    for i, indent in reversed(list(enumerate(indents))):
        lines += [f"{indent}    v{i} = {result}", f"{indent}else:", f"{indent}    v{i} = n"]
        result = f"v{i}"
    lines += ["        return v0"]
    return text_file({"sections": ["code"]}, ["\n".join(lines)])


def _constants(depth: int) -> bytes:
    tables = Tables("deep")
    form: tuple[object, ...] = ("scalar", "int")
    function = _function(tables, [("n", tables.type(form))], 1)
    function.blocks[1].results.append(1)
    last = tables.constant(("list", form), [1, 2])
    for _ in range(depth - 1):
        form = ("list", form)
        made = tables.model.constants.add(type=tables.type(("list", form)))
        made.elements.items.extend([last, last])
        last = len(tables.model.constants) - 1
    return model_file(tables.model, [])


_WEIGHTS = 5
"""Weights of its own that each function of `_calls` reads."""


def _calls(depth: int) -> bytes:
    """Each of `depth` functions calls its neighbours, so all come to read the weights of all.

    The text, which does not list them, tells so only after `depth` rounds of reading.
    """
    own = [[f"w{i * _WEIGHTS + k}" for k in range(_WEIGHTS)] for i in range(depth)]
    lines = ["class Calls(Module):"]
    lines += [f"    {name}: Weight[Tensor[float32]]" for names in own for name in names]
    for i, read in enumerate(_in_order_of_use(own)):
        lines += ["", *(f"    @bound('{name}', Tensor[float32])" for name in read)]
        lines += ["    @authored"]
        lines += [f"    def f{i}(self, c: bool, d: bool, x: Tensor[float32]) -> Tensor[float32]:"]
        lines += [f"        x = ops.mul(x, self.{name})" for name in own[i]]
        lines += ["        if c:", f"            y = self.f{min(i + 1, depth - 1)}(c, d, x)"]
        lines += ["        elif d:", f"            y = self.f{max(i - 1, 0)}(c, d, x)"]
        lines += ["        else:", "            y = x", "        return y"]
    weights = {name: "f32[] 2" for names in own for name in names}
    return text_file({"weights": weights, "sections": ["code"]}, ["\n".join(lines)])


def _in_order_of_use(own: list[list[str]]) -> list[list[str]]:
    """Return what each function reads: its own, then what the next one reads, then the last."""
    found: list[list[str]] = own
    while True:
        beside = zip([*found[1:], found[-1]], [found[0], *found[:-1]], strict=True)
        more = [
            list(dict.fromkeys([*names, *after, *before]))
            for names, (after, before) in zip(own, beside, strict=True)
        ]
        if more == found:
            return found
        found = more


_WRITERS = {
    "calls": _calls,
    "constants": _constants,
    "dicts": _dicts,
    "ifs": _ifs,
    "lists": _lists,
    "nested": _nested,
}
