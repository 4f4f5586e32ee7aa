from tracescript.v1 import module_pb2 as _module_pb2
from tracescript.v1 import tensor_pb2 as _tensor_pb2
from tracescript.v1 import type_pb2 as _type_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Origin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORIGIN_UNSPECIFIED: _ClassVar[Origin]
    ORIGIN_TRACED: _ClassVar[Origin]
    ORIGIN_SCRIPTED: _ClassVar[Origin]
    ORIGIN_EXPLORED: _ClassVar[Origin]
    ORIGIN_IMPORTED: _ClassVar[Origin]
    ORIGIN_AUTHORED: _ClassVar[Origin]

class InputKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INPUT_KIND_UNSPECIFIED: _ClassVar[InputKind]
    INPUT_KIND_POSITIONAL: _ClassVar[InputKind]
    INPUT_KIND_KEYWORD_ONLY: _ClassVar[InputKind]
    INPUT_KIND_BOUND: _ClassVar[InputKind]
    INPUT_KIND_STATE: _ClassVar[InputKind]

class TraceDecisionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACE_DECISION_KIND_UNSPECIFIED: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_BRANCH: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_LOOP_CONDITION: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_INT_READ: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_FLOAT_READ: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_TENSOR_READ: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_COMPARE: _ClassVar[TraceDecisionKind]
    TRACE_DECISION_KIND_UNRECORDED: _ClassVar[TraceDecisionKind]

class ShapeGuardKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SHAPE_GUARD_KIND_UNSPECIFIED: _ClassVar[ShapeGuardKind]
    SHAPE_GUARD_KIND_COMPARISON: _ClassVar[ShapeGuardKind]
    SHAPE_GUARD_KIND_UNROLLED_LOOP: _ClassVar[ShapeGuardKind]
    SHAPE_GUARD_KIND_ITERATION: _ClassVar[ShapeGuardKind]
    SHAPE_GUARD_KIND_SIZE_READ: _ClassVar[ShapeGuardKind]

class StateKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_KIND_UNSPECIFIED: _ClassVar[StateKind]
    STATE_KIND_BUFFER: _ClassVar[StateKind]
    STATE_KIND_ATTRIBUTE: _ClassVar[StateKind]
    STATE_KIND_RANDOM: _ClassVar[StateKind]
ORIGIN_UNSPECIFIED: Origin
ORIGIN_TRACED: Origin
ORIGIN_SCRIPTED: Origin
ORIGIN_EXPLORED: Origin
ORIGIN_IMPORTED: Origin
ORIGIN_AUTHORED: Origin
INPUT_KIND_UNSPECIFIED: InputKind
INPUT_KIND_POSITIONAL: InputKind
INPUT_KIND_KEYWORD_ONLY: InputKind
INPUT_KIND_BOUND: InputKind
INPUT_KIND_STATE: InputKind
TRACE_DECISION_KIND_UNSPECIFIED: TraceDecisionKind
TRACE_DECISION_KIND_BRANCH: TraceDecisionKind
TRACE_DECISION_KIND_LOOP_CONDITION: TraceDecisionKind
TRACE_DECISION_KIND_INT_READ: TraceDecisionKind
TRACE_DECISION_KIND_FLOAT_READ: TraceDecisionKind
TRACE_DECISION_KIND_TENSOR_READ: TraceDecisionKind
TRACE_DECISION_KIND_COMPARE: TraceDecisionKind
TRACE_DECISION_KIND_UNRECORDED: TraceDecisionKind
SHAPE_GUARD_KIND_UNSPECIFIED: ShapeGuardKind
SHAPE_GUARD_KIND_COMPARISON: ShapeGuardKind
SHAPE_GUARD_KIND_UNROLLED_LOOP: ShapeGuardKind
SHAPE_GUARD_KIND_ITERATION: ShapeGuardKind
SHAPE_GUARD_KIND_SIZE_READ: ShapeGuardKind
STATE_KIND_UNSPECIFIED: StateKind
STATE_KIND_BUFFER: StateKind
STATE_KIND_ATTRIBUTE: StateKind
STATE_KIND_RANDOM: StateKind

