from tracescript.conformance.v1 import case_pb2 as _case_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Manifest(_message.Message):
    __slots__ = ("suite_version", "root_digest", "entries", "profiles", "retired")
    SUITE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ROOT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    RETIRED_FIELD_NUMBER: _ClassVar[int]
    suite_version: str
    root_digest: bytes
    entries: _containers.RepeatedCompositeFieldContainer[ManifestEntry]
    profiles: _containers.RepeatedCompositeFieldContainer[Profile]
    retired: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, suite_version: _Optional[str] = ..., root_digest: _Optional[bytes] = ..., entries: _Optional[_Iterable[_Union[ManifestEntry, _Mapping]]] = ..., profiles: _Optional[_Iterable[_Union[Profile, _Mapping]]] = ..., retired: _Optional[_Iterable[str]] = ...) -> None: ...

class ManifestEntry(_message.Message):
    __slots__ = ("id", "path", "length", "sha256", "rules", "needs", "level")
    ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    id: str
    path: str
    length: int
    sha256: bytes
    rules: _containers.RepeatedScalarFieldContainer[str]
    needs: _containers.RepeatedScalarFieldContainer[str]
    level: _case_pb2.Level
    def __init__(self, id: _Optional[str] = ..., path: _Optional[str] = ..., length: _Optional[int] = ..., sha256: _Optional[bytes] = ..., rules: _Optional[_Iterable[str]] = ..., needs: _Optional[_Iterable[str]] = ..., level: _Optional[_Union[_case_pb2.Level, str]] = ...) -> None: ...

class Profile(_message.Message):
    __slots__ = ("name", "features", "cases")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    CASES_FIELD_NUMBER: _ClassVar[int]
    name: str
    features: _containers.RepeatedScalarFieldContainer[str]
    cases: int
    def __init__(self, name: _Optional[str] = ..., features: _Optional[_Iterable[str]] = ..., cases: _Optional[int] = ...) -> None: ...
