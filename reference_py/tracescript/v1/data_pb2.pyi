from tracescript.v1 import model_pb2 as _model_pb2
from tracescript.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataBundle(_message.Message):
    __slots__ = ("table", "items")
    TABLE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    table: _containers.RepeatedCompositeFieldContainer[Data]
    items: _containers.RepeatedCompositeFieldContainer[DataItem]
    def __init__(self, table: _Optional[_Iterable[_Union[Data, _Mapping]]] = ..., items: _Optional[_Iterable[_Union[DataItem, _Mapping]]] = ...) -> None: ...

class DataItem(_message.Message):
    __slots__ = ("name", "data")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    name: str
    data: int
    def __init__(self, name: _Optional[str] = ..., data: _Optional[int] = ...) -> None: ...

class Data(_message.Message):
    __slots__ = ("none", "bool_value", "int_value", "float_value", "str_value", "complex_value", "data_type", "tensor", "list", "tuple", "dict", "struct")
    NONE_FIELD_NUMBER: _ClassVar[int]
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT_VALUE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_VALUE_FIELD_NUMBER: _ClassVar[int]
    STR_VALUE_FIELD_NUMBER: _ClassVar[int]
    COMPLEX_VALUE_FIELD_NUMBER: _ClassVar[int]
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    TUPLE_FIELD_NUMBER: _ClassVar[int]
    DICT_FIELD_NUMBER: _ClassVar[int]
    STRUCT_FIELD_NUMBER: _ClassVar[int]
    none: NoneData
    bool_value: bool
    int_value: int
    float_value: float
    str_value: str
    complex_value: _model_pb2.ComplexValue
    data_type: _model_pb2.DataTypeValue
    tensor: TensorData
    list: _model_pb2.IndexList
    tuple: _model_pb2.IndexList
    dict: _model_pb2.IndexList
    struct: StructData
    def __init__(self, none: _Optional[_Union[NoneData, _Mapping]] = ..., bool_value: bool = ..., int_value: _Optional[int] = ..., float_value: _Optional[float] = ..., str_value: _Optional[str] = ..., complex_value: _Optional[_Union[_model_pb2.ComplexValue, _Mapping]] = ..., data_type: _Optional[_Union[_model_pb2.DataTypeValue, _Mapping]] = ..., tensor: _Optional[_Union[TensorData, _Mapping]] = ..., list: _Optional[_Union[_model_pb2.IndexList, _Mapping]] = ..., tuple: _Optional[_Union[_model_pb2.IndexList, _Mapping]] = ..., dict: _Optional[_Union[_model_pb2.IndexList, _Mapping]] = ..., struct: _Optional[_Union[StructData, _Mapping]] = ...) -> None: ...

class NoneData(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TensorData(_message.Message):
    __slots__ = ("data_type", "shape", "content")
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    data_type: _tensor_pb2.DataType
    shape: _containers.RepeatedScalarFieldContainer[int]
    content: bytes
    def __init__(self, data_type: _Optional[_Union[_tensor_pb2.DataType, str]] = ..., shape: _Optional[_Iterable[int]] = ..., content: _Optional[bytes] = ...) -> None: ...

class StructData(_message.Message):
    __slots__ = ("name", "fields")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    fields: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, name: _Optional[str] = ..., fields: _Optional[_Iterable[int]] = ...) -> None: ...
