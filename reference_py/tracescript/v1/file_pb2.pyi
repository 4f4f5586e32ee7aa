from tracescript.v1 import code_pb2 as _code_pb2
from tracescript.v1 import debug_pb2 as _debug_pb2
from tracescript.v1 import example_pb2 as _example_pb2
from tracescript.v1 import model_pb2 as _model_pb2
from tracescript.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class File(_message.Message):
    __slots__ = ("signature", "header", "header_digest", "model", "weights", "code", "debug", "examples", "extra_files", "padding", "blob")
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    HEADER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DEBUG_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FILES_FIELD_NUMBER: _ClassVar[int]
    PADDING_FIELD_NUMBER: _ClassVar[int]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    signature: bytes
    header: Header
    header_digest: bytes
    model: _model_pb2.Model
    weights: _tensor_pb2.WeightTable
    code: _code_pb2.Code
    debug: _debug_pb2.DebugInfo
    examples: _example_pb2.Examples
    extra_files: ExtraFiles
    padding: bytes
    blob: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, signature: _Optional[bytes] = ..., header: _Optional[_Union[Header, _Mapping]] = ..., header_digest: _Optional[bytes] = ..., model: _Optional[_Union[_model_pb2.Model, _Mapping]] = ..., weights: _Optional[_Union[_tensor_pb2.WeightTable, _Mapping]] = ..., code: _Optional[_Union[_code_pb2.Code, _Mapping]] = ..., debug: _Optional[_Union[_debug_pb2.DebugInfo, _Mapping]] = ..., examples: _Optional[_Union[_example_pb2.Examples, _Mapping]] = ..., extra_files: _Optional[_Union[ExtraFiles, _Mapping]] = ..., padding: _Optional[bytes] = ..., blob: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ("format_major", "format_minor", "required_features", "profiles", "alignment", "sections", "shards", "shard_index", "producer", "metadata")
    FORMAT_MAJOR_FIELD_NUMBER: _ClassVar[int]
    FORMAT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FEATURES_FIELD_NUMBER: _ClassVar[int]
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    ALIGNMENT_FIELD_NUMBER: _ClassVar[int]
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    SHARD_INDEX_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    format_major: int
    format_minor: int
    required_features: _containers.RepeatedScalarFieldContainer[str]
    profiles: _containers.RepeatedScalarFieldContainer[str]
    alignment: int
    sections: _containers.RepeatedCompositeFieldContainer[Section]
    shards: _containers.RepeatedCompositeFieldContainer[Shard]
    shard_index: int
    producer: Producer
    metadata: _containers.RepeatedCompositeFieldContainer[MetadataEntry]
    def __init__(self, format_major: _Optional[int] = ..., format_minor: _Optional[int] = ..., required_features: _Optional[_Iterable[str]] = ..., profiles: _Optional[_Iterable[str]] = ..., alignment: _Optional[int] = ..., sections: _Optional[_Iterable[_Union[Section, _Mapping]]] = ..., shards: _Optional[_Iterable[_Union[Shard, _Mapping]]] = ..., shard_index: _Optional[int] = ..., producer: _Optional[_Union[Producer, _Mapping]] = ..., metadata: _Optional[_Iterable[_Union[MetadataEntry, _Mapping]]] = ...) -> None: ...

class Section(_message.Message):
    __slots__ = ("field_number", "length", "sha256")
    FIELD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    field_number: int
    length: int
    sha256: bytes
    def __init__(self, field_number: _Optional[int] = ..., length: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class Shard(_message.Message):
    __slots__ = ("length", "header_digest")
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    HEADER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    length: int
    header_digest: bytes
    def __init__(self, length: _Optional[int] = ..., header_digest: _Optional[bytes] = ...) -> None: ...

class Producer(_message.Message):
    __slots__ = ("name", "version", "sources")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    sources: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., sources: _Optional[_Iterable[str]] = ...) -> None: ...

class MetadataEntry(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class ExtraFiles(_message.Message):
    __slots__ = ("files",)
    FILES_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[ExtraFile]
    def __init__(self, files: _Optional[_Iterable[_Union[ExtraFile, _Mapping]]] = ...) -> None: ...

class ExtraFile(_message.Message):
    __slots__ = ("name", "content", "media_type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    content: bytes
    media_type: str
    def __init__(self, name: _Optional[str] = ..., content: _Optional[bytes] = ..., media_type: _Optional[str] = ...) -> None: ...
