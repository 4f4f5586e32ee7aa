"""The messages the runner speaks, from `messages.binpb`, where no `tracescript` is installed.

An installed `tracescript` has them as modules and is found first. The messages of executors are
always made in a pool of their own: other libraries register the same names in the default pool.
"""

from __future__ import annotations

import functools
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from google.protobuf.descriptor_pool import DescriptorPool

_SET = Path(__file__).with_name("messages.binpb")
_PACKAGES = (
    "tracescript",
    "tracescript.v1",
    "tracescript.conformance",
    "tracescript.conformance.v1",
)


class Finder:
    """Finds `tracescript.v1` and `tracescript.conformance.v1` where nobody else does."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for one of the generated modules or the packages above them."""
        del path, target
        if name in _PACKAGES:
            return ModuleSpec(name, _Loader(), is_package=True)
        package, _, module = name.rpartition(".")
        if package in _PACKAGES and module.endswith("_pb2"):
            return ModuleSpec(name, _Loader()) if _proto(name) in _files() else None
        return None


class _Loader(Loader):
    """Fills a module with the messages and enums of one .proto file."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Let the import system make the module."""
        del spec

    def exec_module(self, module: ModuleType) -> None:
        """Put messages, enums and enum values into the module, as generated ones have them."""
        if not module.__name__.endswith("_pb2"):
            return
        from google.protobuf import descriptor_pool, message_factory
        from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

        pool = descriptor_pool.Default()
        for name, data in _files().items():
            if name.startswith("tracescript/"):
                pool.AddSerializedFile(data)
        file = pool.FindFileByName(_proto(module.__name__))
        names = vars(module)
        for name, message in file.message_types_by_name.items():
            names[name] = message_factory.GetMessageClass(message)
        for name, enum in file.enum_types_by_name.items():
            names[name] = EnumTypeWrapper(enum)
            names.update({value.name: value.number for value in enum.values})


def _proto(module: str) -> str:
    return module.removesuffix("_pb2").replace(".", "/") + ".proto"


@functools.cache
def _files() -> dict[str, bytes]:
    from google.protobuf import descriptor_pb2

    found = descriptor_pb2.FileDescriptorSet.FromString(_SET.read_bytes())
    return {file.name: file.SerializeToString() for file in found.file}


@functools.cache
def service_pool() -> DescriptorPool:
    """Return a pool with the Open Inference Protocol and gRPC health."""
    from google.protobuf import descriptor_pool

    pool = descriptor_pool.DescriptorPool()
    for name, data in _files().items():
        if name.startswith("inference/"):
            pool.AddSerializedFile(data)
    return pool


def service_message(name: str) -> Any:
    """Return a message class of an executor by its full name. Raises KeyError."""
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(service_pool().FindMessageTypeByName(name))


def install() -> None:
    """Let imports find the messages, behind everything else."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
