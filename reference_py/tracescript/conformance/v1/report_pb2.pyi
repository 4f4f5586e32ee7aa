from tracescript.conformance.v1 import testee_pb2 as _testee_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_PASSED: _ClassVar[Outcome]
    OUTCOME_FAILED: _ClassVar[Outcome]
    OUTCOME_KNOWN_FAILURE: _ClassVar[Outcome]
    OUTCOME_UNEXPECTED_PASS: _ClassVar[Outcome]
    OUTCOME_SKIPPED: _ClassVar[Outcome]
    OUTCOME_BROKEN_CLAIM: _ClassVar[Outcome]
    OUTCOME_CRASHED: _ClassVar[Outcome]
    OUTCOME_TIMED_OUT: _ClassVar[Outcome]
    OUTCOME_FLAKY: _ClassVar[Outcome]
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_PASSED: Outcome
OUTCOME_FAILED: Outcome
OUTCOME_KNOWN_FAILURE: Outcome
OUTCOME_UNEXPECTED_PASS: Outcome
OUTCOME_SKIPPED: Outcome
OUTCOME_BROKEN_CLAIM: Outcome
OUTCOME_CRASHED: Outcome
OUTCOME_TIMED_OUT: Outcome
OUTCOME_FLAKY: Outcome

class Report(_message.Message):
    __slots__ = ("suite_version", "root_digest", "testee", "door", "results", "scores")
    SUITE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ROOT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    TESTEE_FIELD_NUMBER: _ClassVar[int]
    DOOR_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    suite_version: str
    root_digest: bytes
    testee: _testee_pb2.HelloResponse
    door: str
    results: _containers.RepeatedCompositeFieldContainer[Result]
    scores: _containers.RepeatedCompositeFieldContainer[Score]
    def __init__(self, suite_version: _Optional[str] = ..., root_digest: _Optional[bytes] = ..., testee: _Optional[_Union[_testee_pb2.HelloResponse, _Mapping]] = ..., door: _Optional[str] = ..., results: _Optional[_Iterable[_Union[Result, _Mapping]]] = ..., scores: _Optional[_Iterable[_Union[Score, _Mapping]]] = ...) -> None: ...

class Result(_message.Message):
    __slots__ = ("case_id", "revision", "outcome", "step", "expected_code", "found_code", "found_phase", "worst_ratio", "worst_element", "milliseconds", "detail", "reproduce", "refused_file", "another_code", "sound_refused")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_CODE_FIELD_NUMBER: _ClassVar[int]
    FOUND_CODE_FIELD_NUMBER: _ClassVar[int]
    FOUND_PHASE_FIELD_NUMBER: _ClassVar[int]
    WORST_RATIO_FIELD_NUMBER: _ClassVar[int]
    WORST_ELEMENT_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    REPRODUCE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FILE_FIELD_NUMBER: _ClassVar[int]
    ANOTHER_CODE_FIELD_NUMBER: _ClassVar[int]
    SOUND_REFUSED_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    revision: int
    outcome: Outcome
    step: int
    expected_code: _error_pb2.ErrorCode
    found_code: _error_pb2.ErrorCode
    found_phase: _error_pb2.Phase
    worst_ratio: float
    worst_element: str
    milliseconds: float
    detail: str
    reproduce: str
    refused_file: bool
    another_code: bool
    sound_refused: str
    def __init__(self, case_id: _Optional[str] = ..., revision: _Optional[int] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., step: _Optional[int] = ..., expected_code: _Optional[_Union[_error_pb2.ErrorCode, str]] = ..., found_code: _Optional[_Union[_error_pb2.ErrorCode, str]] = ..., found_phase: _Optional[_Union[_error_pb2.Phase, str]] = ..., worst_ratio: _Optional[float] = ..., worst_element: _Optional[str] = ..., milliseconds: _Optional[float] = ..., detail: _Optional[str] = ..., reproduce: _Optional[str] = ..., refused_file: bool = ..., another_code: bool = ..., sound_refused: _Optional[str] = ...) -> None: ...

class Score(_message.Message):
    __slots__ = ("profile", "passed", "total", "conforms", "another_code", "unproven", "asked")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    CONFORMS_FIELD_NUMBER: _ClassVar[int]
    ANOTHER_CODE_FIELD_NUMBER: _ClassVar[int]
    UNPROVEN_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    profile: str
    passed: int
    total: int
    conforms: bool
    another_code: int
    unproven: int
    asked: int
    def __init__(self, profile: _Optional[str] = ..., passed: _Optional[int] = ..., total: _Optional[int] = ..., conforms: bool = ..., another_code: _Optional[int] = ..., unproven: _Optional[int] = ..., asked: _Optional[int] = ...) -> None: ...
