"""Rules of weights: their shapes, and the data behind them where it is in memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir.constants import ArraySource
from tracescript.opset.dtypes import of_numpy
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.type_rules import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope


def weight_20_elements_fit(scope: Scope) -> Iterator[Fault]:
    """WEIGHT-20: The extents of a weight MUST be 0 or more, and their product at most 2^63 - 1."""
    for weight, spot in scope.weights.items():
        if any(not isinstance(n, int) or n < 0 for n in weight.shape):
            what = f"every extent is 0 or more, found {list(weight.shape)}"
            yield Fault("BAD_WEIGHT", spot.where, what)
        elif math.prod(n for n in weight.shape if n) > LARGEST:
            what = f"{list(weight.shape)} has more than {LARGEST} elements"
            yield Fault("BAD_WEIGHT", spot.where, what)


def weight_21_known_data_type(scope: Scope) -> Iterator[Fault]:
    """WEIGHT-21: The data type of a weight MUST be one that tensors can have."""
    for weight, spot in scope.weights.items():
        if not isinstance(weight.data_type, ir.DataType):
            yield Fault("BAD_WEIGHT", spot.where, f"{weight.data_type!r} is no data type")


def weight_22_data_is_as_declared(scope: Scope) -> Iterator[Fault]:
    """WEIGHT-22: The data of a weight MUST have the weight's data type and shape."""
    for weight, spot in scope.weights.items():
        if not isinstance(weight.source, ArraySource):
            continue
        data = weight.source.data
        if tuple(data.shape) != tuple(weight.shape):
            what = f"the data has shape {list(data.shape)}, the weight {list(weight.shape)}"
            yield Fault("BAD_WEIGHT", spot.where, what)
        found = of_numpy(data.dtype)
        if found not in {None, weight.data_type}:
            what = f"the data is {data.dtype}, the weight {weight.data_type.value}"
            yield Fault("BAD_WEIGHT", spot.where, what)


SOUND: tuple[Rule, ...] = (weight_21_known_data_type,)
"""Rules that the others rely on."""
RULES: tuple[Rule, ...] = (
    weight_20_elements_fit,
    weight_22_data_is_as_declared,
)
