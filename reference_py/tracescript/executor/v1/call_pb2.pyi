from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelRef(_message.Message):
    __slots__ = ("name", "version", "file_digest")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FILE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    file_digest: bytes
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., file_digest: _Optional[bytes] = ...) -> None: ...

class CallHeader(_message.Message):
    __slots__ = ("request_id", "model", "session_id", "method", "guards", "budget")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    GUARDS_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    model: ModelRef
    session_id: str
    method: str
    guards: _error_pb2.GuardMode
    budget: Budget
    def __init__(self, request_id: _Optional[str] = ..., model: _Optional[_Union[ModelRef, _Mapping]] = ..., session_id: _Optional[str] = ..., method: _Optional[str] = ..., guards: _Optional[_Union[_error_pb2.GuardMode, str]] = ..., budget: _Optional[_Union[Budget, _Mapping]] = ...) -> None: ...

class Budget(_message.Message):
    __slots__ = ("max_steps", "max_memory_bytes", "deadline_ms")
    MAX_STEPS_FIELD_NUMBER: _ClassVar[int]
    MAX_MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    max_steps: int
    max_memory_bytes: int
    deadline_ms: int
    def __init__(self, max_steps: _Optional[int] = ..., max_memory_bytes: _Optional[int] = ..., deadline_ms: _Optional[int] = ...) -> None: ...

class CallStatistics(_message.Message):
    __slots__ = ("queue_ns", "compute_ns", "steps", "peak_bytes", "engine")
    QUEUE_NS_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_NS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    PEAK_BYTES_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    queue_ns: int
    compute_ns: int
    steps: int
    peak_bytes: int
    engine: str
    def __init__(self, queue_ns: _Optional[int] = ..., compute_ns: _Optional[int] = ..., steps: _Optional[int] = ..., peak_bytes: _Optional[int] = ..., engine: _Optional[str] = ...) -> None: ...

class StreamedTensor(_message.Message):
    __slots__ = ("data", "length")
    DATA_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    data: int
    length: int
    def __init__(self, data: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("tensor", "offset", "content", "crc32c")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CRC32C_FIELD_NUMBER: _ClassVar[int]
    tensor: int
    offset: int
    content: bytes
    crc32c: int
    def __init__(self, tensor: _Optional[int] = ..., offset: _Optional[int] = ..., content: _Optional[bytes] = ..., crc32c: _Optional[int] = ...) -> None: ...

class StreamEnd(_message.Message):
    __slots__ = ("chunks", "bytes")
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    chunks: int
    bytes: int
    def __init__(self, chunks: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...
