from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATA_TYPE_UNSPECIFIED: _ClassVar[DataType]
    DATA_TYPE_BOOL: _ClassVar[DataType]
    DATA_TYPE_UINT8: _ClassVar[DataType]
    DATA_TYPE_INT8: _ClassVar[DataType]
    DATA_TYPE_UINT16: _ClassVar[DataType]
    DATA_TYPE_INT16: _ClassVar[DataType]
    DATA_TYPE_UINT32: _ClassVar[DataType]
    DATA_TYPE_INT32: _ClassVar[DataType]
    DATA_TYPE_UINT64: _ClassVar[DataType]
    DATA_TYPE_INT64: _ClassVar[DataType]
    DATA_TYPE_FLOAT16: _ClassVar[DataType]
    DATA_TYPE_BFLOAT16: _ClassVar[DataType]
    DATA_TYPE_FLOAT32: _ClassVar[DataType]
    DATA_TYPE_FLOAT64: _ClassVar[DataType]
    DATA_TYPE_COMPLEX32: _ClassVar[DataType]
    DATA_TYPE_COMPLEX64: _ClassVar[DataType]
    DATA_TYPE_COMPLEX128: _ClassVar[DataType]
    DATA_TYPE_FLOAT8_E4M3FN: _ClassVar[DataType]
    DATA_TYPE_FLOAT8_E5M2: _ClassVar[DataType]
    DATA_TYPE_FLOAT8_E4M3FNUZ: _ClassVar[DataType]
    DATA_TYPE_FLOAT8_E5M2FNUZ: _ClassVar[DataType]
    DATA_TYPE_FLOAT8_E8M0FNU: _ClassVar[DataType]
    DATA_TYPE_FLOAT6_E2M3FN: _ClassVar[DataType]
    DATA_TYPE_FLOAT6_E3M2FN: _ClassVar[DataType]
    DATA_TYPE_FLOAT4_E2M1FN: _ClassVar[DataType]
    DATA_TYPE_UINT4: _ClassVar[DataType]
    DATA_TYPE_INT4: _ClassVar[DataType]
    DATA_TYPE_UINT2: _ClassVar[DataType]
    DATA_TYPE_INT2: _ClassVar[DataType]

class QuantizationScheme(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUANTIZATION_SCHEME_UNSPECIFIED: _ClassVar[QuantizationScheme]
    QUANTIZATION_SCHEME_PER_TENSOR_AFFINE: _ClassVar[QuantizationScheme]
    QUANTIZATION_SCHEME_PER_CHANNEL_AFFINE: _ClassVar[QuantizationScheme]
    QUANTIZATION_SCHEME_PER_BLOCK_AFFINE: _ClassVar[QuantizationScheme]
DATA_TYPE_UNSPECIFIED: DataType
DATA_TYPE_BOOL: DataType
DATA_TYPE_UINT8: DataType
DATA_TYPE_INT8: DataType
DATA_TYPE_UINT16: DataType
DATA_TYPE_INT16: DataType
DATA_TYPE_UINT32: DataType
DATA_TYPE_INT32: DataType
DATA_TYPE_UINT64: DataType
DATA_TYPE_INT64: DataType
DATA_TYPE_FLOAT16: DataType
DATA_TYPE_BFLOAT16: DataType
DATA_TYPE_FLOAT32: DataType
DATA_TYPE_FLOAT64: DataType
DATA_TYPE_COMPLEX32: DataType
DATA_TYPE_COMPLEX64: DataType
DATA_TYPE_COMPLEX128: DataType
DATA_TYPE_FLOAT8_E4M3FN: DataType
DATA_TYPE_FLOAT8_E5M2: DataType
DATA_TYPE_FLOAT8_E4M3FNUZ: DataType
DATA_TYPE_FLOAT8_E5M2FNUZ: DataType
DATA_TYPE_FLOAT8_E8M0FNU: DataType
DATA_TYPE_FLOAT6_E2M3FN: DataType
DATA_TYPE_FLOAT6_E3M2FN: DataType
DATA_TYPE_FLOAT4_E2M1FN: DataType
DATA_TYPE_UINT4: DataType
DATA_TYPE_INT4: DataType
DATA_TYPE_UINT2: DataType
DATA_TYPE_INT2: DataType
QUANTIZATION_SCHEME_UNSPECIFIED: QuantizationScheme
QUANTIZATION_SCHEME_PER_TENSOR_AFFINE: QuantizationScheme
QUANTIZATION_SCHEME_PER_CHANNEL_AFFINE: QuantizationScheme
QUANTIZATION_SCHEME_PER_BLOCK_AFFINE: QuantizationScheme

class WeightTable(_message.Message):
    __slots__ = ("weights", "storages")
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    STORAGES_FIELD_NUMBER: _ClassVar[int]
    weights: _containers.RepeatedCompositeFieldContainer[Weight]
    storages: _containers.RepeatedCompositeFieldContainer[Storage]
    def __init__(self, weights: _Optional[_Iterable[_Union[Weight, _Mapping]]] = ..., storages: _Optional[_Iterable[_Union[Storage, _Mapping]]] = ...) -> None: ...

class Weight(_message.Message):
    __slots__ = ("data_type", "shape", "storage", "byte_offset", "quantization")
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    STORAGE_FIELD_NUMBER: _ClassVar[int]
    BYTE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    QUANTIZATION_FIELD_NUMBER: _ClassVar[int]
    data_type: DataType
    shape: _containers.RepeatedScalarFieldContainer[int]
    storage: int
    byte_offset: int
    quantization: Quantization
    def __init__(self, data_type: _Optional[_Union[DataType, str]] = ..., shape: _Optional[_Iterable[int]] = ..., storage: _Optional[int] = ..., byte_offset: _Optional[int] = ..., quantization: _Optional[_Union[Quantization, _Mapping]] = ...) -> None: ...

class Storage(_message.Message):
    __slots__ = ("length", "sha256", "shard")
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    length: int
    sha256: bytes
    shard: int
    def __init__(self, length: _Optional[int] = ..., sha256: _Optional[bytes] = ..., shard: _Optional[int] = ...) -> None: ...

class Quantization(_message.Message):
    __slots__ = ("scheme", "scale", "zero_point", "axis", "block_size", "expressed_type")
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    ZERO_POINT_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    EXPRESSED_TYPE_FIELD_NUMBER: _ClassVar[int]
    scheme: QuantizationScheme
    scale: int
    zero_point: int
    axis: int
    block_size: int
    expressed_type: DataType
    def __init__(self, scheme: _Optional[_Union[QuantizationScheme, str]] = ..., scale: _Optional[int] = ..., zero_point: _Optional[int] = ..., axis: _Optional[int] = ..., block_size: _Optional[int] = ..., expressed_type: _Optional[_Union[DataType, str]] = ...) -> None: ...
