"""Shape rules against numpy on random shapes, and symbols against numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracescript.ir import Symbol, dims
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.shape_rules import infer
from tracescript.opset.shapes import Many, MismatchError

EXTENTS = st.integers(0, 4)
SHAPES = st.lists(EXTENTS, max_size=4).map(tuple)


def outcome(compute):
    """Return a shape, or None where it is refused."""
    try:
        return compute()
    except (MismatchError, ValueError, IndexError):
        return None


def zeros(shape):
    return np.zeros(shape, np.int8)


@given(SHAPES, SHAPES)
def test_broadcast_is_numpys(a, b):
    assert outcome(lambda: infer("broadcast", [a, b])) == outcome(lambda: np.broadcast_shapes(a, b))


@given(st.data())
def test_reductions_are_numpys(data):
    shape = data.draw(SHAPES.filter(len))
    axes = data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple))
    keep = data.draw(st.booleans())

    assert infer("reduce", [shape, axes, keep]) == zeros(shape).sum(axes, keepdims=keep).shape
    assert infer("reduce", [shape, None, keep]) == zeros(shape).sum(keepdims=keep).shape


@given(SHAPES, st.data())
def test_reshapes_are_numpys(shape, data):
    wanted = data.draw(st.lists(st.integers(-1, 6).filter(lambda n: n != 0), max_size=3).map(tuple))

    assert outcome(lambda: infer("reshape", [shape, wanted])) == outcome(
        lambda: zeros(shape).reshape(wanted).shape
    )


@given(SHAPES, SHAPES)
def test_expansion_is_numpys(shape, wanted):
    assert outcome(lambda: infer("expand", [shape, wanted])) == outcome(
        lambda: np.broadcast_to(zeros(shape), wanted).shape
    )


@given(st.data())
def test_axes_move_as_in_numpy(data):
    shape = data.draw(SHAPES.filter(len))
    axis = st.integers(-len(shape), len(shape) - 1)
    i, j = data.draw(axis), data.draw(axis)
    order = data.draw(st.permutations(range(len(shape))))

    assert infer("permute", [shape, order]) == zeros(shape).transpose(order).shape
    assert infer("transpose", [shape, i, j]) == np.swapaxes(zeros(shape), i, j).shape
    assert infer("movedim", [shape, i, j]) == np.moveaxis(zeros(shape), i, j).shape
    assert infer("unsqueeze", [shape, i]) == np.expand_dims(zeros(shape), i).shape
    assert (
        infer("select", [shape, i])
        == np.take(zeros((*shape[: i % len(shape)], 1, *shape[i % len(shape) + 1 :])), 0, i).shape
    )


@given(st.data())
def test_slices_are_pythons(data):
    n = data.draw(EXTENTS)
    bound = st.none() | st.integers(-6, 6)
    start, end, step = data.draw(bound), data.draw(bound), data.draw(st.integers(1, 3))

    (found,) = infer("slice", [(n,), start, end, step, 0])

    assert found == len(range(n)[start:end:step])


@given(st.lists(SHAPES, min_size=1, max_size=3), st.integers(0, 1))
def test_joining_is_numpys(shapes, axis):
    tensors = [zeros(s) for s in shapes]

    assert outcome(lambda: infer("concat", [shapes, axis])) == outcome(
        lambda: np.concatenate(tensors, axis).shape
    )


@given(st.lists(EXTENTS, max_size=3).map(tuple), st.integers(1, 3), st.integers(0, 1))
def test_stacking_is_numpys(shape, count, axis):
    axis = min(axis, len(shape))

    assert infer("stack", [[shape] * count, axis]) == np.stack([zeros(shape)] * count, axis).shape


@given(SHAPES, SHAPES)
def test_matrix_products_are_numpys(a, b):
    assert outcome(lambda: infer("matmul", [a, b])) == outcome(
        lambda: np.matmul(zeros(a), zeros(b)).shape
    )


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-3, 3).filter(bool))
def test_ranges_are_pythons(start, end, step):
    assert infer("range", [start, end, step]) == (len(range(start, end, step)),)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(2, 1), (3,)], (2, 3, 6, 7)),
        ([None, (2,)], (4, 2, 6, 7)),
        ([(2,), None, (2,)], (2, 5, 7)),
        ([None, None], (4, 5, 6, 7)),
    ],
)
def test_indexing_is_numpys(places, expected):
    key = tuple(slice(None) if p is None else np.zeros(p, int) for p in places)

    assert zeros((4, 5, 6, 7))[key].shape == expected
    assert infer("index", [(4, 5, 6, 7), places]) == expected


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]),
        ("bij,bjk->bik", [(5, 2, 3), (5, 3, 4)]),
        ("ii->i", [(3, 3)]),
        ("ba->ab", [(2, 3)]),
        ("i,j->ji", [(2,), (3,)]),
        ("ij->", [(2, 3)]),
    ],
)
def test_einsum_is_numpys(equation, shapes):
    expected = np.einsum(equation, *map(zeros, shapes)).shape

    assert infer("einsum", [shapes, equation]) == expected


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (4, 5)]),
        ("ij->i", [(2,)]),
        ("i->i", [(2, 3)]),
        ("i,j->i", [(2,)]),
        ("i->k", [(2,)]),
    ],
)
def test_an_einsum_that_does_not_fit_is_refused(equation, shapes):
    with pytest.raises(MismatchError):
        infer("einsum", [shapes, equation])


@pytest.mark.parametrize("shapes", [[(3, 3), (3, 3)], UNKNOWN])
@pytest.mark.parametrize(
    "equation", ["ij,jk", "...j,...j->...", "ij,jk->ii", "ij->>j", "1j->j", ""]
)
def test_an_equation_of_another_form_is_refused_whatever_the_shapes(equation, shapes):
    with pytest.raises(MismatchError):
        infer("einsum", [shapes, equation])


def test_convolution_by_hand():
    """(10 + 2*1 - 2*(3-1) - 1)//2 + 1 = 4; 10 + 0 + 1 - 1*(2-1) - 1 over 1, + 1 = 10."""
    found = infer("conv", [(5, 4, 10, 10), (8, 4, 3, 2), (2, 1), (1, 1, 0, 1), (2, 1)])

    assert found == (5, 8, 4, 10)


