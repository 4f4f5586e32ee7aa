"""Kernels with constants laid out beforehand, in blocks, and with fewer results."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from conv_definition import by_definition
from engine_runs import run

from benchmarks.author import Author
from tracescript import ir
from tracescript.errors import TrapError
from tracescript.kernels import KERNELS, blocked, norm, products
from tracescript.kernels.pool import VALUES_ONLY
from tracescript.kernels.table import OPEN

RNG = np.random.default_rng(5)


def model_of(op, inputs, weights, attributes, pack=False):
    """Write a model of one call whose weights are constants, as a list if `pack`."""

    def type_of(a):
        return ir.TensorType(ir.DataType(a.dtype.name), a.shape)

    def body(w, *values):
        given, constant = values[: len(inputs)], values[len(inputs) :]
        made = w(op, *given, *([w("list.make", *constant)] if pack else constant), **attributes)
        return list(made) if isinstance(made, tuple) else [made]

    author = Author()
    function = author.function(
        "F.forward",
        [(f"x{i}", type_of(a)) for i, a in enumerate(inputs)],
        body,
        bound=[(f"w{i}", type_of(a)) for i, a in enumerate(weights)],
    )
    return author, author.method(function, weights)


@pytest.mark.parametrize(("op", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_recurrent_weights_laid_out_beforehand_give_the_same(op, gates, dtype):
    inner, features, layers = 5, 3, 2
    draw = lambda *shape: (RNG.standard_normal(shape) * 0.5).astype(dtype)
    states = [draw(layers * 2, 4, inner) for _ in range(2 if op == "lstm" else 1)]
    weights = []
    for layer in range(layers):
        wide = features if layer == 0 else 2 * inner
        for _ in range(2):
            weights += [draw(gates * inner, n) for n in (wide, inner)]
            weights += [draw(gates * inner) for _ in range(2)]
    inputs = [draw(6, 4, features), *states]
    given = {"layers": layers, "bidirectional": True}
    author, method = model_of(op, inputs, weights, given, pack=True)
    expected = run("ref", author, method, inputs).outputs
    for got, want in zip(run("py", author, method, inputs).outputs, expected, strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=2e-3 if dtype == np.float16 else 1e-5)


def test_prepared_code_runs_twice_with_other_inputs():
    weights = [RNG.standard_normal((4, 3, 3, 3)), RNG.standard_normal(4)]
    x = RNG.standard_normal((1, 3, 8, 8))
    author, method = model_of("conv2d", [x], weights, {"padding": [1, 1, 1, 1]})
    for scale in (1.0, -2.0):
        (found,) = run("py", author, method, [x * scale]).outputs
        want = by_definition(x * scale, *weights, (1, 1), (1, 1, 1, 1), (1, 1), 1)
        np.testing.assert_allclose(found, want, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_the_largest_of_windows_is_the_same_without_their_places(dtype):
    x = (RNG.standard_normal((2, 3, 9, 10)) * 100).astype(dtype)
    if dtype == np.float32:
        x[0, 0, 4, 4], x[0, 1], x[1, 2, 0, 0] = np.nan, -np.inf, np.inf
    for kernel, stride, padding, dilation, ceil in (
        ((3, 3), (2, 2), (1, 1), (1, 1), False),
        ((2, 3), (3, 1), (0, 1), (2, 2), True),
        ((4, 4), (4, 4), (2, 2), (1, 1), True),
    ):
        given = (kernel, stride, padding, dilation, ceil)
        values = VALUES_ONLY["max_pool2d"](x, *given)
        np.testing.assert_array_equal(values, KERNELS.get("max_pool2d")(x, *given)[0])


def test_the_largest_of_adaptive_windows_is_the_same_without_their_places():
    x = RNG.standard_normal((2, 3, 9, 10))
    x[0, 0, 4, 4], x[0, 1], x[1, 2, 0, 0] = np.nan, -np.inf, np.inf
    for size in ([1, 1], [4, 7], [9, 10], [12, 3], [0, 2]):
        values = VALUES_ONLY["adaptive_max_pool2d"](x, size)
        np.testing.assert_array_equal(values, KERNELS.get("adaptive_max_pool2d")(x, size)[0])


@pytest.mark.parametrize("size", [1, 7, 100])
def test_blocks_cover_every_element(size, monkeypatch):
    monkeypatch.setattr(blocked, "BLOCK", 8)
    x = RNG.standard_normal((size, 3))
    np.testing.assert_allclose(
        KERNELS.get("sigmoid")(x), 1 / (1 + np.exp(-x)), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(KERNELS.get("softmax")(x, dim=-1).sum(-1), 1.0)
    normed = KERNELS.get("layer_norm")(x, None, None, normalized_rank=1, eps=0.0)
    np.testing.assert_allclose(normed.var(-1), 1.0)


def test_what_attention_does_not_see_may_be_nan():
    q, k = RNG.standard_normal((2, 1, 4, 8)), RNG.standard_normal((2, 1, 4, 8))
    spoiled = k.copy()
    spoiled[:, :, 3] = np.nan
    attend = KERNELS.get("scaled_dot_product_attention")
    given = {"is_causal": True, "scale": None, "enable_gqa": False}
    found = attend(q, spoiled, k, None, **given)
    whole = attend(q, k, k, None, **given)
    np.testing.assert_array_equal(found[:, :, :3], whole[:, :, :3])
    assert np.isnan(found[:, :, 3]).all()
    seen = np.array([[True, True, True, False]] * 4)
    given["is_causal"] = False
    assert np.isfinite(attend(q, spoiled, k, seen, **given)).all()


@pytest.mark.parametrize("shift", [0, 20, 40, 60, -60, 88, 104, -104, 1000, -1000])
def test_softmax_is_the_same_wherever_its_rows_lie(shift):
    x = RNG.integers(-8, 8, (5, 33)).astype(np.float32)
    want = np.exp(x, dtype=np.float64) / np.exp(x, dtype=np.float64).sum(-1, keepdims=True)
    with np.errstate(all="ignore"):
        found, logarithms = (
            KERNELS.get(op)(x + shift, dim=-1) for op in ("softmax", "log_softmax")
        )
    np.testing.assert_allclose(found, want, rtol=2e-6)
    np.testing.assert_allclose(logarithms, np.log(want), rtol=5e-7)


SOME_SEEN = np.arange(9) < np.array([[9], [4], [0], [9], [1]])


@pytest.mark.parametrize(("op", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
@pytest.mark.parametrize("inner", [6, 7])
@pytest.mark.parametrize("batch", [0, 1, 3])
def test_recurrent_products_in_parts_give_the_same(op, gates, inner, batch, monkeypatch):
    states = RNG.standard_normal((2 if op == "lstm" else 1, 1, batch, inner))
    rows = gates * inner
    weights = [RNG.standard_normal(s) for s in ((rows, 5), (rows, inner), (rows,), (rows,))]
    given = {"layers": 1, "bidirectional": False, "has_bias": True}
    given |= {"nonlinearity": "tanh"} if op == "rnn" else {}
    inputs = [RNG.standard_normal((4, batch, 5)), *states, weights]
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: True)
    whole = KERNELS.get(op)(*inputs, **given)
    monkeypatch.setattr(products, "_SMALL", 100)
    for found, want in zip(KERNELS.get(op)(*inputs, **given), whole, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("op", ["softmax", "log_softmax", "layer_norm"])
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e4, -1e4, 1e-30])
def test_rows_do_not_influence_each_other(op, odd):
    x = RNG.standard_normal((7, 33)).astype(np.float32)
    given = {"dim": -1} if op != "layer_norm" else {"normalized_rank": 1, "eps": 1e-5}
    rest = [None, None] if op == "layer_norm" else []
    spoiled = x.copy()
    spoiled[3] += np.float32(odd)
    spoiled[5, ::2] = odd
    with np.errstate(all="ignore"):
        found, whole = (KERNELS.get(op)(a, *rest, **given) for a in (spoiled, x))
    others = [0, 1, 2, 4, 6]
    np.testing.assert_array_equal(found[others], whole[others])


@pytest.mark.parametrize("odd", [np.nan, np.inf, 1e4])
@pytest.mark.parametrize("mask", [None, SOME_SEEN, np.where(SOME_SEEN, 0, -np.inf)])
def test_queries_do_not_influence_each_other(mask, odd):
    q, k = RNG.standard_normal((2, 3, 5, 8)), RNG.standard_normal((2, 3, 9, 8))
    spoiled = q.copy()
    spoiled[0, 1, 3] = odd
    attend = KERNELS.get("scaled_dot_product_attention")
    given = {"is_causal": False, "scale": None, "enable_gqa": False}
    with np.errstate(all="ignore"):
        found, whole = (attend(a, k, k, mask, **given) for a in (spoiled, q))
    found[0, 1, 3] = whole[0, 1, 3]
    np.testing.assert_array_equal(found, whole)


@pytest.mark.parametrize("axes", [(1, 0, 2, 3), (2, 0, 1, 3), (0, 1, 3, 2), (3, 2, 1, 0)])
def test_attention_is_the_same_however_its_operands_lie(axes):
    q, k, v = RNG.standard_normal((3, 2, 3, 5, 8))
    attend = KERNELS.get("scaled_dot_product_attention")
    given = {"is_causal": False, "scale": None, "enable_gqa": False}
    lying = [np.ascontiguousarray(x.transpose(axes)).transpose(np.argsort(axes)) for x in (q, k, v)]
    want = np.exp(q @ k.swapaxes(-1, -2) / 8**0.5)
    want = want / want.sum(-1, keepdims=True) @ v
    np.testing.assert_allclose(attend(*lying, None, **given), want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 5, 3), (1400, 3), (5, 1500), (2, 4, 700), (40, 300)])
@pytest.mark.parametrize("count", [1, 2])
def test_layer_norm_with_constant_weights_is_its_definition(shape, count):
    x, weights = RNG.standard_normal(shape), RNG.standard_normal((count, shape[-1]))
    author, method = model_of("layer_norm", [x], [*weights], {})
    (found,) = run("py", author, method, [x]).outputs
    want = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * weights[0]
    np.testing.assert_allclose(found, want + (weights[1] if count > 1 else 0), atol=1e-12)


def bound_of_layer_norm(x, weight, bias, want):
    """Return the formula of the op's page, in float64."""
    u, width = 2.0**-24, x.shape[-1]
    mean, deviation = x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    sizes = np.abs(x).mean(-1, keepdims=True)
    spread = (2 * width**0.5 + 2) * u * sizes + 2 * u * (np.abs(x) + np.abs(mean))
    scaled = (width**0.5 + 6) * u * np.abs(weight * (x - mean) / deviation)
    return np.abs(weight) / deviation * spread + scaled + u * (np.abs(bias) + np.abs(want))


