from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_UNSPECIFIED: _ClassVar[Phase]
    PHASE_DECODE: _ClassVar[Phase]
    PHASE_VALIDATE: _ClassVar[Phase]
    PHASE_LINK: _ClassVar[Phase]
    PHASE_EXECUTE: _ClassVar[Phase]
    PHASE_SERVICE: _ClassVar[Phase]
    PHASE_PRODUCE: _ClassVar[Phase]

class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_CODE_UNSPECIFIED: _ClassVar[ErrorCode]
    ERROR_CODE_NOT_TSPROTO: _ClassVar[ErrorCode]
    ERROR_CODE_TRUNCATED: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_LAYOUT: _ClassVar[ErrorCode]
    ERROR_CODE_DIGEST_MISMATCH: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_MESSAGE: _ClassVar[ErrorCode]
    ERROR_CODE_NOT_CANONICAL: _ClassVar[ErrorCode]
    ERROR_CODE_SHARD_MISSING: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_INDEX: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_NAME: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_GRAPH: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_TYPE: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_CALL: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_SHAPE: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_WEIGHT: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_CONSTANT: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_MODULE: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_GUARD: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_CODE: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_DEBUG: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_EXAMPLE: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_ENUM: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_VERSION: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_FEATURE: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_OPSET: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_OP: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_DATA_TYPE: _ClassVar[ErrorCode]
    ERROR_CODE_FILE_LIMIT: _ClassVar[ErrorCode]
    ERROR_CODE_NO_SUCH_METHOD: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_INPUT: _ClassVar[ErrorCode]
    ERROR_CODE_SHAPE_GUARD_FAILED: _ClassVar[ErrorCode]
    ERROR_CODE_GUARD_UNCHECKABLE: _ClassVar[ErrorCode]
    ERROR_CODE_GUARD_FAILED: _ClassVar[ErrorCode]
    ERROR_CODE_INT_OVERFLOW: _ClassVar[ErrorCode]
    ERROR_CODE_ZERO_DIVISION: _ClassVar[ErrorCode]
    ERROR_CODE_INDEX_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_KEY_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_VALUE_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_SHAPE_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_CONVERSION_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_NONE_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_ASSERTION_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_RAISED: _ClassVar[ErrorCode]
    ERROR_CODE_SINGULAR_MATRIX: _ClassVar[ErrorCode]
    ERROR_CODE_STEP_LIMIT: _ClassVar[ErrorCode]
    ERROR_CODE_MEMORY_LIMIT: _ClassVar[ErrorCode]
    ERROR_CODE_DEADLINE: _ClassVar[ErrorCode]
    ERROR_CODE_RECURSION_LIMIT: _ClassVar[ErrorCode]
    ERROR_CODE_CANCELLED: _ClassVar[ErrorCode]
    ERROR_CODE_MODEL_NOT_FOUND: _ClassVar[ErrorCode]
    ERROR_CODE_MODEL_NOT_READY: _ClassVar[ErrorCode]
    ERROR_CODE_SESSION_NOT_FOUND: _ClassVar[ErrorCode]
    ERROR_CODE_SESSION_EVICTED: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_REQUEST: _ClassVar[ErrorCode]
    ERROR_CODE_MESSAGE_LIMIT: _ClassVar[ErrorCode]
    ERROR_CODE_OVERLOADED: _ClassVar[ErrorCode]
    ERROR_CODE_PERMISSION_DENIED: _ClassVar[ErrorCode]
    ERROR_CODE_BAD_CHUNK: _ClassVar[ErrorCode]
    ERROR_CODE_SHUTTING_DOWN: _ClassVar[ErrorCode]
    ERROR_CODE_UNSUPPORTED_PYTHON: _ClassVar[ErrorCode]
    ERROR_CODE_UNKNOWN_CALL: _ClassVar[ErrorCode]
    ERROR_CODE_ALIASING: _ClassVar[ErrorCode]
    ERROR_CODE_UNRECORDED_READ: _ClassVar[ErrorCode]
    ERROR_CODE_DIMENSION_FIXED: _ClassVar[ErrorCode]
    ERROR_CODE_TYPE_INFERENCE: _ClassVar[ErrorCode]
    ERROR_CODE_SOURCE_NOT_FOUND: _ClassVar[ErrorCode]
    ERROR_CODE_NONDETERMINISTIC_TRACE: _ClassVar[ErrorCode]
    ERROR_CODE_INTERNAL: _ClassVar[ErrorCode]

class GuardMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GUARD_MODE_UNSPECIFIED: _ClassVar[GuardMode]
    GUARD_MODE_ERROR: _ClassVar[GuardMode]
    GUARD_MODE_WARN: _ClassVar[GuardMode]
    GUARD_MODE_IGNORE: _ClassVar[GuardMode]
