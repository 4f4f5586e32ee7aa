from tracescript.conformance.v1 import case_pb2 as _case_pb2
from tracescript.v1 import data_pb2 as _data_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TesteeRequest(_message.Message):
    __slots__ = ("sequence", "hello", "run", "inspect", "save")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    INSPECT_FIELD_NUMBER: _ClassVar[int]
    SAVE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    hello: HelloRequest
    run: RunRequest
    inspect: InspectRequest
    save: SaveRequest
    def __init__(self, sequence: _Optional[int] = ..., hello: _Optional[_Union[HelloRequest, _Mapping]] = ..., run: _Optional[_Union[RunRequest, _Mapping]] = ..., inspect: _Optional[_Union[InspectRequest, _Mapping]] = ..., save: _Optional[_Union[SaveRequest, _Mapping]] = ...) -> None: ...

class TesteeResponse(_message.Message):
    __slots__ = ("sequence", "hello", "run", "inspect", "save", "skipped")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    INSPECT_FIELD_NUMBER: _ClassVar[int]
    SAVE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    hello: HelloResponse
    run: RunResponse
    inspect: InspectResponse
    save: SaveResponse
    skipped: Skipped
    def __init__(self, sequence: _Optional[int] = ..., hello: _Optional[_Union[HelloResponse, _Mapping]] = ..., run: _Optional[_Union[RunResponse, _Mapping]] = ..., inspect: _Optional[_Union[InspectResponse, _Mapping]] = ..., save: _Optional[_Union[SaveResponse, _Mapping]] = ..., skipped: _Optional[_Union[Skipped, _Mapping]] = ...) -> None: ...

class HelloRequest(_message.Message):
    __slots__ = ("protocol_major", "protocol_minor", "suite_version")
    PROTOCOL_MAJOR_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_MINOR_FIELD_NUMBER: _ClassVar[int]
    SUITE_VERSION_FIELD_NUMBER: _ClassVar[int]
    protocol_major: int
    protocol_minor: int
    suite_version: str
    def __init__(self, protocol_major: _Optional[int] = ..., protocol_minor: _Optional[int] = ..., suite_version: _Optional[str] = ...) -> None: ...

class HelloResponse(_message.Message):
    __slots__ = ("protocol_major", "protocol_minor", "name", "version", "language", "claims", "format_version", "opset_version", "url")
    PROTOCOL_MAJOR_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_MINOR_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    FORMAT_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPSET_VERSION_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    protocol_major: int
    protocol_minor: int
    name: str
    version: str
    language: str
    claims: _containers.RepeatedScalarFieldContainer[str]
    format_version: str
    opset_version: str
    url: str
    def __init__(self, protocol_major: _Optional[int] = ..., protocol_minor: _Optional[int] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., language: _Optional[str] = ..., claims: _Optional[_Iterable[str]] = ..., format_version: _Optional[str] = ..., opset_version: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class ModelSource(_message.Message):
    __slots__ = ("content", "path")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    path: str
    def __init__(self, content: _Optional[bytes] = ..., path: _Optional[str] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ("model", "calls", "options", "full_verify")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FULL_VERIFY_FIELD_NUMBER: _ClassVar[int]
    model: ModelSource
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    options: _case_pb2.CallOptions
    full_verify: bool
    def __init__(self, model: _Optional[_Union[ModelSource, _Mapping]] = ..., calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., options: _Optional[_Union[_case_pb2.CallOptions, _Mapping]] = ..., full_verify: bool = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ("method", "inputs")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    method: str
    inputs: _data_pb2.DataBundle
    def __init__(self, method: _Optional[str] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ...) -> None: ...

class RunResponse(_message.Message):
    __slots__ = ("refused", "answers")
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    refused: _error_pb2.Error
    answers: _containers.RepeatedCompositeFieldContainer[Answer]
    def __init__(self, refused: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., answers: _Optional[_Iterable[_Union[Answer, _Mapping]]] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("outputs", "error", "skipped", "failed_guards")
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    FAILED_GUARDS_FIELD_NUMBER: _ClassVar[int]
    outputs: _data_pb2.DataBundle
    error: _error_pb2.Error
    skipped: Skipped
    failed_guards: _containers.RepeatedCompositeFieldContainer[_error_pb2.FailedGuard]
    def __init__(self, outputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., error: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., skipped: _Optional[_Union[Skipped, _Mapping]] = ..., failed_guards: _Optional[_Iterable[_Union[_error_pb2.FailedGuard, _Mapping]]] = ...) -> None: ...

class InspectRequest(_message.Message):
    __slots__ = ("model", "keys")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    model: ModelSource
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model: _Optional[_Union[ModelSource, _Mapping]] = ..., keys: _Optional[_Iterable[str]] = ...) -> None: ...

class InspectResponse(_message.Message):
    __slots__ = ("refused", "facts")
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    refused: _error_pb2.Error
    facts: _containers.RepeatedCompositeFieldContainer[_case_pb2.Fact]
    def __init__(self, refused: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., facts: _Optional[_Iterable[_Union[_case_pb2.Fact, _Mapping]]] = ...) -> None: ...

class SaveRequest(_message.Message):
    __slots__ = ("model", "form", "recompile")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    RECOMPILE_FIELD_NUMBER: _ClassVar[int]
    model: ModelSource
    form: _case_pb2.RoundTrip
    recompile: bool
    def __init__(self, model: _Optional[_Union[ModelSource, _Mapping]] = ..., form: _Optional[_Union[_case_pb2.RoundTrip, str]] = ..., recompile: bool = ...) -> None: ...

class SaveResponse(_message.Message):
    __slots__ = ("refused", "content")
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    refused: _error_pb2.Error
    content: bytes
    def __init__(self, refused: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., content: _Optional[bytes] = ...) -> None: ...

class Skipped(_message.Message):
    __slots__ = ("reason", "url")
    REASON_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    reason: str
    url: str
    def __init__(self, reason: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...
