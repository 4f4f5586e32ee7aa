from tracescript.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Promotion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROMOTION_UNSPECIFIED: _ClassVar[Promotion]
    PROMOTION_SAME: _ClassVar[Promotion]
    PROMOTION_COMMON: _ClassVar[Promotion]
    PROMOTION_FLOAT: _ClassVar[Promotion]
    PROMOTION_COMPARE: _ClassVar[Promotion]
    PROMOTION_SUM: _ClassVar[Promotion]
    PROMOTION_MAGNITUDE: _ClassVar[Promotion]
    PROMOTION_FIXED: _ClassVar[Promotion]

class Tier(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIER_UNSPECIFIED: _ClassVar[Tier]
    TIER_PRIMITIVE: _ClassVar[Tier]
    TIER_COMPOSITE: _ClassVar[Tier]

class Effect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EFFECT_UNSPECIFIED: _ClassVar[Effect]
    EFFECT_NONE: _ClassVar[Effect]
    EFFECT_TRAP: _ClassVar[Effect]
    EFFECT_PRINT: _ClassVar[Effect]

class ValueKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VALUE_KIND_UNSPECIFIED: _ClassVar[ValueKind]
    VALUE_KIND_TENSOR: _ClassVar[ValueKind]
    VALUE_KIND_BOOL: _ClassVar[ValueKind]
    VALUE_KIND_INT: _ClassVar[ValueKind]
    VALUE_KIND_FLOAT: _ClassVar[ValueKind]
    VALUE_KIND_STR: _ClassVar[ValueKind]
    VALUE_KIND_LIST: _ClassVar[ValueKind]
    VALUE_KIND_TUPLE: _ClassVar[ValueKind]
    VALUE_KIND_DICT: _ClassVar[ValueKind]
    VALUE_KIND_STRUCT: _ClassVar[ValueKind]
    VALUE_KIND_ANY: _ClassVar[ValueKind]

class AttributeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTRIBUTE_KIND_UNSPECIFIED: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_BOOL: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_INT: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_FLOAT: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_STR: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_INTS: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_FLOATS: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_DATA_TYPE: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_TYPE: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_FUNCTION: _ClassVar[AttributeKind]
    ATTRIBUTE_KIND_CONSTANT: _ClassVar[AttributeKind]

class NumericClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NUMERIC_CLASS_UNSPECIFIED: _ClassVar[NumericClass]
    NUMERIC_CLASS_EXACT: _ClassVar[NumericClass]
    NUMERIC_CLASS_ROUNDED: _ClassVar[NumericClass]
    NUMERIC_CLASS_ULP: _ClassVar[NumericClass]
    NUMERIC_CLASS_ULP_ABS: _ClassVar[NumericClass]
    NUMERIC_CLASS_ACCUM: _ClassVar[NumericClass]
    NUMERIC_CLASS_MEAN: _ClassVar[NumericClass]
    NUMERIC_CLASS_NORM: _ClassVar[NumericClass]
    NUMERIC_CLASS_SOFTMAX: _ClassVar[NumericClass]
    NUMERIC_CLASS_ATTENTION: _ClassVar[NumericClass]
    NUMERIC_CLASS_RNN: _ClassVar[NumericClass]
    NUMERIC_CLASS_SOLVE: _ClassVar[NumericClass]
PROMOTION_UNSPECIFIED: Promotion
PROMOTION_SAME: Promotion
PROMOTION_COMMON: Promotion
PROMOTION_FLOAT: Promotion
PROMOTION_COMPARE: Promotion
PROMOTION_SUM: Promotion
PROMOTION_MAGNITUDE: Promotion
PROMOTION_FIXED: Promotion
TIER_UNSPECIFIED: Tier
TIER_PRIMITIVE: Tier
TIER_COMPOSITE: Tier
EFFECT_UNSPECIFIED: Effect
EFFECT_NONE: Effect
EFFECT_TRAP: Effect
EFFECT_PRINT: Effect
VALUE_KIND_UNSPECIFIED: ValueKind
VALUE_KIND_TENSOR: ValueKind
VALUE_KIND_BOOL: ValueKind
VALUE_KIND_INT: ValueKind
VALUE_KIND_FLOAT: ValueKind
VALUE_KIND_STR: ValueKind
VALUE_KIND_LIST: ValueKind
VALUE_KIND_TUPLE: ValueKind
VALUE_KIND_DICT: ValueKind
VALUE_KIND_STRUCT: ValueKind
VALUE_KIND_ANY: ValueKind
ATTRIBUTE_KIND_UNSPECIFIED: AttributeKind
ATTRIBUTE_KIND_BOOL: AttributeKind
ATTRIBUTE_KIND_INT: AttributeKind
ATTRIBUTE_KIND_FLOAT: AttributeKind
ATTRIBUTE_KIND_STR: AttributeKind
ATTRIBUTE_KIND_INTS: AttributeKind
ATTRIBUTE_KIND_FLOATS: AttributeKind
ATTRIBUTE_KIND_DATA_TYPE: AttributeKind
ATTRIBUTE_KIND_TYPE: AttributeKind
ATTRIBUTE_KIND_FUNCTION: AttributeKind
ATTRIBUTE_KIND_CONSTANT: AttributeKind
NUMERIC_CLASS_UNSPECIFIED: NumericClass
NUMERIC_CLASS_EXACT: NumericClass
NUMERIC_CLASS_ROUNDED: NumericClass
NUMERIC_CLASS_ULP: NumericClass
NUMERIC_CLASS_ULP_ABS: NumericClass
NUMERIC_CLASS_ACCUM: NumericClass
NUMERIC_CLASS_MEAN: NumericClass
NUMERIC_CLASS_NORM: NumericClass
NUMERIC_CLASS_SOFTMAX: NumericClass
NUMERIC_CLASS_ATTENTION: NumericClass
NUMERIC_CLASS_RNN: NumericClass
NUMERIC_CLASS_SOLVE: NumericClass

class OpsetDef(_message.Message):
    __slots__ = ("name", "major", "minor", "ops")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAJOR_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    OPS_FIELD_NUMBER: _ClassVar[int]
    name: str
    major: int
    minor: int
    ops: _containers.RepeatedCompositeFieldContainer[OpDef]
    def __init__(self, name: _Optional[str] = ..., major: _Optional[int] = ..., minor: _Optional[int] = ..., ops: _Optional[_Iterable[_Union[OpDef, _Mapping]]] = ...) -> None: ...

class OpDef(_message.Message):
    __slots__ = ("name", "since", "profile", "tier", "effect", "summary", "semantics", "inputs", "attributes", "outputs", "blocks", "constraints", "shape", "errors", "numeric", "tolerances", "decomposition", "torch", "numpy", "python", "absent_because", "onnx", "examples", "notes", "deprecated", "variables", "promotion", "code", "elements", "verify")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SEMANTICS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    NUMERIC_FIELD_NUMBER: _ClassVar[int]
    TOLERANCES_FIELD_NUMBER: _ClassVar[int]
    DECOMPOSITION_FIELD_NUMBER: _ClassVar[int]
    TORCH_FIELD_NUMBER: _ClassVar[int]
    NUMPY_FIELD_NUMBER: _ClassVar[int]
    PYTHON_FIELD_NUMBER: _ClassVar[int]
    ABSENT_BECAUSE_FIELD_NUMBER: _ClassVar[int]
    ONNX_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    PROMOTION_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    VERIFY_FIELD_NUMBER: _ClassVar[int]
    name: str
    since: str
    profile: str
    tier: Tier
    effect: Effect
    summary: str
    semantics: str
    inputs: _containers.RepeatedCompositeFieldContainer[InputDef]
    attributes: _containers.RepeatedCompositeFieldContainer[AttributeDef]
    outputs: _containers.RepeatedCompositeFieldContainer[OutputDef]
    blocks: _containers.RepeatedCompositeFieldContainer[BlockDef]
    constraints: _containers.RepeatedCompositeFieldContainer[Constraint]
    shape: ShapeRule
    errors: _containers.RepeatedCompositeFieldContainer[ErrorCondition]
    numeric: NumericClass
    tolerances: _containers.RepeatedCompositeFieldContainer[Tolerance]
    decomposition: str
    torch: _containers.RepeatedCompositeFieldContainer[PythonName]
    numpy: _containers.RepeatedCompositeFieldContainer[PythonName]
    python: _containers.RepeatedCompositeFieldContainer[PythonName]
    absent_because: str
    onnx: str
    examples: _containers.RepeatedCompositeFieldContainer[OpExample]
    notes: str
    deprecated: str
    variables: _containers.RepeatedCompositeFieldContainer[TypeVariable]
    promotion: Promotion
    code: str
    elements: str
    verify: Verification
    def __init__(self, name: _Optional[str] = ..., since: _Optional[str] = ..., profile: _Optional[str] = ..., tier: _Optional[_Union[Tier, str]] = ..., effect: _Optional[_Union[Effect, str]] = ..., summary: _Optional[str] = ..., semantics: _Optional[str] = ..., inputs: _Optional[_Iterable[_Union[InputDef, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[AttributeDef, _Mapping]]] = ..., outputs: _Optional[_Iterable[_Union[OutputDef, _Mapping]]] = ..., blocks: _Optional[_Iterable[_Union[BlockDef, _Mapping]]] = ..., constraints: _Optional[_Iterable[_Union[Constraint, _Mapping]]] = ..., shape: _Optional[_Union[ShapeRule, _Mapping]] = ..., errors: _Optional[_Iterable[_Union[ErrorCondition, _Mapping]]] = ..., numeric: _Optional[_Union[NumericClass, str]] = ..., tolerances: _Optional[_Iterable[_Union[Tolerance, _Mapping]]] = ..., decomposition: _Optional[str] = ..., torch: _Optional[_Iterable[_Union[PythonName, _Mapping]]] = ..., numpy: _Optional[_Iterable[_Union[PythonName, _Mapping]]] = ..., python: _Optional[_Iterable[_Union[PythonName, _Mapping]]] = ..., absent_because: _Optional[str] = ..., onnx: _Optional[str] = ..., examples: _Optional[_Iterable[_Union[OpExample, _Mapping]]] = ..., notes: _Optional[str] = ..., deprecated: _Optional[str] = ..., variables: _Optional[_Iterable[_Union[TypeVariable, _Mapping]]] = ..., promotion: _Optional[_Union[Promotion, str]] = ..., code: _Optional[str] = ..., elements: _Optional[str] = ..., verify: _Optional[_Union[Verification, _Mapping]] = ...) -> None: ...

class Verification(_message.Message):
    __slots__ = ("oracle", "floats", "zero_sign", "values", "rule", "names")
    ORACLE_FIELD_NUMBER: _ClassVar[int]
    FLOATS_FIELD_NUMBER: _ClassVar[int]
    ZERO_SIGN_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    oracle: str
    floats: str
    zero_sign: bool
    values: _containers.RepeatedCompositeFieldContainer[NamedText]
    rule: str
    names: _containers.RepeatedCompositeFieldContainer[NamedText]
    def __init__(self, oracle: _Optional[str] = ..., floats: _Optional[str] = ..., zero_sign: bool = ..., values: _Optional[_Iterable[_Union[NamedText, _Mapping]]] = ..., rule: _Optional[str] = ..., names: _Optional[_Iterable[_Union[NamedText, _Mapping]]] = ...) -> None: ...

class TypeVariable(_message.Message):
    __slots__ = ("name", "set")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    name: str
    set: str
    def __init__(self, name: _Optional[str] = ..., set: _Optional[str] = ...) -> None: ...

class InputDef(_message.Message):
    __slots__ = ("name", "kind", "type", "optional", "variadic", "doc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_FIELD_NUMBER: _ClassVar[int]
    VARIADIC_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: ValueKind
    type: str
    optional: bool
    variadic: bool
    doc: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[ValueKind, str]] = ..., type: _Optional[str] = ..., optional: bool = ..., variadic: bool = ..., doc: _Optional[str] = ...) -> None: ...

class OutputDef(_message.Message):
    __slots__ = ("name", "kind", "type", "variadic", "doc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VARIADIC_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: ValueKind
    type: str
    variadic: bool
    doc: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[ValueKind, str]] = ..., type: _Optional[str] = ..., variadic: bool = ..., doc: _Optional[str] = ...) -> None: ...