class Model(_message.Message):
    __slots__ = ("name", "opsets", "ops", "types", "symbols", "dim_exprs", "constants", "states", "functions", "modules", "root_module")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPSETS_FIELD_NUMBER: _ClassVar[int]
    OPS_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    DIM_EXPRS_FIELD_NUMBER: _ClassVar[int]
    CONSTANTS_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    FUNCTIONS_FIELD_NUMBER: _ClassVar[int]
    MODULES_FIELD_NUMBER: _ClassVar[int]
    ROOT_MODULE_FIELD_NUMBER: _ClassVar[int]
    name: str
    opsets: _containers.RepeatedCompositeFieldContainer[Opset]
    ops: _containers.RepeatedCompositeFieldContainer[Op]
    types: _containers.RepeatedCompositeFieldContainer[_type_pb2.Type]
    symbols: _containers.RepeatedCompositeFieldContainer[_type_pb2.Symbol]
    dim_exprs: _containers.RepeatedCompositeFieldContainer[_type_pb2.DimExpr]
    constants: _containers.RepeatedCompositeFieldContainer[Constant]
    states: _containers.RepeatedCompositeFieldContainer[State]
    functions: _containers.RepeatedCompositeFieldContainer[Function]
    modules: _containers.RepeatedCompositeFieldContainer[_module_pb2.Module]
    root_module: int
    def __init__(self, name: _Optional[str] = ..., opsets: _Optional[_Iterable[_Union[Opset, _Mapping]]] = ..., ops: _Optional[_Iterable[_Union[Op, _Mapping]]] = ..., types: _Optional[_Iterable[_Union[_type_pb2.Type, _Mapping]]] = ..., symbols: _Optional[_Iterable[_Union[_type_pb2.Symbol, _Mapping]]] = ..., dim_exprs: _Optional[_Iterable[_Union[_type_pb2.DimExpr, _Mapping]]] = ..., constants: _Optional[_Iterable[_Union[Constant, _Mapping]]] = ..., states: _Optional[_Iterable[_Union[State, _Mapping]]] = ..., functions: _Optional[_Iterable[_Union[Function, _Mapping]]] = ..., modules: _Optional[_Iterable[_Union[_module_pb2.Module, _Mapping]]] = ..., root_module: _Optional[int] = ...) -> None: ...

class Opset(_message.Message):
    __slots__ = ("name", "major", "minor")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAJOR_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    major: int
    minor: int
    def __init__(self, name: _Optional[str] = ..., major: _Optional[int] = ..., minor: _Optional[int] = ...) -> None: ...

