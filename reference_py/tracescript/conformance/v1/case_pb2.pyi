from tracescript.v1 import data_pb2 as _data_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from tracescript.v1 import example_pb2 as _example_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Level(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEVEL_UNSPECIFIED: _ClassVar[Level]
    LEVEL_MUST: _ClassVar[Level]
    LEVEL_SHOULD: _ClassVar[Level]
    LEVEL_MAY: _ClassVar[Level]

class RoundTrip(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUND_TRIP_UNSPECIFIED: _ClassVar[RoundTrip]
    ROUND_TRIP_IDENTICAL: _ClassVar[RoundTrip]
    ROUND_TRIP_CANONICAL: _ClassVar[RoundTrip]
    ROUND_TRIP_STRIPPED: _ClassVar[RoundTrip]

class OracleKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORACLE_KIND_UNSPECIFIED: _ClassVar[OracleKind]
    ORACLE_KIND_HAND: _ClassVar[OracleKind]
    ORACLE_KIND_EXACT_ARITHMETIC: _ClassVar[OracleKind]
    ORACLE_KIND_MULTIPRECISION: _ClassVar[OracleKind]
    ORACLE_KIND_FLOAT64: _ClassVar[OracleKind]
    ORACLE_KIND_EAGER: _ClassVar[OracleKind]
    ORACLE_KIND_OTHER_RUNTIME: _ClassVar[OracleKind]
LEVEL_UNSPECIFIED: Level
LEVEL_MUST: Level
LEVEL_SHOULD: Level
LEVEL_MAY: Level
ROUND_TRIP_UNSPECIFIED: RoundTrip
ROUND_TRIP_IDENTICAL: RoundTrip
ROUND_TRIP_CANONICAL: RoundTrip
ROUND_TRIP_STRIPPED: RoundTrip
ORACLE_KIND_UNSPECIFIED: OracleKind
ORACLE_KIND_HAND: OracleKind
ORACLE_KIND_EXACT_ARITHMETIC: OracleKind
ORACLE_KIND_MULTIPRECISION: OracleKind
ORACLE_KIND_FLOAT64: OracleKind
ORACLE_KIND_EAGER: OracleKind
ORACLE_KIND_OTHER_RUNTIME: OracleKind

class Case(_message.Message):
    __slots__ = ("id", "revision", "story", "rules", "needs", "level", "since", "until", "artifacts", "run", "reject", "trap", "round_trip", "inspect", "diff_pair", "recompile", "service", "provenance", "withdrawn")
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STORY_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    ARTIFACTS_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    REJECT_FIELD_NUMBER: _ClassVar[int]
    TRAP_FIELD_NUMBER: _ClassVar[int]
    ROUND_TRIP_FIELD_NUMBER: _ClassVar[int]
    INSPECT_FIELD_NUMBER: _ClassVar[int]
    DIFF_PAIR_FIELD_NUMBER: _ClassVar[int]
    RECOMPILE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    id: str
    revision: int
    story: str
    rules: _containers.RepeatedScalarFieldContainer[str]
    needs: _containers.RepeatedScalarFieldContainer[str]
    level: Level
    since: str
    until: str
    artifacts: _containers.RepeatedCompositeFieldContainer[Artifact]
    run: RunCase
    reject: RejectCase
    trap: TrapCase
    round_trip: RoundTripCase
    inspect: InspectCase
    diff_pair: DiffPairCase
    recompile: RecompileCase
    service: ServiceCase
    provenance: Provenance
    withdrawn: str
    def __init__(self, id: _Optional[str] = ..., revision: _Optional[int] = ..., story: _Optional[str] = ..., rules: _Optional[_Iterable[str]] = ..., needs: _Optional[_Iterable[str]] = ..., level: _Optional[_Union[Level, str]] = ..., since: _Optional[str] = ..., until: _Optional[str] = ..., artifacts: _Optional[_Iterable[_Union[Artifact, _Mapping]]] = ..., run: _Optional[_Union[RunCase, _Mapping]] = ..., reject: _Optional[_Union[RejectCase, _Mapping]] = ..., trap: _Optional[_Union[TrapCase, _Mapping]] = ..., round_trip: _Optional[_Union[RoundTripCase, _Mapping]] = ..., inspect: _Optional[_Union[InspectCase, _Mapping]] = ..., diff_pair: _Optional[_Union[DiffPairCase, _Mapping]] = ..., recompile: _Optional[_Union[RecompileCase, _Mapping]] = ..., service: _Optional[_Union[ServiceCase, _Mapping]] = ..., provenance: _Optional[_Union[Provenance, _Mapping]] = ..., withdrawn: _Optional[str] = ...) -> None: ...

class Artifact(_message.Message):
    __slots__ = ("sha256", "length", "content", "shared", "recipe")
    SHA256_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    RECIPE_FIELD_NUMBER: _ClassVar[int]
    sha256: bytes
    length: int
    content: bytes
    shared: bool
    recipe: str
    def __init__(self, sha256: _Optional[bytes] = ..., length: _Optional[int] = ..., content: _Optional[bytes] = ..., shared: bool = ..., recipe: _Optional[str] = ...) -> None: ...

class CallOptions(_message.Message):
    __slots__ = ("guards", "max_steps", "max_memory_bytes", "deadline_ms", "expand_composites")
    GUARDS_FIELD_NUMBER: _ClassVar[int]
    MAX_STEPS_FIELD_NUMBER: _ClassVar[int]
    MAX_MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    EXPAND_COMPOSITES_FIELD_NUMBER: _ClassVar[int]
    guards: _error_pb2.GuardMode
    max_steps: int
    max_memory_bytes: int
    deadline_ms: int
    expand_composites: bool
    def __init__(self, guards: _Optional[_Union[_error_pb2.GuardMode, str]] = ..., max_steps: _Optional[int] = ..., max_memory_bytes: _Optional[int] = ..., deadline_ms: _Optional[int] = ..., expand_composites: bool = ...) -> None: ...

class RunCase(_message.Message):
    __slots__ = ("steps", "options", "full_verify")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FULL_VERIFY_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    options: CallOptions
    full_verify: bool
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., options: _Optional[_Union[CallOptions, _Mapping]] = ..., full_verify: bool = ...) -> None: ...

class Step(_message.Message):
    __slots__ = ("name", "method", "inputs", "expected", "refusal", "failed_guards", "eager")
    NAME_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    FAILED_GUARDS_FIELD_NUMBER: _ClassVar[int]
    EAGER_FIELD_NUMBER: _ClassVar[int]
    name: str
    method: str
    inputs: _data_pb2.DataBundle
    expected: _example_pb2.Expected
    refusal: Refusal
    failed_guards: _containers.RepeatedCompositeFieldContainer[GuardRef]
    eager: _example_pb2.Expected
    def __init__(self, name: _Optional[str] = ..., method: _Optional[str] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., expected: _Optional[_Union[_example_pb2.Expected, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ..., failed_guards: _Optional[_Iterable[_Union[GuardRef, _Mapping]]] = ..., eager: _Optional[_Union[_example_pb2.Expected, _Mapping]] = ...) -> None: ...

class GuardRef(_message.Message):
    __slots__ = ("function", "index", "is_shape_guard")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    IS_SHAPE_GUARD_FIELD_NUMBER: _ClassVar[int]
    function: int
    index: int
    is_shape_guard: bool
    def __init__(self, function: _Optional[int] = ..., index: _Optional[int] = ..., is_shape_guard: bool = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("codes", "phase", "rule", "strict_code", "placed")
    CODES_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    STRICT_CODE_FIELD_NUMBER: _ClassVar[int]
    PLACED_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedScalarFieldContainer[_error_pb2.ErrorCode]
    phase: _error_pb2.Phase
    rule: str
    strict_code: bool
    placed: bool
    def __init__(self, codes: _Optional[_Iterable[_Union[_error_pb2.ErrorCode, str]]] = ..., phase: _Optional[_Union[_error_pb2.Phase, str]] = ..., rule: _Optional[str] = ..., strict_code: bool = ..., placed: bool = ...) -> None: ...

class RejectCase(_message.Message):
    __slots__ = ("refusal", "full_verify")
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    FULL_VERIFY_FIELD_NUMBER: _ClassVar[int]
    refusal: Refusal
    full_verify: bool
    def __init__(self, refusal: _Optional[_Union[Refusal, _Mapping]] = ..., full_verify: bool = ...) -> None: ...

class TrapCase(_message.Message):
    __slots__ = ("step", "options", "after")
    STEP_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    step: Step
    options: CallOptions
    after: Step
    def __init__(self, step: _Optional[_Union[Step, _Mapping]] = ..., options: _Optional[_Union[CallOptions, _Mapping]] = ..., after: _Optional[_Union[Step, _Mapping]] = ...) -> None: ...

class RoundTripCase(_message.Message):
    __slots__ = ("form",)
    FORM_FIELD_NUMBER: _ClassVar[int]
    form: RoundTrip
    def __init__(self, form: _Optional[_Union[RoundTrip, str]] = ...) -> None: ...

class InspectCase(_message.Message):
    __slots__ = ("facts",)
    FACTS_FIELD_NUMBER: _ClassVar[int]
    facts: _containers.RepeatedCompositeFieldContainer[Fact]
    def __init__(self, facts: _Optional[_Iterable[_Union[Fact, _Mapping]]] = ...) -> None: ...

class Fact(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class DiffPairCase(_message.Message):
    __slots__ = ("method", "inputs")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    method: str
    inputs: _containers.RepeatedCompositeFieldContainer[DiffInput]
    def __init__(self, method: _Optional[str] = ..., inputs: _Optional[_Iterable[_Union[DiffInput, _Mapping]]] = ...) -> None: ...

class DiffInput(_message.Message):
    __slots__ = ("inputs", "failed_guard", "traced", "eager")
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    FAILED_GUARD_FIELD_NUMBER: _ClassVar[int]
    TRACED_FIELD_NUMBER: _ClassVar[int]
    EAGER_FIELD_NUMBER: _ClassVar[int]
    inputs: _data_pb2.DataBundle
    failed_guard: GuardRef
    traced: _example_pb2.Expected
    eager: _example_pb2.Expected
    def __init__(self, inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., failed_guard: _Optional[_Union[GuardRef, _Mapping]] = ..., traced: _Optional[_Union[_example_pb2.Expected, _Mapping]] = ..., eager: _Optional[_Union[_example_pb2.Expected, _Mapping]] = ...) -> None: ...

class RecompileCase(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ServiceCase(_message.Message):
    __slots__ = ("steps", "models")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[ServiceStep]
    models: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, steps: _Optional[_Iterable[_Union[ServiceStep, _Mapping]]] = ..., models: _Optional[_Iterable[str]] = ...) -> None: ...

class ServiceStep(_message.Message):
    __slots__ = ("method", "requests", "deadline_ms", "cancel_after_responses", "cancel_after_ms", "status", "codes", "responses", "concurrent", "health_within_ms", "padding_bytes", "copies", "other_statuses", "within_ms", "terminate", "least")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_AFTER_RESPONSES_FIELD_NUMBER: _ClassVar[int]
    CANCEL_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    RESPONSES_FIELD_NUMBER: _ClassVar[int]
    CONCURRENT_FIELD_NUMBER: _ClassVar[int]
    HEALTH_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    PADDING_BYTES_FIELD_NUMBER: _ClassVar[int]
    COPIES_FIELD_NUMBER: _ClassVar[int]
    OTHER_STATUSES_FIELD_NUMBER: _ClassVar[int]
    WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    TERMINATE_FIELD_NUMBER: _ClassVar[int]
    LEAST_FIELD_NUMBER: _ClassVar[int]
    method: str
    requests: _containers.RepeatedScalarFieldContainer[bytes]
    deadline_ms: int
    cancel_after_responses: int
    cancel_after_ms: int
    status: int
    codes: _containers.RepeatedScalarFieldContainer[_error_pb2.ErrorCode]
    responses: _containers.RepeatedScalarFieldContainer[bytes]
    concurrent: bool
    health_within_ms: int
    padding_bytes: int
    copies: int
    other_statuses: _containers.RepeatedScalarFieldContainer[int]
    within_ms: int
    terminate: bool
    least: int
    def __init__(self, method: _Optional[str] = ..., requests: _Optional[_Iterable[bytes]] = ..., deadline_ms: _Optional[int] = ..., cancel_after_responses: _Optional[int] = ..., cancel_after_ms: _Optional[int] = ..., status: _Optional[int] = ..., codes: _Optional[_Iterable[_Union[_error_pb2.ErrorCode, str]]] = ..., responses: _Optional[_Iterable[bytes]] = ..., concurrent: bool = ..., health_within_ms: _Optional[int] = ..., padding_bytes: _Optional[int] = ..., copies: _Optional[int] = ..., other_statuses: _Optional[_Iterable[int]] = ..., within_ms: _Optional[int] = ..., terminate: bool = ..., least: _Optional[int] = ...) -> None: ...

class Provenance(_message.Message):
    __slots__ = ("oracles", "max_disagreement_ulps", "generator", "generator_version")
    ORACLES_FIELD_NUMBER: _ClassVar[int]
    MAX_DISAGREEMENT_ULPS_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_VERSION_FIELD_NUMBER: _ClassVar[int]
    oracles: _containers.RepeatedCompositeFieldContainer[Oracle]
    max_disagreement_ulps: float
    generator: str
    generator_version: str
    def __init__(self, oracles: _Optional[_Iterable[_Union[Oracle, _Mapping]]] = ..., max_disagreement_ulps: _Optional[float] = ..., generator: _Optional[str] = ..., generator_version: _Optional[str] = ...) -> None: ...

class Oracle(_message.Message):
    __slots__ = ("kind", "name", "version", "method")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    kind: OracleKind
    name: str
    version: str
    method: str
    def __init__(self, kind: _Optional[_Union[OracleKind, str]] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., method: _Optional[str] = ...) -> None: ...
