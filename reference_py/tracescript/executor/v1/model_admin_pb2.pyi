from tracescript.executor.v1 import call_pb2 as _call_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_STATE_UNSPECIFIED: _ClassVar[ModelState]
    MODEL_STATE_STORED: _ClassVar[ModelState]
    MODEL_STATE_LOADING: _ClassVar[ModelState]
    MODEL_STATE_READY: _ClassVar[ModelState]
    MODEL_STATE_DRAINING: _ClassVar[ModelState]
    MODEL_STATE_FAILED: _ClassVar[ModelState]
MODEL_STATE_UNSPECIFIED: ModelState
MODEL_STATE_STORED: ModelState
MODEL_STATE_LOADING: ModelState
MODEL_STATE_READY: ModelState
MODEL_STATE_DRAINING: ModelState
MODEL_STATE_FAILED: ModelState

class UploadModelRequest(_message.Message):
    __slots__ = ("begin", "chunk", "end")
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    begin: UploadBegin
    chunk: _call_pb2.Chunk
    end: _call_pb2.StreamEnd
    def __init__(self, begin: _Optional[_Union[UploadBegin, _Mapping]] = ..., chunk: _Optional[_Union[_call_pb2.Chunk, _Mapping]] = ..., end: _Optional[_Union[_call_pb2.StreamEnd, _Mapping]] = ...) -> None: ...

class UploadBegin(_message.Message):
    __slots__ = ("model", "length")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    length: int
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., length: _Optional[int] = ...) -> None: ...

class UploadModelResponse(_message.Message):
    __slots__ = ("model", "known")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    known: bool
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., known: bool = ...) -> None: ...

class LoadModelRequest(_message.Message):
    __slots__ = ("model", "engine", "self_check")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    SELF_CHECK_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    engine: str
    self_check: bool
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., engine: _Optional[str] = ..., self_check: bool = ...) -> None: ...

class LoadModelResponse(_message.Message):
    __slots__ = ("status",)
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: ModelStatus
    def __init__(self, status: _Optional[_Union[ModelStatus, _Mapping]] = ...) -> None: ...

class UnloadModelRequest(_message.Message):
    __slots__ = ("model", "drain_ms")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    DRAIN_MS_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    drain_ms: int
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., drain_ms: _Optional[int] = ...) -> None: ...

class UnloadModelResponse(_message.Message):
    __slots__ = ("calls_finished", "calls_cancelled")
    CALLS_FINISHED_FIELD_NUMBER: _ClassVar[int]
    CALLS_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    calls_finished: int
    calls_cancelled: int
    def __init__(self, calls_finished: _Optional[int] = ..., calls_cancelled: _Optional[int] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[ModelStatus]
    def __init__(self, models: _Optional[_Iterable[_Union[ModelStatus, _Mapping]]] = ...) -> None: ...

class WatchModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchModelsResponse(_message.Message):
    __slots__ = ("status",)
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: ModelStatus
    def __init__(self, status: _Optional[_Union[ModelStatus, _Mapping]] = ...) -> None: ...

class ModelStatus(_message.Message):
    __slots__ = ("model", "state", "error", "engine", "weight_bytes", "sessions")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_BYTES_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    state: ModelState
    error: _error_pb2.Error
    engine: str
    weight_bytes: int
    sessions: int
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., state: _Optional[_Union[ModelState, str]] = ..., error: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., engine: _Optional[str] = ..., weight_bytes: _Optional[int] = ..., sessions: _Optional[int] = ...) -> None: ...
