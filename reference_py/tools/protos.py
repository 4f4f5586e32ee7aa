"""Runs the protocol buffer compiler of grpcio-tools."""

from __future__ import annotations

import tempfile
from pathlib import Path

PINNED = "1.76.0"
PACKAGES = ("tracescript/v1", "tracescript/conformance/v1", "tracescript/executor/v1")
INIT = '"""Generated protobuf messages. Nothing here is written by hand."""\n'


def _compile(proto: Path, sources: list[str], arguments: list[str]) -> None:
    import grpc_tools
    from grpc_tools import protoc

    well_known = Path(grpc_tools.__file__).parent / "_proto"
    status = protoc.main(["protoc", f"-I{proto}", f"-I{well_known}", *arguments, *sources])
    if status:
        message = "protoc refused the files"
        raise SystemExit(message)


def python_modules(root: Path) -> dict[Path, bytes]:
    """Compile our packages; return the modules and their stubs by path."""
    proto = root / "proto"
    found = (f for package in PACKAGES for f in (proto / package).glob("*.proto"))
    sources = sorted(str(f.relative_to(proto)) for f in found)
    target = root / "reference_py"
    with tempfile.TemporaryDirectory() as folder:
        _compile(proto, sources, [f"--python_out={folder}", f"--pyi_out={folder}"])
        made = {
            target / f.relative_to(folder): f.read_bytes()
            for f in sorted(Path(folder).rglob("*"))
            if f.is_file()
        }
    return made | {target / package / "__init__.py": INIT.encode() for package in PACKAGES}


def _descriptors(proto: Path, sources: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set.binpb"
        _compile(proto, sources, [f"--descriptor_set_out={out}", "--include_imports"])
        return out.read_bytes()


def inference_descriptors(root: Path) -> dict[Path, bytes]:
    """Compile the Open Inference Protocol into a descriptor set for a private pool.

    It never becomes a module: two modules with package `inference` collide in one process.
    """
    path = root / "reference_py" / "tracescript" / "service" / "inference.binpb"
    return {
        path: _descriptors(
            root / "proto", ["inference/grpc_service.proto", "inference/health.proto"]
        )
    }


def runner_descriptors(root: Path) -> dict[Path, bytes]:
    """Compile what the conformance runner speaks, for a runner without this package."""
    proto = root / "proto"
    packages = ("tracescript/v1", "tracescript/conformance/v1", "inference")
    found = (f for package in packages for f in (proto / package).glob("*.proto"))
    path = root / "conformance" / "tracescript_conformance" / "messages.binpb"
    return {path: _descriptors(proto, sorted(str(f.relative_to(proto)) for f in found))}


def baseline(root: Path) -> dict[Path, bytes]:
    """Compile the released messages, to compare later changes with."""
    proto = root / "proto"
    found = sorted(str(f.relative_to(proto)) for f in proto.glob("tracescript/**/*.proto"))
    return {proto / "baseline" / "v1.binpb": _descriptors(proto, found)}
