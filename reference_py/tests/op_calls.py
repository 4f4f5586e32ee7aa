"""What tests of op calls share: values of a type, and the code and rule a call is refused with."""

from __future__ import annotations

import pytest

from tracescript import ir
from tracescript.errors import InvalidModelError
from tracescript.ir import DataType, Symbol, TensorType, constants

B = Symbol("B", 1, 64)
F32, I64 = DataType.FLOAT32, DataType.INT64
INT, FLOAT, BOOL, STR = constants.INT, constants.FLOAT, constants.BOOL, constants.STR


def tensor(*shape, dtype=F32):
    return ir.Value(TensorType(dtype, shape))


def value(of):
    return ir.Value(of)


def refused(builder, *call, **more):
    with pytest.raises(InvalidModelError) as caught:
        builder.call(*call, **more)
    return caught.value.code, caught.value.rule
