from tracescript.executor.v1 import call_pb2 as _call_pb2
from tracescript.v1 import code_pb2 as _code_pb2
from tracescript.v1 import data_pb2 as _data_pb2
from tracescript.v1 import debug_pb2 as _debug_pb2
from tracescript.v1 import error_pb2 as _error_pb2
from tracescript.v1 import file_pb2 as _file_pb2
from tracescript.v1 import model_pb2 as _model_pb2
from tracescript.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class View(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VIEW_UNSPECIFIED: _ClassVar[View]
    VIEW_SIGNATURE: _ClassVar[View]
    VIEW_HEADER: _ClassVar[View]
    VIEW_GRAPH: _ClassVar[View]
    VIEW_CODE: _ClassVar[View]
    VIEW_DEBUG: _ClassVar[View]
    VIEW_WEIGHTS: _ClassVar[View]
    VIEW_GUARDS: _ClassVar[View]
VIEW_UNSPECIFIED: View
VIEW_SIGNATURE: View
VIEW_HEADER: View
VIEW_GRAPH: View
VIEW_CODE: View
VIEW_DEBUG: View
VIEW_WEIGHTS: View
VIEW_GUARDS: View

class GetModelRequest(_message.Message):
    __slots__ = ("model", "views")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    views: _containers.RepeatedScalarFieldContainer[View]
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., views: _Optional[_Iterable[_Union[View, str]]] = ...) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ("model", "methods", "header", "graph", "code", "debug", "weights", "guards")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DEBUG_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    GUARDS_FIELD_NUMBER: _ClassVar[int]
    model: _call_pb2.ModelRef
    methods: _containers.RepeatedCompositeFieldContainer[MethodSignature]
    header: _file_pb2.Header
    graph: _model_pb2.Model
    code: _code_pb2.Code
    debug: _debug_pb2.DebugInfo
    weights: _tensor_pb2.WeightTable
    guards: _containers.RepeatedCompositeFieldContainer[GuardText]
    def __init__(self, model: _Optional[_Union[_call_pb2.ModelRef, _Mapping]] = ..., methods: _Optional[_Iterable[_Union[MethodSignature, _Mapping]]] = ..., header: _Optional[_Union[_file_pb2.Header, _Mapping]] = ..., graph: _Optional[_Union[_model_pb2.Model, _Mapping]] = ..., code: _Optional[_Union[_code_pb2.Code, _Mapping]] = ..., debug: _Optional[_Union[_debug_pb2.DebugInfo, _Mapping]] = ..., weights: _Optional[_Union[_tensor_pb2.WeightTable, _Mapping]] = ..., guards: _Optional[_Iterable[_Union[GuardText, _Mapping]]] = ...) -> None: ...

class MethodSignature(_message.Message):
    __slots__ = ("method", "text", "origin", "inputs", "outputs")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    method: str
    text: str
    origin: _model_pb2.Origin
    inputs: _containers.RepeatedCompositeFieldContainer[_model_pb2.Input]
    outputs: _containers.RepeatedCompositeFieldContainer[_model_pb2.Output]
    def __init__(self, method: _Optional[str] = ..., text: _Optional[str] = ..., origin: _Optional[_Union[_model_pb2.Origin, str]] = ..., inputs: _Optional[_Iterable[_Union[_model_pb2.Input, _Mapping]]] = ..., outputs: _Optional[_Iterable[_Union[_model_pb2.Output, _Mapping]]] = ...) -> None: ...

class GuardText(_message.Message):
    __slots__ = ("function", "index", "is_shape_guard", "text")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    IS_SHAPE_GUARD_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    function: int
    index: int
    is_shape_guard: bool
    text: str
    def __init__(self, function: _Optional[int] = ..., index: _Optional[int] = ..., is_shape_guard: bool = ..., text: _Optional[str] = ...) -> None: ...

class ListOpsRequest(_message.Message):
    __slots__ = ("profiles",)
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    profiles: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, profiles: _Optional[_Iterable[str]] = ...) -> None: ...

