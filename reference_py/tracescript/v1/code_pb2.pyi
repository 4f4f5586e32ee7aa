from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Code(_message.Message):
    __slots__ = ("language_major", "language_minor", "units")
    LANGUAGE_MAJOR_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    language_major: int
    language_minor: int
    units: _containers.RepeatedCompositeFieldContainer[CodeUnit]
    def __init__(self, language_major: _Optional[int] = ..., language_minor: _Optional[int] = ..., units: _Optional[_Iterable[_Union[CodeUnit, _Mapping]]] = ...) -> None: ...

class CodeUnit(_message.Message):
    __slots__ = ("name", "text", "spans")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    spans: _containers.RepeatedCompositeFieldContainer[CodeSpan]
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ..., spans: _Optional[_Iterable[_Union[CodeSpan, _Mapping]]] = ...) -> None: ...

class CodeSpan(_message.Message):
    __slots__ = ("function", "begin", "end")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    function: int
    begin: int
    end: int
    def __init__(self, function: _Optional[int] = ..., begin: _Optional[int] = ..., end: _Optional[int] = ...) -> None: ...