class Op(_message.Message):
    __slots__ = ("opset", "name")
    OPSET_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    opset: int
    name: str
    def __init__(self, opset: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...

class Function(_message.Message):
    __slots__ = ("name", "origin", "inputs", "outputs", "values", "blocks", "trace_decisions", "shape_guards")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    TRACE_DECISIONS_FIELD_NUMBER: _ClassVar[int]
    SHAPE_GUARDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    origin: Origin
    inputs: _containers.RepeatedCompositeFieldContainer[Input]
    outputs: _containers.RepeatedCompositeFieldContainer[Output]
    values: _containers.RepeatedCompositeFieldContainer[Value]
    blocks: _containers.RepeatedCompositeFieldContainer[Block]
    trace_decisions: _containers.RepeatedCompositeFieldContainer[TraceDecision]
    shape_guards: _containers.RepeatedCompositeFieldContainer[ShapeGuard]
    def __init__(self, name: _Optional[str] = ..., origin: _Optional[_Union[Origin, str]] = ..., inputs: _Optional[_Iterable[_Union[Input, _Mapping]]] = ..., outputs: _Optional[_Iterable[_Union[Output, _Mapping]]] = ..., values: _Optional[_Iterable[_Union[Value, _Mapping]]] = ..., blocks: _Optional[_Iterable[_Union[Block, _Mapping]]] = ..., trace_decisions: _Optional[_Iterable[_Union[TraceDecision, _Mapping]]] = ..., shape_guards: _Optional[_Iterable[_Union[ShapeGuard, _Mapping]]] = ...) -> None: ...

class Input(_message.Message):
    __slots__ = ("name", "type", "kind", "has_default", "default_value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    HAS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: int
    kind: InputKind
    has_default: bool
    default_value: int
    def __init__(self, name: _Optional[str] = ..., type: _Optional[int] = ..., kind: _Optional[_Union[InputKind, str]] = ..., has_default: bool = ..., default_value: _Optional[int] = ...) -> None: ...

class Output(_message.Message):
    __slots__ = ("name", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: int
    def __init__(self, name: _Optional[str] = ..., type: _Optional[int] = ...) -> None: ...

class Value(_message.Message):
    __slots__ = ("type", "constant")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CONSTANT_FIELD_NUMBER: _ClassVar[int]
    type: int
    constant: int
    def __init__(self, type: _Optional[int] = ..., constant: _Optional[int] = ...) -> None: ...

class Block(_message.Message):
    __slots__ = ("inputs", "nodes", "results")
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    inputs: _containers.RepeatedScalarFieldContainer[int]
    nodes: _containers.RepeatedCompositeFieldContainer[Node]
    results: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, inputs: _Optional[_Iterable[int]] = ..., nodes: _Optional[_Iterable[_Union[Node, _Mapping]]] = ..., results: _Optional[_Iterable[int]] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ("op", "inputs", "outputs", "blocks", "attributes")
    OP_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    op: int
    inputs: _containers.RepeatedScalarFieldContainer[int]
    outputs: _containers.RepeatedScalarFieldContainer[int]
    blocks: _containers.RepeatedScalarFieldContainer[int]
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    def __init__(self, op: _Optional[int] = ..., inputs: _Optional[_Iterable[int]] = ..., outputs: _Optional[_Iterable[int]] = ..., blocks: _Optional[_Iterable[int]] = ..., attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ...) -> None: ...

class Attribute(_message.Message):
    __slots__ = ("name", "constant", "type", "function")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONSTANT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    constant: int
    type: int
    function: int
    def __init__(self, name: _Optional[str] = ..., constant: _Optional[int] = ..., type: _Optional[int] = ..., function: _Optional[int] = ...) -> None: ...

class TraceDecision(_message.Message):
    __slots__ = ("kind", "value", "observed")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_FIELD_NUMBER: _ClassVar[int]
    kind: TraceDecisionKind
    value: int
    observed: int
    def __init__(self, kind: _Optional[_Union[TraceDecisionKind, str]] = ..., value: _Optional[int] = ..., observed: _Optional[int] = ...) -> None: ...

class ShapeGuard(_message.Message):
    __slots__ = ("left", "comparison", "right", "kind")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    COMPARISON_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    left: int
    comparison: _type_pb2.Comparison
    right: int
    kind: ShapeGuardKind
    def __init__(self, left: _Optional[int] = ..., comparison: _Optional[_Union[_type_pb2.Comparison, str]] = ..., right: _Optional[int] = ..., kind: _Optional[_Union[ShapeGuardKind, str]] = ...) -> None: ...

class State(_message.Message):
    __slots__ = ("name", "type", "initial_value", "kind")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    INITIAL_VALUE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: int
    initial_value: int
    kind: StateKind
    def __init__(self, name: _Optional[str] = ..., type: _Optional[int] = ..., initial_value: _Optional[int] = ..., kind: _Optional[_Union[StateKind, str]] = ...) -> None: ...

class Constant(_message.Message):
    __slots__ = ("type", "bool_value", "int_value", "float_value", "str_value", "complex_value", "data_type", "weight", "elements", "entries", "ints", "floats")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT_VALUE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_VALUE_FIELD_NUMBER: _ClassVar[int]
    STR_VALUE_FIELD_NUMBER: _ClassVar[int]
    COMPLEX_VALUE_FIELD_NUMBER: _ClassVar[int]
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    INTS_FIELD_NUMBER: _ClassVar[int]
    FLOATS_FIELD_NUMBER: _ClassVar[int]
    type: int
    bool_value: bool
    int_value: int
    float_value: float
    str_value: str
    complex_value: ComplexValue
    data_type: DataTypeValue
    weight: int
    elements: IndexList
    entries: IndexList
    ints: PackedInts
    floats: PackedFloats
    def __init__(self, type: _Optional[int] = ..., bool_value: bool = ..., int_value: _Optional[int] = ..., float_value: _Optional[float] = ..., str_value: _Optional[str] = ..., complex_value: _Optional[_Union[ComplexValue, _Mapping]] = ..., data_type: _Optional[_Union[DataTypeValue, _Mapping]] = ..., weight: _Optional[int] = ..., elements: _Optional[_Union[IndexList, _Mapping]] = ..., entries: _Optional[_Union[IndexList, _Mapping]] = ..., ints: _Optional[_Union[PackedInts, _Mapping]] = ..., floats: _Optional[_Union[PackedFloats, _Mapping]] = ...) -> None: ...

class ComplexValue(_message.Message):
    __slots__ = ("real", "imag")
    REAL_FIELD_NUMBER: _ClassVar[int]
    IMAG_FIELD_NUMBER: _ClassVar[int]
    real: float
    imag: float
    def __init__(self, real: _Optional[float] = ..., imag: _Optional[float] = ...) -> None: ...

class DataTypeValue(_message.Message):
    __slots__ = ("data_type",)
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    data_type: _tensor_pb2.DataType
    def __init__(self, data_type: _Optional[_Union[_tensor_pb2.DataType, str]] = ...) -> None: ...

class IndexList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, items: _Optional[_Iterable[int]] = ...) -> None: ...

class PackedInts(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, items: _Optional[_Iterable[int]] = ...) -> None: ...

class PackedFloats(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, items: _Optional[_Iterable[float]] = ...) -> None: ...
