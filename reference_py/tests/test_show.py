"""`tracescript show` on models with many modules: folded, counted and cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import tracescript as ts
from tools import sample_models
from tracescript import ir, nn, ops
from tracescript.cli.main import cli
from tracescript.ir import constants as c
from tracescript.view.folding import rows
from tracescript.view.sizes import bytes_text, sizes
from tracescript.wire.writer import write


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.first = nn.Linear(size, size)
        self.last = nn.Linear(size, size, bias=False)

    def forward(self, x):
        return ops.add(x, self.last(ops.relu(self.first(x))))


class Stack(nn.Module):
    def __init__(self, count, size, head):
        super().__init__()
        self.layer = nn.ModuleList(Block(size) for _ in range(count))
        self.head = nn.Linear(size, head)

    def forward(self, x):
        for layer in self.layer:
            x = layer(x)
        if x.sum() > 1000:
            return x
        return self.head(x)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    file = tmp_path_factory.mktemp("show") / "stack.tsproto"
    x = np.ones((2, 4), np.float32)
    ts.save(ts.trace(Stack(12, 4, 3), (x,), dynamic={}, decisions="record"), file)
    return file


def show(file, *options):
    result = CliRunner().invoke(cli, ["show", str(file), *options])
    assert result.exit_code == 0, result.output
    return result.output


def cells(line):
    return " ".join(line.split())


def test_alike_numbered_modules_are_one_row_with_the_size_of_one(stack):
    lines = [cells(line) for line in show(stack, "-p", "modules").splitlines()]

    # a block: 4 * 4 + 4 and 4 * 4 elements of 4 bytes; the head: 4 * 3 + 3
    assert "layer.0..11 12 x Block 12 x 36 12 x 144 traced" in lines
    assert "first Linear 20 80 traced" in lines
    assert "(model) Stack 447 1,788 traced, 1 trace decision" in lines
    assert sum("Block" in line for line in lines) == 1


def test_unfolded_every_module_has_its_row(stack):
    lines = [cells(line) for line in show(stack, "-p", "modules", "--unfold").splitlines()]

    assert sum(" Block " in line for line in lines) == 12


def test_the_depth_cuts_the_tree(stack):
    lines = show(stack, "-p", "modules", "--depth", "1").splitlines()

    assert [line.split()[0] for line in lines] == ["module", "(model)", "layer.0..11", "head"]


def test_a_chain_of_calls_is_one_line_of_the_folded_graph(stack):
    text = show(stack, "-p", "graph")

    assert "call[Block.forward](%x) of self.layer.0..11 12 times in a chain" in text
    assert text.count("call[Block.forward]") == 1
    assert text.startswith("graph Stack.forward(%x : float32[2, 4]) -> ")
    assert show(stack, "-p", "graph", "--unfold").count("call[Block.forward]") == 12


def test_weights_of_folded_modules_are_folded(stack):
    lines = [cells(line) for line in show(stack, "-p", "weights").splitlines()]

    assert "layer.0..11.first.weight float32[4, 4] 12 x 64" in lines
    assert len(lines) == 1 + 3 + 2


def test_one_module_can_be_shown_alone(stack):
    lines = [cells(line) for line in show(stack, "-m", "layer.3", "-p", "modules").splitlines()]
    graph = show(stack, "-m", "layer.3", "-p", "graph")

    assert lines[1] == "(model) Block 36 144 traced"
    assert graph.startswith("graph Block.forward(")
    assert "Stack" not in graph


def test_a_module_that_is_not_there_is_named_with_those_that_are(stack):
    result = CliRunner().invoke(cli, ["show", str(stack), "-m", "layer.12"])

    assert result.exit_code == 2
    assert "layer has no module '12'; it has: 0, 1," in result.output


def test_a_decision_is_shown_with_its_predicate_and_its_function(stack):
    text = show(stack, "-p", "decisions")

    assert "branch: x.sum() > 1000 was False" in text
    assert "  in Stack.forward" in text


def test_a_long_part_is_cut_with_a_note_and_whole_where_asked_for(stack):
    cut = show(stack, "--lines", "5", "-p", "weights", "-p", "modules")
    whole = show(stack, "-p", "code")

    assert "... 1 more lines: --part weights shows all" in cut
    assert "more lines" not in whole


def test_code_stands_callers_first(stack):
    text = show(stack, "-p", "code")

    assert text.index("class Stack") < text.index("class Block") < text.index("class Linear(")


def chain(*widths):
    """A root with numbered children that hold one weight of each width."""
    children = tuple(
        ir.Submodule(str(k), ir.Module("L", parameters=(ir.Parameter("w", weight(n)),)))
        for k, n in enumerate(widths)
    )
    return ir.Module(
        "Root", attributes=(ir.ModuleAttribute("a", c.scalar(1)),), submodules=children
    )


def weight(count):
    return c.weight(np.zeros(count, np.float32), ir.DataType.FLOAT32)


@pytest.mark.parametrize(
    ("widths", "names"),
    [
        ((2, 2, 2), ["", "0..2"]),
        ((2, 2, 3, 3), ["", "0..1", "2..3"]),
        ((2, 3, 2), ["", "0", "1", "2"]),
    ],
)
def test_only_consecutive_alike_modules_are_folded(widths, names):
    assert [row.name for row in rows(chain(*widths))] == names


def test_modules_that_differ_in_an_attribute_are_not_folded():
    children = tuple(
        ir.Submodule(str(k), ir.Module("L", attributes=(ir.ModuleAttribute("n", c.scalar(k)),)))
        for k in range(3)
    )
    root = ir.Module("Root", methods=(ir.Method("m", "f", exported=True),), submodules=children)

    assert [row.name for row in rows(root)] == ["", "0", "1", "2"]


def test_a_tied_weight_is_counted_once():
    shared = weight(5)
    child = ir.Module("A", parameters=(ir.Parameter("w", shared), ir.Parameter("v", weight(2))))
    root = ir.Module(
        "Root", parameters=(ir.Parameter("w", shared),), submodules=(ir.Submodule("a", child),)
    )

    found = sizes(root)
    assert (found[root].parameters, found[root].bytes) == (7, 28)
    assert found[child].parameters == 7


def test_a_module_under_two_names_is_listed_once():
    child = chain(2)
    root = ir.Module("Top", submodules=(ir.Submodule("a", child), ir.Submodule("b", child)))

    assert [(row.name, row.again) for row in rows(root)] == [
        ("", ""), ("a", ""), ("0", ""), ("b", "a")
    ]  # fmt: skip


def test_a_tree_of_ten_thousand_levels_is_listed():
    module = ir.Module("Leaf")
    for _ in range(10_000):
        module = ir.Module("Level", submodules=(ir.Submodule("in", module),))

    assert sum(1 for _ in rows(module)) == 10_001
    assert sizes(module)[module].bytes == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (437_937_152, "437.9 MB")],
)
def test_bytes_are_written_in_powers_of_1000(count, text):
    assert bytes_text(count) == text


def guarded_gate():
    """The gate as if traced, with a guard whose place and predicate hold colons."""
    gate = sample_models.gate()
    value = gate.functions[0].body.nodes[1].outputs[0]
    debug = ir.GuardDebug(ir.Place("gate.py", 3, 4), "x:smile:")
    decision = ir.TraceDecision("branch", value, c.scalar(True), debug)
    function = replace(gate.functions[0], origin="traced", decisions=(decision,))
    return replace(gate, functions=(function,), examples=())


def test_a_guard_is_shown_with_its_source_line_where_the_file_carries_it(tmp_path):
    file = tmp_path / "m.tsproto"
    write(guarded_gate(), file)

    lines = show(file, "-p", "decisions").splitlines()

    assert lines[:2] == ["gate.py:3:5: branch: x:smile: was True", "    x = 1"]


def test_printing_a_model_writes_alike_numbered_modules_once(stack):
    assert str(ts.load(stack)) == (
        "Stack(traced, 1 trace decision\n"
        "  (layer): ModuleList(\n"
        "    (0..11): 12 x Block(traced\n"
        "      (first): Linear(traced)\n"
        "      (last): Linear(traced)\n"
        "    )\n"
        "  )\n"
        "  (head): Linear(traced)\n"
        ")"
    )
