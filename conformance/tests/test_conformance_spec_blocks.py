"""Fenced blocks of the specification are cases, or say that nothing can run them."""

from __future__ import annotations

import pytest
from suite_runs import ROOT

from tools import authored, spec_blocks
from tools.sources import SourceError

UNIT = """class A(Module):

    @authored
    def forward(self, x: Tensor[float32, 2]) -> Tensor[float32, 2]:
        return x
"""
CASES = """
[[case]]
id = "a/b/c"
story = "Why."
rules = ["GRAPH-1"]
model = { text = "", spec = ["unit"], tree = { "" = "A" }, sections = ["code"] }
steps = [{ inputs = ["f32[2] 1 2"], gives = ["f32[2] 1 2"] }]
"""


def fence(words, text):
    return f"Before.\n\n```{words}\n{text}```\n\nAfter.\n"


def cases(tmp_path, page):
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "page.md").write_text(page)
    return authored.cases(tmp_path / "conformance")


def test_a_program_and_its_case_are_taken_from_the_page(tmp_path):
    (case,) = cases(tmp_path, fence("tracescript unit", UNIT) + fence("tscase", CASES))

    assert case.id == "a/b/c"
    assert UNIT.encode() in case.artifacts[0].content


def test_a_program_that_no_case_takes_is_refused(tmp_path):
    with pytest.raises(SourceError, match="without a case"):
        cases(tmp_path, fence("tracescript unit", UNIT))


def test_a_program_that_is_not_laid_out_as_files_have_it_is_refused(tmp_path):
    loose = UNIT.replace("class A(Module):\n\n", "class A(Module):\n")

    with pytest.raises(SourceError, match="are not as the code section has them"):
        cases(tmp_path, fence("tracescript unit", loose) + fence("tscase", CASES))


@pytest.mark.parametrize("words", ["", "python", "tracescript", "tracescript a b", "tscase a"])
def test_a_block_that_says_not_what_it_is_is_refused(words, tmp_path):
    with pytest.raises(spec_blocks.SpecBlockError, match=r"page\.md:3"):
        cases(tmp_path, fence(words, UNIT))


def test_two_programs_of_one_name_are_refused(tmp_path):
    with pytest.raises(spec_blocks.SpecBlockError, match="new name"):
        cases(tmp_path, fence("tracescript unit", UNIT) * 2)


def test_a_marked_block_is_neither(tmp_path):
    assert cases(tmp_path, fence("grammar", "unit = {class}\n")) == []


def test_the_pages_have_programs_and_cases():
    found = spec_blocks.read(ROOT.parent / "spec")

    assert {"gate", "cell", "loop"} <= found.programs.keys()
    assert found.cases
