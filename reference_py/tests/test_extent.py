"""What a call will allocate is estimated before it is made, from the op's page and shape rule."""

from __future__ import annotations

import numpy as np
import pytest

from tools.op_examples import examples
from tracescript.engine.extent import elements, judge
from tracescript.opset import attributes
from tracescript.opset.table import opset
from tracescript.opset.value_functions import numel

OTHER = {
    "str.format": "the fields of a template count as well",
    "broadcast_tensors": "the estimate is that of one of several results",
}
JUDGED = {op.name for op in opset() if judge(op) is not None}
OPEN = {n for n in JUDGED if any("None" in text for text in opset()[n].shape_arguments)}
"""Ops with an extent that the data decide."""


def cases(name):
    """Yield the estimate and the size of each example's first result."""
    op = opset()[name]
    for example in examples(op, opset().message(name)):
        if example.outputs:
            given = [None if v is None else v.value for v in example.inputs]
            made = example.outputs[0].value
            size = len(made) if isinstance(made, str) else numel(made)
            yield estimate(name, given, example.attributes), size


def estimate(name, given, named):
    op = opset()[name]
    return elements(judge(op), given, attributes.complete(op, named))


@pytest.mark.parametrize("name", sorted(JUDGED - set(OTHER)))
def test_an_estimate_is_the_size_of_the_result_or_none_where_data_decide(name):
    for estimated, size in cases(name):
        assert estimated in ({size, 0} if name in OPEN else {size})


def test_the_text_of_a_template_counts_and_so_do_texts_put_into_it():
    assert estimate("str.format", ["{}: {}", "name", 7], {}) == len("{}: {}") + len("name")


def test_a_diagonal_far_from_the_middle_is_estimated_with_its_offset():
    assert estimate("diag_embed", [np.ones(2)], {"offset": -1000}) == 1002 * 1002


def test_random_numbers_are_estimated_by_the_shape_that_is_asked_for():
    state = np.zeros(6, np.uint32)

    assert estimate("rand", [state, [1 << 20, 1 << 20]], {}) == 1 << 40


def test_a_page_says_what_no_shape_rule_tells():
    assert estimate("nonzero", [np.array([[0, 5], [7, 0]])], {}) == 4
    assert estimate("repeat_interleave", [np.ones((2, 3)), np.array([4, 5])], {"dim": 0}) == 27
    assert estimate("bincount", [np.array([1, 9]), 3], {}) == 10
