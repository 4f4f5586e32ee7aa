from tracescript.executor.v1 import call_pb2 as _call_pb2
from tracescript.v1 import data_pb2 as _data_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class InferRequest(_message.Message):
    __slots__ = ("header", "inputs")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    header: _call_pb2.CallHeader
    inputs: _data_pb2.DataBundle
    def __init__(self, header: _Optional[_Union[_call_pb2.CallHeader, _Mapping]] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ...) -> None: ...

class InferResponse(_message.Message):
    __slots__ = ("request_id", "outputs", "failed_guards", "statistics")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    FAILED_GUARDS_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    outputs: _data_pb2.DataBundle
    failed_guards: _containers.RepeatedCompositeFieldContainer[_error_pb2.FailedGuard]
    statistics: _call_pb2.CallStatistics
    def __init__(self, request_id: _Optional[str] = ..., outputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., failed_guards: _Optional[_Iterable[_Union[_error_pb2.FailedGuard, _Mapping]]] = ..., statistics: _Optional[_Union[_call_pb2.CallStatistics, _Mapping]] = ...) -> None: ...

class InferStreamRequest(_message.Message):
    __slots__ = ("begin", "chunk", "end")
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    begin: InferBegin
    chunk: _call_pb2.Chunk
    end: _call_pb2.StreamEnd
    def __init__(self, begin: _Optional[_Union[InferBegin, _Mapping]] = ..., chunk: _Optional[_Union[_call_pb2.Chunk, _Mapping]] = ..., end: _Optional[_Union[_call_pb2.StreamEnd, _Mapping]] = ...) -> None: ...

class InferBegin(_message.Message):
    __slots__ = ("header", "inputs", "streamed", "chunk_bytes")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    STREAMED_FIELD_NUMBER: _ClassVar[int]
    CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    header: _call_pb2.CallHeader
    inputs: _data_pb2.DataBundle
    streamed: _containers.RepeatedCompositeFieldContainer[_call_pb2.StreamedTensor]
    chunk_bytes: int
    def __init__(self, header: _Optional[_Union[_call_pb2.CallHeader, _Mapping]] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., streamed: _Optional[_Iterable[_Union[_call_pb2.StreamedTensor, _Mapping]]] = ..., chunk_bytes: _Optional[int] = ...) -> None: ...

class InferStreamResponse(_message.Message):
    __slots__ = ("begin", "chunk", "end")
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    begin: ResultBegin
    chunk: _call_pb2.Chunk
    end: ResultEnd
    def __init__(self, begin: _Optional[_Union[ResultBegin, _Mapping]] = ..., chunk: _Optional[_Union[_call_pb2.Chunk, _Mapping]] = ..., end: _Optional[_Union[ResultEnd, _Mapping]] = ...) -> None: ...

class ResultBegin(_message.Message):
    __slots__ = ("request_id", "outputs", "streamed")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    STREAMED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    outputs: _data_pb2.DataBundle
    streamed: _containers.RepeatedCompositeFieldContainer[_call_pb2.StreamedTensor]
    def __init__(self, request_id: _Optional[str] = ..., outputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., streamed: _Optional[_Iterable[_Union[_call_pb2.StreamedTensor, _Mapping]]] = ...) -> None: ...

class ResultEnd(_message.Message):
    __slots__ = ("totals", "failed_guards", "statistics")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    FAILED_GUARDS_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    totals: _call_pb2.StreamEnd
    failed_guards: _containers.RepeatedCompositeFieldContainer[_error_pb2.FailedGuard]
    statistics: _call_pb2.CallStatistics
    def __init__(self, totals: _Optional[_Union[_call_pb2.StreamEnd, _Mapping]] = ..., failed_guards: _Optional[_Iterable[_Union[_error_pb2.FailedGuard, _Mapping]]] = ..., statistics: _Optional[_Union[_call_pb2.CallStatistics, _Mapping]] = ...) -> None: ...

class OpenSessionRequest(_message.Message):
    __slots__ = ("model", "idle_seconds")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    IDLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    idle_seconds: int
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., idle_seconds: _Optional[int] = ...) -> None: ...

class OpenSessionResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class GetSessionResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class CloseSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class CloseSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Session(_message.Message):
    __slots__ = ("session_id", "model", "state_bytes", "calls", "idle_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STATE_BYTES_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    IDLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    model: _call_pb2.ModelRef
    state_bytes: int
    calls: int
    idle_seconds: int
    def __init__(self, session_id: _Optional[str] = ..., model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., state_bytes: _Optional[int] = ..., calls: _Optional[int] = ..., idle_seconds: _Optional[int] = ...) -> None: ...

class SnapshotSessionRequest(_message.Message):
    __slots__ = ("session_id", "chunk_bytes")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    chunk_bytes: int
    def __init__(self, session_id: _Optional[str] = ..., chunk_bytes: _Optional[int] = ...) -> None: ...

class SnapshotSessionResponse(_message.Message):
    __slots__ = ("begin", "chunk", "end")
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    begin: SnapshotBegin
    chunk: _call_pb2.Chunk
    end: _call_pb2.StreamEnd
    def __init__(self, begin: _Optional[_Union[SnapshotBegin, _Mapping]] = ..., chunk: _Optional[_Union[_call_pb2.Chunk, _Mapping]] = ..., end: _Optional[_Union[_call_pb2.StreamEnd, _Mapping]] = ...) -> None: ...

class RestoreSessionRequest(_message.Message):
    __slots__ = ("begin", "chunk", "end")
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    begin: SnapshotBegin
    chunk: _call_pb2.Chunk
    end: _call_pb2.StreamEnd
    def __init__(self, begin: _Optional[_Union[SnapshotBegin, _Mapping]] = ..., chunk: _Optional[_Union[_call_pb2.Chunk, _Mapping]] = ..., end: _Optional[_Union[_call_pb2.StreamEnd, _Mapping]] = ...) -> None: ...

class RestoreSessionResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class SnapshotBegin(_message.Message):
    __slots__ = ("model", "states", "streamed")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    STREAMED_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    states: _data_pb2.DataBundle
    streamed: _containers.RepeatedCompositeFieldContainer[_call_pb2.StreamedTensor]
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., states: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., streamed: _Optional[_Iterable[_Union[_call_pb2.StreamedTensor, _Mapping]]] = ...) -> None: ...
