from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Module(_message.Message):
    __slots__ = ("class_name", "parameters", "buffers", "attributes", "submodules", "methods", "training")
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    BUFFERS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    SUBMODULES_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    TRAINING_FIELD_NUMBER: _ClassVar[int]
    class_name: str
    parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    buffers: _containers.RepeatedCompositeFieldContainer[Buffer]
    attributes: _containers.RepeatedCompositeFieldContainer[ModuleAttribute]
    submodules: _containers.RepeatedCompositeFieldContainer[Submodule]
    methods: _containers.RepeatedCompositeFieldContainer[Method]
    training: bool
    def __init__(self, class_name: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., buffers: _Optional[_Iterable[_Union[Buffer, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[ModuleAttribute, _Mapping]]] = ..., submodules: _Optional[_Iterable[_Union[Submodule, _Mapping]]] = ..., methods: _Optional[_Iterable[_Union[Method, _Mapping]]] = ..., training: bool = ...) -> None: ...

class Parameter(_message.Message):
    __slots__ = ("name", "weight", "trainable")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    TRAINABLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: int
    trainable: bool
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[int] = ..., trainable: bool = ...) -> None: ...

class Buffer(_message.Message):
    __slots__ = ("name", "weight", "state", "persistent")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PERSISTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: int
    state: int
    persistent: bool
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[int] = ..., state: _Optional[int] = ..., persistent: bool = ...) -> None: ...

class ModuleAttribute(_message.Message):
    __slots__ = ("name", "constant", "state")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONSTANT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    constant: int
    state: int
    def __init__(self, name: _Optional[str] = ..., constant: _Optional[int] = ..., state: _Optional[int] = ...) -> None: ...

class Submodule(_message.Message):
    __slots__ = ("name", "module")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MODULE_FIELD_NUMBER: _ClassVar[int]
    name: str
    module: int
    def __init__(self, name: _Optional[str] = ..., module: _Optional[int] = ...) -> None: ...

class Method(_message.Message):
    __slots__ = ("name", "function", "exported", "bound_constants", "states")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    EXPORTED_FIELD_NUMBER: _ClassVar[int]
    BOUND_CONSTANTS_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    name: str
    function: int
    exported: bool
    bound_constants: _containers.RepeatedScalarFieldContainer[int]
    states: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, name: _Optional[str] = ..., function: _Optional[int] = ..., exported: bool = ..., bound_constants: _Optional[_Iterable[int]] = ..., states: _Optional[_Iterable[int]] = ...) -> None: ...
