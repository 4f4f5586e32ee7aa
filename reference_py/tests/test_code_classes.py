from __future__ import annotations

import re
from pathlib import Path

import pytest
from code_texts import (
    CELL,
    EMPTY,
    GATE,
    LINEAR,
    LOOP,
    POWER,
    SCRIPTED_GATE,
    TREE,
    compiled,
    function,
    rewritten,
    tree,
)


@pytest.mark.parametrize(
    "texts",
    [
        (GATE,),
        (LINEAR,),
        (CELL, GATE, LINEAR),
        (SCRIPTED_GATE,),
        (CELL, GATE, LINEAR, LOOP),
        (POWER,),
    ],
    ids=["gate", "linear", "cell", "scripted gate", "loop", "state and while"],
)
def test_the_examples_of_the_language_are_fixed_points(texts):
    model = TREE if CELL in texts else EMPTY
    assert rewritten(*texts, model=model) == texts


def test_a_struct_is_a_fixed_point():
    struct = "class Out(Struct):\n    logits: Tensor[float32, 2]\n    mask: int\n"
    named = "@named('my.Pair')\nclass Pair(Struct, tuple):\n    out: Out\n    self['class']: int\n"
    body = function(
        "out = Out(logits=a, mask=n)\nreturn ops.struct.make(out, 1, type=Pair), out.mask",
        "a: Tensor[float32, 2], n: int",
        "tuple[Pair, int]",
    )
    assert rewritten(struct, named, body) == (struct, named, body)


def test_state_is_changed_by_a_callee_in_an_arm_and_in_a_loop():
    inner = """\
class Norm(Module):
    count: State[int]

    @scripted
    def forward(self, n: int) -> int:
        v0 = self.count + n
        self.count = v0
        return v0
"""
    outer = """\
class Cell(Module):
    norm: Norm
    norm.count: State[int]

    @scripted
    def forward(self, n: int, c: bool) -> int:
        v0 = self.norm(n)
        if c:
            v1 = self.norm(v0)
            y, self.norm.count = v1, self.norm.count
        else:
            y, self.norm.count = 0, self.norm.count
        y_2, self.norm.count = y, self.norm.count
        for i in range(n):
            v2 = self.norm(i)
            y_2, self.norm.count = v2, self.norm.count
        return y_2
"""
    assert rewritten(inner, outer, model=tree(norm="Norm")) == (outer, inner)
    assert [o.type for o in compiled(inner, outer).function("Cell.forward").outputs] == [
        compiled(inner, outer).function("Norm.forward").outputs[0].type
    ] * 2


def test_an_old_state_that_is_returned_gets_a_name():
    text = """\
class Cell(Module):
    a: State[int]
    b: State[int]

    @scripted
    def forward(self) -> int:
        v0 = self.a
        self.a = self.b
        self.b = v0
        return v0
"""
    made = compiled(text).function("Cell.forward")
    a, b = made.body.params
    assert made.body.results == (a, b, a)
    assert rewritten(text) == (text,)


def test_a_call_that_passes_something_else_names_its_function_and_all_inputs():
    outer = """\
class Cell(Module):
    weight: Weight[Tensor[float32, 4, 4]]

    @traced
    def forward(self, x: Tensor[float32, 3, 4], b: Tensor[float32, 4]) -> Tensor[float32, 3, 4]:
        return call('Linear.forward', x, self.weight, b)
"""
    assert rewritten(outer, LINEAR) == (outer, LINEAR)


def part(name):
    """Make the text of a class that adds its weight."""
    return f"""\
class {name}(Module):
    w: Weight[int]

    @traced
    def forward(self, n: int) -> int:
        return n + self.w
"""


def test_a_second_class_on_one_path_is_named_at_the_call():
    one, two = part("One"), part("Two")
    outer = """\
class Cell(Module):
    part: One

    @traced
    def forward(self, n: int) -> int:
        return Two.forward(self.part, self.part(n))
"""
    assert rewritten(outer, one, two) == (outer, one, two)


def test_other_methods_are_called_by_name():
    part = """\
class Part(Module):
    w: Weight[int]

    @traced
    def encode(self, n: int) -> int:
        return n + self.w
"""
    outer = """\
class Cell(Module):
    part: Part
    w: Weight[int]

    @traced
    def double(self, n: int) -> int:
        return n * self.w

    @traced
    def forward(self, n: int) -> int:
        return self.double(self.part.encode(n))
"""
    assert rewritten(outer, part) == (outer, part)


def test_paths_that_python_does_not_spell_are_subscripts():
    text = """\
class Cell(Module):
    self[0]: Part
    layers[12]['a-b'].weight: Weight[int]
    self['class']: Weight[int]

    @traced
    def forward(self, n: int) -> int:
        return (self[0](n) + self.layers[12]['a-b'].weight) + self['class']
"""
    assert rewritten(text, part("Part")) == (text, part("Part"))
    names = [i.name for i in compiled(text, part("Part")).function("Cell.forward").inputs]
    assert names == ["n", "0.w", "layers.12.a-b.weight", "class"]


def test_inputs_that_the_text_would_order_otherwise_are_listed():
    text = """\
class Cell(Module):

    @traced
    @bound('b', int)
    @bound('a', int)
    @bound('unused', Tensor[float32, 4])
    @state('count', int)
    def forward(self) -> int:
        return self.a + self.b
"""
    names = [i.name for i in compiled(text).function("Cell.forward").inputs]
    assert names == ["b", "a", "unused", "count"]
    assert rewritten(text) == (text,)


def test_names_that_python_or_the_language_reserves_are_changed_and_kept():
    text = """\
@imported
@named('<lambda>')
@inputs('len', 'class', 'a b', 'ok')
@outputs('loss', '')
def function(len_: int, class_: int, x: int = 3, *, ok: bool = True) -> tuple[int, int]:
    return len_, class_
"""
    made = compiled(text).function("<lambda>")
    assert [i.name for i in made.inputs] == ["len", "class", "a b", "ok"]
    assert [i.kind for i in made.inputs] == ["positional"] * 3 + ["keyword_only"]
    assert [o.name for o in made.outputs] == ["loss", ""]
    assert rewritten(text) == (text,)


def test_the_examples_of_the_specification_are_the_ones_tested_here():
    page = (Path(__file__).parents[2] / "spec" / "code.md").read_text(encoding="utf-8")
    examples = re.findall(r"```tracescript \w+\n(.*?)```", page, re.DOTALL)
    assert examples == [GATE, CELL, LOOP]
