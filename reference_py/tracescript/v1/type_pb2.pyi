from tracescript.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScalarKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCALAR_KIND_UNSPECIFIED: _ClassVar[ScalarKind]
    SCALAR_KIND_NONE: _ClassVar[ScalarKind]
    SCALAR_KIND_BOOL: _ClassVar[ScalarKind]
    SCALAR_KIND_INT: _ClassVar[ScalarKind]
    SCALAR_KIND_FLOAT: _ClassVar[ScalarKind]
    SCALAR_KIND_STR: _ClassVar[ScalarKind]
    SCALAR_KIND_DATA_TYPE: _ClassVar[ScalarKind]
    SCALAR_KIND_COMPLEX: _ClassVar[ScalarKind]

class DimOperator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIM_OPERATOR_UNSPECIFIED: _ClassVar[DimOperator]
    DIM_OPERATOR_ADD: _ClassVar[DimOperator]
    DIM_OPERATOR_MUL: _ClassVar[DimOperator]
    DIM_OPERATOR_FLOOR_DIV: _ClassVar[DimOperator]
    DIM_OPERATOR_CEIL_DIV: _ClassVar[DimOperator]
    DIM_OPERATOR_MOD: _ClassVar[DimOperator]
    DIM_OPERATOR_MIN: _ClassVar[DimOperator]
    DIM_OPERATOR_MAX: _ClassVar[DimOperator]
    DIM_OPERATOR_NEG: _ClassVar[DimOperator]

class Comparison(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPARISON_UNSPECIFIED: _ClassVar[Comparison]
    COMPARISON_EQ: _ClassVar[Comparison]
    COMPARISON_NE: _ClassVar[Comparison]
    COMPARISON_LT: _ClassVar[Comparison]
    COMPARISON_LE: _ClassVar[Comparison]
SCALAR_KIND_UNSPECIFIED: ScalarKind
SCALAR_KIND_NONE: ScalarKind
SCALAR_KIND_BOOL: ScalarKind
SCALAR_KIND_INT: ScalarKind
SCALAR_KIND_FLOAT: ScalarKind
SCALAR_KIND_STR: ScalarKind
SCALAR_KIND_DATA_TYPE: ScalarKind
SCALAR_KIND_COMPLEX: ScalarKind
DIM_OPERATOR_UNSPECIFIED: DimOperator
DIM_OPERATOR_ADD: DimOperator
DIM_OPERATOR_MUL: DimOperator
DIM_OPERATOR_FLOOR_DIV: DimOperator
DIM_OPERATOR_CEIL_DIV: DimOperator
DIM_OPERATOR_MOD: DimOperator
DIM_OPERATOR_MIN: DimOperator
DIM_OPERATOR_MAX: DimOperator
DIM_OPERATOR_NEG: DimOperator
COMPARISON_UNSPECIFIED: Comparison
COMPARISON_EQ: Comparison
COMPARISON_NE: Comparison
COMPARISON_LT: Comparison
COMPARISON_LE: Comparison

class Type(_message.Message):
    __slots__ = ("tensor", "scalar", "list", "tuple", "dict", "optional", "union", "struct")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    SCALAR_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    TUPLE_FIELD_NUMBER: _ClassVar[int]
    DICT_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_FIELD_NUMBER: _ClassVar[int]
    UNION_FIELD_NUMBER: _ClassVar[int]
    STRUCT_FIELD_NUMBER: _ClassVar[int]
    tensor: TensorType
    scalar: ScalarKind
    list: int
    tuple: TupleType
    dict: DictType
    optional: int
    union: UnionType
    struct: StructType
    def __init__(self, tensor: _Optional[_Union[TensorType, _Mapping]] = ..., scalar: _Optional[_Union[ScalarKind, str]] = ..., list: _Optional[int] = ..., tuple: _Optional[_Union[TupleType, _Mapping]] = ..., dict: _Optional[_Union[DictType, _Mapping]] = ..., optional: _Optional[int] = ..., union: _Optional[_Union[UnionType, _Mapping]] = ..., struct: _Optional[_Union[StructType, _Mapping]] = ...) -> None: ...

class TensorType(_message.Message):
    __slots__ = ("data_type", "shape")
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    data_type: _tensor_pb2.DataType
    shape: Shape
    def __init__(self, data_type: _Optional[_Union[_tensor_pb2.DataType, str]] = ..., shape: _Optional[_Union[Shape, _Mapping]] = ...) -> None: ...

class Shape(_message.Message):
    __slots__ = ("dims",)
    DIMS_FIELD_NUMBER: _ClassVar[int]
    dims: _containers.RepeatedCompositeFieldContainer[Dim]
    def __init__(self, dims: _Optional[_Iterable[_Union[Dim, _Mapping]]] = ...) -> None: ...

class Dim(_message.Message):
    __slots__ = ("size", "symbol", "expr")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    EXPR_FIELD_NUMBER: _ClassVar[int]
    size: int
    symbol: int
    expr: int
    def __init__(self, size: _Optional[int] = ..., symbol: _Optional[int] = ..., expr: _Optional[int] = ...) -> None: ...

class Symbol(_message.Message):
    __slots__ = ("name", "min", "max")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    name: str
    min: int
    max: int
    def __init__(self, name: _Optional[str] = ..., min: _Optional[int] = ..., max: _Optional[int] = ...) -> None: ...

class DimExpr(_message.Message):
    __slots__ = ("literal", "symbol", "operation")
    LITERAL_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    literal: int
    symbol: int
    operation: DimOperation
    def __init__(self, literal: _Optional[int] = ..., symbol: _Optional[int] = ..., operation: _Optional[_Union[DimOperation, _Mapping]] = ...) -> None: ...

class DimOperation(_message.Message):
    __slots__ = ("operator", "operands")
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    OPERANDS_FIELD_NUMBER: _ClassVar[int]
    operator: DimOperator
    operands: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, operator: _Optional[_Union[DimOperator, str]] = ..., operands: _Optional[_Iterable[int]] = ...) -> None: ...

class TupleType(_message.Message):
    __slots__ = ("elements",)
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    elements: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, elements: _Optional[_Iterable[int]] = ...) -> None: ...

class DictType(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: int
    value: int
    def __init__(self, key: _Optional[int] = ..., value: _Optional[int] = ...) -> None: ...

class UnionType(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, members: _Optional[_Iterable[int]] = ...) -> None: ...

class StructType(_message.Message):
    __slots__ = ("name", "fields", "is_tuple")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    IS_TUPLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    fields: _containers.RepeatedCompositeFieldContainer[StructField]
    is_tuple: bool
    def __init__(self, name: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[StructField, _Mapping]]] = ..., is_tuple: bool = ...) -> None: ...

class StructField(_message.Message):
    __slots__ = ("name", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: int
    def __init__(self, name: _Optional[str] = ..., type: _Optional[int] = ...) -> None: ...
