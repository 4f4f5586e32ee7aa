"""Files that are deep: blocks in blocks, lists of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.encode import Tables, model_file
from tracescript.v1 import model_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping


def deep_file(source: Mapping[str, int | str]) -> bytes:
    """Write a file whose `forward` is `depth` ifs, each in the then arm of the one before it.

    Kind `lists`: forward gives its input back, an int in `depth` lists. Kind `constants`: it gives
    an int back, and the file has a list for each depth, which holds the one before it twice.
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


_WRITERS = {"ifs": _ifs, "lists": _lists, "constants": _constants}
