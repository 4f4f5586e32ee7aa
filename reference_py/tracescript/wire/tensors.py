"""Elements of tensors as bytes: packing, unpacking, and weights whose bytes stay in the file."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir.types import DataType
from tracescript.opset.dtypes import numpy_of, of_numpy
from tracescript.wire.faults import fault
from tracescript.wire.scan import check_framing

if TYPE_CHECKING:
    from tracescript.ir.values import Weight
    from tracescript.wire.scan import Place

    Array = np.ndarray[Any, Any]

_BYTE: Final = 8
_SIGNED: Final = (DataType.INT4, DataType.INT2)


def dtype_of(data_type: DataType) -> np.dtype[Any]:
    """Return the numpy dtype of an element type.

    Raises:
        UnsupportedError: UNSUPPORTED_DATA_TYPE, for complex32, which numpy cannot hold.
    """
    try:
        return numpy_of(data_type)
    except KeyError as error:
        what = f"found {data_type.value}, which numpy cannot hold"
        raise fault("UNSUPPORTED_DATA_TYPE", what, "", "WEIGHT-12") from error


def data_type_of(dtype: np.dtype[Any]) -> DataType:
    """Return the element type of a numpy dtype.

    Raises:
        UnsupportedError: UNSUPPORTED_DATA_TYPE, if the format has none.
    """
    found = of_numpy(dtype)
    if found is None:
        what = f"found an array of dtype {dtype}, expected one of the format's data types"
        raise fault("UNSUPPORTED_DATA_TYPE", what, "", "WEIGHT-12")
    return found


def size_of(data_type: DataType, shape: tuple[int, ...]) -> int:
    """Count the bytes of a tensor's payload. Spec: WEIGHT-2."""
    return (math.prod(shape) * data_type.bits + _BYTE - 1) // _BYTE


def extent(shape: tuple[int, ...]) -> int:
    """Count the elements of a shape, its extents of 0 left out. Spec: CONTAINER-20."""
    return math.prod(n for n in shape if n)


def _unpack(data: memoryview, data_type: DataType, count: int) -> Array:
    """Spread elements narrower than a byte, first element in the low bits."""
    bits = data_type.bits
    stream = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: count * bits]
    weights = (1 << np.arange(bits)).astype(np.uint8)
    codes = (stream.reshape(count, bits) * weights).sum(axis=1, dtype=np.uint8)
    if data_type in _SIGNED:
        shift = np.uint8(_BYTE - bits)
        return ((codes << shift).view(np.int8) >> shift.view(np.int8)).astype(dtype_of(data_type))
    return codes.view(dtype_of(data_type))


def _pack(array: Array, data_type: DataType) -> memoryview:
    """Undo `_unpack`; unused bits of the last byte are zero."""
    bits = data_type.bits
    codes = array.astype(np.int8).view(np.uint8) if data_type in _SIGNED else array.view(np.uint8)
    stream = np.unpackbits(codes.reshape(-1, 1), axis=1, bitorder="little")[:, :bits]
    return np.packbits(stream.reshape(-1), bitorder="little").data


def check_elements(
    data: memoryview, data_type: DataType, count: int, where: str, code: str = "BAD_WEIGHT"
) -> None:
    """Refuse bytes that stand for no element.

    Raises:
        TsError: with `code`, WEIGHT-7 for a bool that is neither 0 nor 1, WEIGHT-8 for bits behind
            the last element.
    """
    tail = count * data_type.bits % _BYTE
    if tail and data[-1] >> tail:
        what = f"found last byte {data[-1]:#04x}, expected zero bits behind element {count - 1}"
        raise fault(code, what, where, "WEIGHT-8")
    if data_type is DataType.BOOL and count:
        largest = int(np.frombuffer(data, np.uint8).max())
        if largest > 1:
            what = f"found a bool byte of {largest}, expected 0 or 1"
            raise fault(code, what, where, "WEIGHT-7")