class ListOpsResponse(_message.Message):
    __slots__ = ("opsets", "features")
    OPSETS_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    opsets: _containers.RepeatedCompositeFieldContainer[SupportedOpset]
    features: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, opsets: _Optional[_Iterable[_Union[SupportedOpset, _Mapping]]] = ..., features: _Optional[_Iterable[str]] = ...) -> None: ...

class SupportedOpset(_message.Message):
    __slots__ = ("name", "major", "minor", "ops")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAJOR_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    OPS_FIELD_NUMBER: _ClassVar[int]
    name: str
    major: int
    minor: int
    ops: _containers.RepeatedCompositeFieldContainer[SupportedOp]
    def __init__(self, name: _Optional[str] = ..., major: _Optional[int] = ..., minor: _Optional[int] = ..., ops: _Optional[_Iterable[_Union[SupportedOp, _Mapping]]] = ...) -> None: ...

class SupportedOp(_message.Message):
    __slots__ = ("name", "profile", "kernel")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_FIELD_NUMBER: _ClassVar[int]
    name: str
    profile: str
    kernel: bool
    def __init__(self, name: _Optional[str] = ..., profile: _Optional[str] = ..., kernel: bool = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("header", "inputs", "max_events")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    MAX_EVENTS_FIELD_NUMBER: _ClassVar[int]
    header: _call_pb2.CallHeader
    inputs: _data_pb2.DataBundle
    max_events: int
    def __init__(self, header: _Optional[_Union[_call_pb2.CallHeader, _Mapping]] = ..., inputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., max_events: _Optional[int] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("outputs", "error", "events", "truncated", "costs", "statistics")
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    outputs: _data_pb2.DataBundle
    error: _error_pb2.Error
    events: _containers.RepeatedCompositeFieldContainer[Event]
    truncated: bool
    costs: _containers.RepeatedCompositeFieldContainer[OpCost]
    statistics: _call_pb2.CallStatistics
    def __init__(self, outputs: _Optional[_Union[_data_pb2.DataBundle, _Mapping]] = ..., error: _Optional[_Union[_error_pb2.Error, _Mapping]] = ..., events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., truncated: bool = ..., costs: _Optional[_Iterable[_Union[OpCost, _Mapping]]] = ..., statistics: _Optional[_Union[_call_pb2.CallStatistics, _Mapping]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("function", "node", "location", "module_path", "branch_taken", "loop_trips", "guard")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    MODULE_PATH_FIELD_NUMBER: _ClassVar[int]
    BRANCH_TAKEN_FIELD_NUMBER: _ClassVar[int]
    LOOP_TRIPS_FIELD_NUMBER: _ClassVar[int]
    GUARD_FIELD_NUMBER: _ClassVar[int]
    function: int
    node: int
    location: str
    module_path: str
    branch_taken: int
    loop_trips: int
    guard: GuardEvent
    def __init__(self, function: _Optional[int] = ..., node: _Optional[int] = ..., location: _Optional[str] = ..., module_path: _Optional[str] = ..., branch_taken: _Optional[int] = ..., loop_trips: _Optional[int] = ..., guard: _Optional[_Union[GuardEvent, _Mapping]] = ...) -> None: ...

class GuardEvent(_message.Message):
    __slots__ = ("index", "is_shape_guard", "holds", "expected", "found")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    IS_SHAPE_GUARD_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    index: int
    is_shape_guard: bool
    holds: bool
    expected: str
    found: str
    def __init__(self, index: _Optional[int] = ..., is_shape_guard: bool = ..., holds: bool = ..., expected: _Optional[str] = ..., found: _Optional[str] = ...) -> None: ...

class OpCost(_message.Message):
    __slots__ = ("op", "calls", "nanoseconds", "output_bytes")
    OP_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    NANOSECONDS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_BYTES_FIELD_NUMBER: _ClassVar[int]
    op: str
    calls: int
    nanoseconds: int
    output_bytes: int
    def __init__(self, op: _Optional[str] = ..., calls: _Optional[int] = ..., nanoseconds: _Optional[int] = ..., output_bytes: _Optional[int] = ...) -> None: ...