@pytest.mark.parametrize("odd", [np.nan, np.inf, 3e37, 1e19, 1e4, 2, 1e-12, 0])
@pytest.mark.parametrize("least", [1, 0, 1e-40, 1e30])
def test_layer_norm_of_constant_weights_keeps_its_bound_and_rows_apart(odd, least):
    x = RNG.standard_normal((23, 600)).astype(np.float32)
    weight, bias = RNG.standard_normal((2, 600)).astype(np.float32)
    weight[7] = least
    spoiled = x.copy()
    spoiled[[2, 21]] += np.float32(odd)
    spoiled[9, ::2] = odd
    spoiled[10] *= np.float32(odd)
    kernel = norm.PREPARE["layer_norm"]([OPEN, weight, bias], 1, 1e-5)
    with np.errstate(all="ignore"):
        found, whole = kernel(spoiled), kernel(x)
        wide = spoiled.astype(np.float64)
        scale = np.sqrt(wide.var(-1, keepdims=True) + 1e-5)
        want = (wide - wide.mean(-1, keepdims=True)) / scale * weight + bias
        bound = bound_of_layer_norm(wide, weight, bias, want)
    ours = np.isfinite(wide).all(-1) & (np.abs(wide) < 1e18).all(-1)
    assert (np.abs(found - want) <= bound)[ours].all()
    assert np.isnan(found[~np.isfinite(wide).all(-1)]).all()
    others = [i for i in range(23) if i not in {2, 9, 10, 21}]
    np.testing.assert_array_equal(found[others], whole[others])


