from tracescript.v1 import data_pb2 as _data_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Examples(_message.Message):
    __slots__ = ("examples",)
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    examples: _containers.RepeatedCompositeFieldContainer[Example]
    def __init__(self, examples: _Optional[_Iterable[_Union[Example, _Mapping]]] = ...) -> None: ...

class Example(_message.Message):
    __slots__ = ("name", "calls")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    name: str
    calls: _containers.RepeatedCompositeFieldContainer[ExampleCall]
    def __init__(self, name: _Optional[str] = ..., calls: _Optional[_Iterable[_Union[ExampleCall, _Mapping]]] = ...) -> None: ...

class ExampleCall(_message.Message):
    __slots__ = ("method", "inputs", "expected", "error")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    method: str
    inputs: _data_pb2.DataBundle
    expected: Expected
    error: _error_pb2.ErrorCode
    def __init__(self, method: _Optional[str] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., expected: _Optional[_Union[Expected, _Mapping]] = ..., error: _Optional[_Union[_error_pb2.ErrorCode, str]] = ...) -> None: ...

class Expected(_message.Message):
    __slots__ = ("outputs", "checks")
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    outputs: _data_pb2.DataBundle
    checks: _containers.RepeatedCompositeFieldContainer[Check]
    def __init__(self, outputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., checks: _Optional[_Iterable[_Union[Check, _Mapping]]] = ...) -> None: ...

class Check(_message.Message):
    __slots__ = ("data", "bound", "alternatives", "zero_sign")
    DATA_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    ZERO_SIGN_FIELD_NUMBER: _ClassVar[int]
    data: int
    bound: int
    alternatives: _containers.RepeatedScalarFieldContainer[int]
    zero_sign: bool
    def __init__(self, data: _Optional[int] = ..., bound: _Optional[int] = ..., alternatives: _Optional[_Iterable[int]] = ..., zero_sign: bool = ...) -> None: ...
