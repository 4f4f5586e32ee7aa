"""How an op's value is had from torch, where that is more than a call of torch's own function."""

from __future__ import annotations

from oracles.torch_random import RANDOM

_LIMIT = "float64, rounded once; at minus infinity the limit, where torch has inf * 0"
_ROWS = "float64, values of torch; order and places by Python's sorted()"
_PHASES = "float64, rounded once; phases turned as the definition says"
_FORMULA = "float64, rounded once; the formula, written out"
_DRAWN = "Philox from its paper over 64-bit words of numpy; what is drawn from them in float64"

METHODS: dict[str, str] = {
    **dict.fromkeys(("gelu", "hardswish", "mish", "silu"), _LIMIT),
    **dict.fromkeys(("kthvalue", "median_dim", "topk", "unique"), _ROWS),
    **dict.fromkeys(("linalg_eigh", "linalg_qr", "linalg_svd"), _PHASES),
    **dict.fromkeys(
        (
            *("batch_norm_train", "channel_shuffle", "dequantize", "quantize_per_channel"),
            *("quantize_per_tensor", "round", "rsqrt", "scaled_dot_product_attention"),
        ),
        _FORMULA,
    ),
    **dict.fromkeys(RANDOM, _DRAWN),
    "cast": "float64, rounded once; to integers by clamp, to float16 by numpy",
    "max_pool3d": "float64, values of torch; places by a loop over each window",
    "scatter": "float64, rounded once; element by element in the order of the index",
    "slice": "elements of torch at the places of Python's slice",
    "take_along_dim": "float64; places below 0 counted from the end beforehand",
}

BY_NUMPY: dict[str, str] = {"searchsorted": "numpy.searchsorted in float64"}
"""Ops that are asked of numpy: torch puts NaN behind NaN."""