@pytest.mark.parametrize("extents", [(4,), (1,), (2, 2), (2, 4)])
def test_layer_norm_refuses_weights_of_other_extents(extents):
    x, weight = np.ones((5, 4, 2)), np.ones(extents)
    plain = functools.partial(KERNELS.get("layer_norm"), normalized_rank=len(extents), eps=1e-5)
    for kernel in (plain, norm.PREPARE["layer_norm"]([OPEN, weight, None], len(extents), 1e-5)):
        with pytest.raises(TrapError) as raised:
            kernel(x, weight, None)
        assert raised.value.code == "SHAPE_ERROR"


def test_infinities_pass_through_activations():
    x = np.array([-np.inf, np.inf, np.nan, 0.0], np.float32)
    with np.errstate(all="ignore"):
        for op, given in (("gelu", {"approximate": "none"}), ("silu", {})):
            np.testing.assert_array_equal(KERNELS.get(op)(x, **given), [0, np.inf, np.nan, 0])
        np.testing.assert_array_equal(KERNELS.get("erf")(x), [-1, 1, np.nan, 0])


def test_batch_norm_refuses_another_number_of_channels_that_would_divide():
    x, each = np.ones((2, 4, 3), np.float32), np.ones(2, np.float32)
    with pytest.raises(TrapError) as raised:
        KERNELS.get("batch_norm")(x, each, each, None, None, eps=1e-5)
    assert raised.value.code == "SHAPE_ERROR"