class AttributeDef(_message.Message):
    __slots__ = ("name", "kind", "default", "choices", "doc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: AttributeKind
    default: str
    choices: _containers.RepeatedScalarFieldContainer[str]
    doc: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[AttributeKind, str]] = ..., default: _Optional[str] = ..., choices: _Optional[_Iterable[str]] = ..., doc: _Optional[str] = ...) -> None: ...

class BlockDef(_message.Message):
    __slots__ = ("name", "doc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    name: str
    doc: str
    def __init__(self, name: _Optional[str] = ..., doc: _Optional[str] = ...) -> None: ...

class Constraint(_message.Message):
    __slots__ = ("id", "text", "predicate")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PREDICATE_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    predicate: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., predicate: _Optional[str] = ...) -> None: ...

class ShapeRule(_message.Message):
    __slots__ = ("rule", "arguments")
    RULE_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    arguments: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rule: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ...) -> None: ...

class ErrorCondition(_message.Message):
    __slots__ = ("id", "text", "code")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    code: _error_pb2.ErrorCode
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., code: _Optional[_Union[_error_pb2.ErrorCode, str]] = ...) -> None: ...

class Tolerance(_message.Message):
    __slots__ = ("type", "ulps", "absolute", "why")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ULPS_FIELD_NUMBER: _ClassVar[int]
    ABSOLUTE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    type: str
    ulps: float
    absolute: str
    why: str
    def __init__(self, type: _Optional[str] = ..., ulps: _Optional[float] = ..., absolute: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class PythonName(_message.Message):
    __slots__ = ("name", "arguments", "when", "in_place")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    IN_PLACE_FIELD_NUMBER: _ClassVar[int]
    name: str
    arguments: _containers.RepeatedScalarFieldContainer[str]
    when: str
    in_place: bool
    def __init__(self, name: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ..., when: _Optional[str] = ..., in_place: bool = ...) -> None: ...

class OpExample(_message.Message):
    __slots__ = ("title", "inputs", "attributes", "outputs", "error", "shows", "source", "rules")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SHOWS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    title: str
    inputs: _containers.RepeatedCompositeFieldContainer[NamedLiteral]
    attributes: _containers.RepeatedCompositeFieldContainer[NamedText]
    outputs: _containers.RepeatedCompositeFieldContainer[NamedLiteral]
    error: _error_pb2.ErrorCode
    shows: str
    source: str
    rules: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, title: _Optional[str] = ..., inputs: _Optional[_Iterable[_Union[NamedLiteral, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[NamedText, _Mapping]]] = ..., outputs: _Optional[_Iterable[_Union[NamedLiteral, _Mapping]]] = ..., error: _Optional[_Union[_error_pb2.ErrorCode, str]] = ..., shows: _Optional[str] = ..., source: _Optional[str] = ..., rules: _Optional[_Iterable[str]] = ...) -> None: ...

class NamedLiteral(_message.Message):
    __slots__ = ("name", "type", "shape", "values", "bounds")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    BOUNDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    bounds: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., values: _Optional[_Iterable[str]] = ..., bounds: _Optional[_Iterable[str]] = ...) -> None: ...

class NamedText(_message.Message):
    __slots__ = ("name", "text")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