PHASE_UNSPECIFIED: Phase
PHASE_DECODE: Phase
PHASE_VALIDATE: Phase
PHASE_LINK: Phase
PHASE_EXECUTE: Phase
PHASE_SERVICE: Phase
PHASE_PRODUCE: Phase
ERROR_CODE_UNSPECIFIED: ErrorCode
ERROR_CODE_NOT_TSPROTO: ErrorCode
ERROR_CODE_TRUNCATED: ErrorCode
ERROR_CODE_BAD_LAYOUT: ErrorCode
ERROR_CODE_DIGEST_MISMATCH: ErrorCode
ERROR_CODE_BAD_MESSAGE: ErrorCode
ERROR_CODE_NOT_CANONICAL: ErrorCode
ERROR_CODE_SHARD_MISSING: ErrorCode
ERROR_CODE_BAD_INDEX: ErrorCode
ERROR_CODE_BAD_NAME: ErrorCode
ERROR_CODE_BAD_GRAPH: ErrorCode
ERROR_CODE_BAD_TYPE: ErrorCode
ERROR_CODE_BAD_CALL: ErrorCode
ERROR_CODE_BAD_SHAPE: ErrorCode
ERROR_CODE_BAD_WEIGHT: ErrorCode
ERROR_CODE_BAD_CONSTANT: ErrorCode
ERROR_CODE_BAD_MODULE: ErrorCode
ERROR_CODE_BAD_GUARD: ErrorCode
ERROR_CODE_BAD_CODE: ErrorCode
ERROR_CODE_BAD_DEBUG: ErrorCode
ERROR_CODE_BAD_EXAMPLE: ErrorCode
ERROR_CODE_BAD_ENUM: ErrorCode
ERROR_CODE_UNSUPPORTED_VERSION: ErrorCode
ERROR_CODE_UNSUPPORTED_FEATURE: ErrorCode
ERROR_CODE_UNSUPPORTED_OPSET: ErrorCode
ERROR_CODE_UNSUPPORTED_OP: ErrorCode
ERROR_CODE_UNSUPPORTED_DATA_TYPE: ErrorCode
ERROR_CODE_FILE_LIMIT: ErrorCode
ERROR_CODE_NO_SUCH_METHOD: ErrorCode
ERROR_CODE_BAD_INPUT: ErrorCode
ERROR_CODE_SHAPE_GUARD_FAILED: ErrorCode
ERROR_CODE_GUARD_UNCHECKABLE: ErrorCode
ERROR_CODE_GUARD_FAILED: ErrorCode
ERROR_CODE_INT_OVERFLOW: ErrorCode
ERROR_CODE_ZERO_DIVISION: ErrorCode
ERROR_CODE_INDEX_ERROR: ErrorCode
ERROR_CODE_KEY_ERROR: ErrorCode
ERROR_CODE_VALUE_ERROR: ErrorCode
ERROR_CODE_SHAPE_ERROR: ErrorCode
ERROR_CODE_CONVERSION_ERROR: ErrorCode
ERROR_CODE_NONE_ERROR: ErrorCode
ERROR_CODE_ASSERTION_ERROR: ErrorCode
ERROR_CODE_RAISED: ErrorCode
ERROR_CODE_SINGULAR_MATRIX: ErrorCode
ERROR_CODE_STEP_LIMIT: ErrorCode
ERROR_CODE_MEMORY_LIMIT: ErrorCode
ERROR_CODE_DEADLINE: ErrorCode
ERROR_CODE_RECURSION_LIMIT: ErrorCode
ERROR_CODE_CANCELLED: ErrorCode
ERROR_CODE_MODEL_NOT_FOUND: ErrorCode
ERROR_CODE_MODEL_NOT_READY: ErrorCode
ERROR_CODE_SESSION_NOT_FOUND: ErrorCode
ERROR_CODE_SESSION_EVICTED: ErrorCode
ERROR_CODE_BAD_REQUEST: ErrorCode
ERROR_CODE_MESSAGE_LIMIT: ErrorCode
ERROR_CODE_OVERLOADED: ErrorCode
ERROR_CODE_PERMISSION_DENIED: ErrorCode
ERROR_CODE_BAD_CHUNK: ErrorCode
ERROR_CODE_SHUTTING_DOWN: ErrorCode
ERROR_CODE_UNSUPPORTED_PYTHON: ErrorCode
ERROR_CODE_UNKNOWN_CALL: ErrorCode
ERROR_CODE_ALIASING: ErrorCode
ERROR_CODE_UNRECORDED_READ: ErrorCode
ERROR_CODE_DIMENSION_FIXED: ErrorCode
ERROR_CODE_TYPE_INFERENCE: ErrorCode
ERROR_CODE_SOURCE_NOT_FOUND: ErrorCode
ERROR_CODE_NONDETERMINISTIC_TRACE: ErrorCode
ERROR_CODE_INTERNAL: ErrorCode
GUARD_MODE_UNSPECIFIED: GuardMode
GUARD_MODE_ERROR: GuardMode
GUARD_MODE_WARN: GuardMode
GUARD_MODE_IGNORE: GuardMode

class Error(_message.Message):
    __slots__ = ("code", "phase", "rule", "where", "found", "expected", "hint", "message", "guard")
    CODE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    GUARD_FIELD_NUMBER: _ClassVar[int]
    code: ErrorCode
    phase: Phase
    rule: str
    where: str
    found: str
    expected: str
    hint: str
    message: str
    guard: FailedGuard
    def __init__(self, code: _Optional[_Union[ErrorCode, str]] = ..., phase: _Optional[_Union[Phase, str]] = ..., rule: _Optional[str] = ..., where: _Optional[str] = ..., found: _Optional[str] = ..., expected: _Optional[str] = ..., hint: _Optional[str] = ..., message: _Optional[str] = ..., guard: _Optional[_Union[FailedGuard, _Mapping]] = ...) -> None: ...

class FailedGuard(_message.Message):
    __slots__ = ("function", "index", "is_shape_guard", "location", "predicate", "expected", "found")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    IS_SHAPE_GUARD_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    PREDICATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    function: int
    index: int
    is_shape_guard: bool
    location: str
    predicate: str
    expected: str
    found: str
    def __init__(self, function: _Optional[int] = ..., index: _Optional[int] = ..., is_shape_guard: bool = ..., location: _Optional[str] = ..., predicate: _Optional[str] = ..., expected: _Optional[str] = ..., found: _Optional[str] = ...) -> None: ...