def test_ops_whose_results_are_called_new_share_no_memory_with_their_inputs():
    x = RNG.standard_normal((2, 4, 6, 6)).astype(np.float32)
    each = np.ones(4, np.float32)
    window = {"kernel": (1, 1), "stride": (1, 1), "padding": (0, 0), "ceil_mode": False}
    filters = np.ones((4, 4, 1, 1), np.float32)
    plain = {"stride": (1, 1), "padding": (0, 0, 0, 0), "dilation": (1, 1), "groups": 1}
    grown = {"padding": (0, 0), "output_padding": (0, 0)}
    calls = [
        ("batch_norm", [x, each, each, None, None], {"eps": 1e-5}),
        ("group_norm", [x, None, None], {"groups": 2, "eps": 1e-5}),
        ("layer_norm", [x, None, None], {"normalized_rank": 1, "eps": 1e-5}),
        ("softmax", [x], {"dim": -1}),
        ("log_softmax", [x], {"dim": 1}),
        ("conv2d", [x, filters, None], plain),
        ("conv_transpose2d", [x, filters, None], {**plain, **grown}),
        ("batch_norm_train", [x, each, each, None, None], {"momentum": 0.1, "eps": 1e-5}),
        ("adaptive_max_pool2d", [x, [6, 6]], {}),
        ("max_pool2d", [x], {**window, "dilation": (1, 1)}),
        ("avg_pool2d", [x], {**window, "count_include_pad": True, "divisor_override": None}),
        ("leaky_relu", [x], {"slope": 0.1}),
        ("elu", [x], {"alpha": 1.0}),
        *((op, [x], {}) for op in ("sigmoid", "relu", "relu6", "erf", "silu")),
        ("gelu", [x], {"approximate": "none"}),
    ]
    for op, inputs, attributes in calls:
        made = KERNELS.get(op)(*inputs, **attributes)
        result = made[0] if isinstance(made, tuple) else made
        assert not any(np.shares_memory(result, v) for v in inputs if v is not None), op