def test_a_transposed_convolution_undoes_the_extents_of_a_convolution():
    forward = infer("conv", [(1, 3, 9), (6, 3, 3), (2,), (1,), (1,)])

    assert infer("conv_transpose", [forward, (6, 3, 3), (2,), (1,), (0,), 1, (1,)]) == (1, 3, 9)


@pytest.mark.parametrize(
    ("n", "pad", "ceil", "expected"),
    [(7, 0, False, 3), (8, 0, False, 3), (8, 0, True, 4), (5, 1, True, 3)],
)
def test_pooling_by_hand(n, pad, ceil, expected):
    """Windows of 3, step 2; with n = 5, pad = 1, ceil: (5+2-3)/2 + 1 = 3."""
    assert infer("pool", [(1, n), (3,), (2,), (pad,), (1,), ceil]) == (1, expected)


def test_a_window_larger_than_its_plane_is_refused():
    with pytest.raises(MismatchError):
        infer("pool", [(1, 2), (3,), (1,)])


def test_padding_counts_from_the_last_axis():
    assert infer("pad", [(2, 3), (1, 0, 0, 2)]) == (4, 4)


def test_an_unknown_rank_stays_unknown():
    assert infer("reduce", [UNKNOWN, (0,), False]) is None
    assert infer("concat", [Many(None), 0]) is None
    assert infer("stack", [Many((2,)), 0]) == (None, 2)


B, N = Symbol("B", 1, 8), Symbol("N", 0, 8)


@settings(max_examples=60)
@given(st.integers(1, 8), st.integers(0, 8), st.data())
def test_a_rule_over_symbols_agrees_with_the_rule_over_numbers(b, n, data):
    rule, arguments = data.draw(
        st.sampled_from(
            [
                ("flatten", [(B, N, 2), 0, -1]),
                ("reshape", [(B, N, 6), (-1, 3)]),
                ("slice", [(B, N), 0, -1, 2, 1]),
                ("slice", [(B, N), 2, None, 3, 0]),
                ("concat", [[(B, 2), (N, 2)], 0]),
                ("matmul", [(B, N, 3), (3, 5)]),
                ("conv", [(B, 3, dims.add(N, 9)), (4, 3, 3), (2,), (1,), (1,)]),
                ("pad", [(B, N), (1, 2)]),
                ("range", [0, N, 3]),
            ]
        )
    )
    binding = {"B": b, "N": n}

    def number(value):
        if isinstance(value, tuple | list):
            return type(value)(map(number, value))
        return value if value is None or isinstance(value, int) else dims.evaluate(value, binding)

    found = infer(rule, arguments)
    concrete = infer(rule, [number(a) for a in arguments])

    assert tuple(dims.evaluate(d, binding) for d in found) == concrete
