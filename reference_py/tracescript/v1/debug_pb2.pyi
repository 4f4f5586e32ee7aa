from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DebugInfo(_message.Message):
    __slots__ = ("sources", "locations", "functions")
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    FUNCTIONS_FIELD_NUMBER: _ClassVar[int]
    sources: _containers.RepeatedCompositeFieldContainer[SourceFile]
    locations: _containers.RepeatedCompositeFieldContainer[Location]
    functions: _containers.RepeatedCompositeFieldContainer[FunctionDebug]
    def __init__(self, sources: _Optional[_Iterable[_Union[SourceFile, _Mapping]]] = ..., locations: _Optional[_Iterable[_Union[Location, _Mapping]]] = ..., functions: _Optional[_Iterable[_Union[FunctionDebug, _Mapping]]] = ...) -> None: ...

class SourceFile(_message.Message):
    __slots__ = ("name", "text", "sha256")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    sha256: bytes
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class Location(_message.Message):
    __slots__ = ("source", "line", "column", "end_line", "end_column", "scope", "inlined_at", "module_path")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    END_LINE_FIELD_NUMBER: _ClassVar[int]
    END_COLUMN_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    INLINED_AT_FIELD_NUMBER: _ClassVar[int]
    MODULE_PATH_FIELD_NUMBER: _ClassVar[int]
    source: int
    line: int
    column: int
    end_line: int
    end_column: int
    scope: str
    inlined_at: int
    module_path: str
    def __init__(self, source: _Optional[int] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., end_line: _Optional[int] = ..., end_column: _Optional[int] = ..., scope: _Optional[str] = ..., inlined_at: _Optional[int] = ..., module_path: _Optional[str] = ...) -> None: ...

class FunctionDebug(_message.Message):
    __slots__ = ("function", "value_names", "node_locations", "trace_decisions", "shape_guards")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    VALUE_NAMES_FIELD_NUMBER: _ClassVar[int]
    NODE_LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    TRACE_DECISIONS_FIELD_NUMBER: _ClassVar[int]
    SHAPE_GUARDS_FIELD_NUMBER: _ClassVar[int]
    function: int
    value_names: _containers.RepeatedScalarFieldContainer[str]
    node_locations: _containers.RepeatedScalarFieldContainer[int]
    trace_decisions: _containers.RepeatedCompositeFieldContainer[GuardDebug]
    shape_guards: _containers.RepeatedCompositeFieldContainer[GuardDebug]
    def __init__(self, function: _Optional[int] = ..., value_names: _Optional[_Iterable[str]] = ..., node_locations: _Optional[_Iterable[int]] = ..., trace_decisions: _Optional[_Iterable[_Union[GuardDebug, _Mapping]]] = ..., shape_guards: _Optional[_Iterable[_Union[GuardDebug, _Mapping]]] = ...) -> None: ...

class GuardDebug(_message.Message):
    __slots__ = ("location", "predicate", "statement", "kept_location", "lost_location")
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    PREDICATE_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    KEPT_LOCATION_FIELD_NUMBER: _ClassVar[int]
    LOST_LOCATION_FIELD_NUMBER: _ClassVar[int]
    location: int
    predicate: str
    statement: str
    kept_location: int
    lost_location: int
    def __init__(self, location: _Optional[int] = ..., predicate: _Optional[str] = ..., statement: _Optional[str] = ..., kept_location: _Optional[int] = ..., lost_location: _Optional[int] = ...) -> None: ...
