"""float16 and bfloat16: computed in float32, rounded once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ml_dtypes import bfloat16
from op_runs import by_definition, by_kernel

from tracescript.kernels import KERNELS

BITS = {np.dtype(np.float16): 11, np.dtype(bfloat16): 8}
RANDOM = np.random.default_rng(3)

UNARY = (
    "abs neg floor ceil trunc sqrt rsqrt reciprocal square exp expm1 log log1p sin cos tanh erf"
    " erfc sigmoid silu gelu softplus elu leaky_relu hardswish hardsigmoid mish logsigmoid relu"
).split()
VOLUME = {"kernel": (2, 2, 2), "stride": (1, 1, 1)}
PLANE = {"kernel": (2, 2), "stride": (2, 2)}
POINTS = RANDOM.integers(-8, 9, (1, 5, 6, 2)) / 8
CALLS: list[tuple[str, list[Any], dict[str, Any]]] = [
    *[(name, [abs(RANDOM.standard_normal(50)) + 0.1], {}) for name in UNARY],
    *[
        (name, [RANDOM.standard_normal(40), RANDOM.standard_normal(40) + 3], {})
        for name in ("add", "sub", "mul", "div", "maximum", "atan2")
    ],
    ("sum", [abs(RANDOM.standard_normal((6, 300)))], {"dim": (1,)}),
    ("mean", [abs(RANDOM.standard_normal((6, 300)))], {"dim": (1,)}),
    ("softmax", [RANDOM.standard_normal((5, 9))], {"dim": 0}),
    ("log_softmax", [RANDOM.standard_normal((5, 9))], {"dim": 1}),
    ("layer_norm", [RANDOM.standard_normal((5, 9))], {}),
    ("avg_pool3d", [abs(RANDOM.standard_normal((1, 2, 3, 4, 4)))], VOLUME),
    ("adaptive_avg_pool3d", [abs(RANDOM.standard_normal((1, 2, 3, 4, 4))), [1, 2, 3]], {}),
    ("lp_pool2d", [abs(RANDOM.standard_normal((1, 2, 4, 4)))], {"norm": 2.0, **PLANE}),
    ("col2im", [abs(RANDOM.standard_normal((1, 8, 9))), [4, 4]], {"kernel": (2, 2)}),
    ("grid_sample", [abs(RANDOM.standard_normal((1, 2, 4, 4))), POINTS], {}),
    ("weight_norm", [abs(RANDOM.standard_normal((4, 9))) + 0.1, np.ones((4, 1))], {}),
    ("linalg_matrix_norm", [RANDOM.standard_normal((2, 4, 9))], {}),
    ("linear", [abs(RANDOM.standard_normal((5, 9))), abs(RANDOM.standard_normal((4, 9)))], {}),
]


def spacing(values: Any, dtype: Any) -> Any:
    exponent = np.floor(np.log2(np.maximum(np.abs(values), 2.0**-14)))
    return 2.0 ** (exponent - BITS[np.dtype(dtype)] + 1)


@pytest.mark.parametrize("dtype", [np.float16, bfloat16])
@pytest.mark.parametrize(
    ("run", "op", "inputs", "attributes"),
    [(by_kernel, *call) for call in CALLS if call[0] in KERNELS]
    + [(by_definition, *call) for call in CALLS],
)
def test_a_half_result_is_the_exact_one_rounded_once(
    run: Any, op: str, inputs: list[Any], attributes: dict[str, Any], dtype: Any
) -> None:
    narrow = [x.astype(dtype) if isinstance(x, np.ndarray) else x for x in inputs]
    padded = [*narrow, *[None] * (3 - len(narrow) if op in {"linear", "layer_norm"} else 0)]
    wide = [x.astype(np.float64) if isinstance(x, np.ndarray) else x for x in padded]

    (found,) = run(op, padded, attributes)

    (exact,) = by_definition(op, wide, attributes)
    assert found.dtype == dtype
    assert np.all(np.abs(found.astype(np.float64) - exact) <= 0.51 * spacing(exact, dtype))


@pytest.mark.parametrize("dtype", [np.float16, bfloat16])
def test_a_half_sum_does_not_overflow_on_the_way(dtype: Any) -> None:
    terms = np.array([60000.0, 60000.0, -60000.0], dtype)

    (found,) = by_kernel("sum", [terms], {})

    assert float(found) == float(terms[0])


def test_float64_goes_to_bfloat16_in_one_rounding() -> None:
    just_above_a_tie = np.array([1 + 2.0**-8 + 2.0**-40])

    (found,) = by_kernel("cast", [just_above_a_tie], {"dtype": "bfloat16"})

    assert float(found[0]) == 1 + 2.0**-7


def test_float8_without_infinity_saturates() -> None:
    given = np.array([464.0, 465.0, 1e9, np.inf, -np.inf])

    (found,) = by_kernel("cast", [given], {"dtype": "float8_e4m3fn"})

    assert [float(v) for v in found] == [448.0, 448.0, 448.0, 448.0, -448.0]


@pytest.mark.parametrize("source", [np.float32, np.float64])
@pytest.mark.parametrize("target", ["uint8", "int8", "int16", "int32", "int64"])
def test_a_float_beyond_an_integer_type_stops_at_its_end(source: Any, target: str) -> None:
    limits = np.iinfo(target)

    (found,) = by_kernel("cast", [np.array([1e30, -1e30, np.nan], source)], {"dtype": target})

    assert found.tolist() == [limits.max, limits.min, 0]