def decode(
    data: memoryview,
    data_type: DataType,
    shape: tuple[int, ...],
    where: str,
    code: str = "BAD_WEIGHT",
) -> Array:
    """Return the elements in `data`, which has the right size: a read-only view if it can be.

    Raises:
        TsError: with `code`, for bytes that stand for no element.
        UnsupportedError: UNSUPPORTED_DATA_TYPE.

    Spec: WEIGHT-1, WEIGHT-7, WEIGHT-8.
    """
    count = math.prod(shape)
    check_elements(data, data_type, count, where, code)
    if data_type.bits < _BYTE:
        array = _unpack(data, data_type, count).reshape(shape)
        array.flags.writeable = False
        return array
    dtype = dtype_of(data_type)
    if sys.byteorder == "big":
        swapped = np.frombuffer(data, dtype).byteswap().reshape(shape)
        swapped.flags.writeable = False
        return swapped
    return np.frombuffer(data, dtype).reshape(shape)


def encode(array: Array, data_type: DataType) -> memoryview:
    """Return the elements of an array of the right dtype as a payload; no copy if it can be.

    Raises:
        UnsupportedError: UNSUPPORTED_DATA_TYPE.
    """
    flat = np.ascontiguousarray(array, dtype_of(data_type)).reshape(-1)
    if data_type.bits < _BYTE:
        return _pack(flat, data_type)
    if sys.byteorder == "big":
        flat = flat.byteswap()
    return flat.view(np.uint8).data


class Payload:
    """The bytes of one storage of an open file. Its framing is checked on first use.

    `users` counts the weights that lie in it.
    """

    __slots__ = ("_checked", "_view", "index", "length", "place", "sha256", "users")

    def __init__(self, view: memoryview, index: int, place: Place, sha256: bytes) -> None:
        self._view = view
        self._checked = False
        self.index = index
        self.place = place
        self.length = place.end - place.start
        self.sha256 = sha256
        self.users = 0

    @property
    def where(self) -> str:
        """Its place in the weight table."""
        return f"weights.storages[{self.index}]"

    def content(self) -> memoryview:
        """Return a view of the bytes.

        Raises:
            FormatError: BAD_LAYOUT, CONTAINER-4.
        """
        if not self._checked:
            check_framing(self._view, self.place, self.where)
            self._checked = True
        return self._view[self.place.start : self.place.end]


class FileSource:
    """A weight source over a storage of an open file: a view of its bytes, no copy.

    `payload` is None for a tensor without elements.
    """

    __slots__ = ("_array", "byte_offset", "data_type", "index", "payload", "shape")

    def __init__(
        self,
        payload: Payload | None,
        byte_offset: int,
        data_type: DataType,
        shape: tuple[int, ...],
        index: int,
    ) -> None:
        self.payload = payload
        self.byte_offset = byte_offset
        self.data_type = data_type
        self.shape = shape
        self.index = index
        self._array: Array | None = None

    @property
    def where(self) -> str:
        """Its place in the weight table."""
        return f"weights.weights[{self.index}]"

    def content(self) -> memoryview:
        """Return the payload bytes of this weight alone. Raises FormatError, BAD_LAYOUT."""
        if self.payload is None:
            return memoryview(b"")
        end = self.byte_offset + size_of(self.data_type, self.shape)
        return self.payload.content()[self.byte_offset : end]

    def array(self) -> Array:
        """Return the elements, read-only, C order; the same array each time."""
        if self._array is None:
            self._array = decode(self.content(), self.data_type, self.shape, self.where)
        return self._array


def payload_of(weight: Weight) -> memoryview:
    """Return the payload bytes of a weight.

    Raises:
        InvalidModelError: BAD_WEIGHT, WEIGHT-2, if the array does not fit the weight.
        UnsupportedError: UNSUPPORTED_DATA_TYPE.
    """
    source = weight.source
    if isinstance(source, FileSource):
        return source.content()
    array = source.array()
    dtype = dtype_of(weight.data_type)
    if array.shape != weight.shape or array.dtype != dtype:
        found = f"an array of dtype {array.dtype} and shape {array.shape}"
        what = f"found {found}, expected {dtype} and {weight.shape}"
        raise fault("BAD_WEIGHT", what, "weights", "WEIGHT-2")
    return encode(array, weight.data_type)
