"""Where the file of an authored case comes from: text, a program, or another file with an edit."""

from __future__ import annotations

import importlib
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from google.protobuf import text_format

from tools import edits, encode, literals, splices
from tools.deep_models import deep_file
from tools.parts import take_apart, with_our_name
from tools.text_models import text_file
from tracescript.v1 import model_pb2
from tracescript_conformance import values

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: dict[str, set[str]] = {
    "text": {"text", "spec", "tree", "weights", "states", "sections", "metadata", "name"},
    "program": {"program", "make", "produce", "inputs", "types", "dynamic", "build", "sections"}
    | {"explore"},
    "base": {"base", "edit", "splice", "wrap"},
    "proto": {"proto", "profiles"},
    "deep": {"deep", "depth"},
}


for _keys in _KEYS.values():
    _keys.add("twin")


class SourceError(ValueError):
    """A model source with unknown or missing keys."""


def strict(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    """Refuse a key that nobody reads. Raises SourceError."""
    unknown = table.keys() - allowed
    if unknown:
        raise SourceError(f"{where}: unknown keys {', '.join(sorted(unknown))}")


class Models:
    """The named models of all authored files; each is made once, when it is first asked for."""

    def __init__(self, programs: Mapping[str, str]) -> None:
        self._sources: dict[str, Mapping[str, Any]] = {}
        self._made: dict[str, bytes] = {}
        self._programs = programs
        self.unused = set(programs)
        """Programs of the specification that no model made so far holds."""

    def add(self, name: str, source: Mapping[str, Any]) -> None:
        """Note a named source. Raises SourceError for a name that is taken."""
        if name in self._sources:
            raise SourceError(f"model {name!r} is defined twice")
        self._sources[name] = source

    def file(self, source: str | Mapping[str, Any], where: str) -> bytes:
        """Return the bytes of a named or inline source."""
        if not isinstance(source, str):
            return self._make(source, where)
        if source not in self._made:
            if source not in self._sources:
                raise SourceError(f"{where}: no model is called {source!r}")
            self._made[source] = self._make(self._sources[source], f"model {source}")
        return self._made[source]

    def text(self, source: str | Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what CPython runs, or None: a source's `twin`, its text, or its base's."""
        found = self._sources.get(source, {}) if isinstance(source, str) else source
        if "twin" in found:
            return {**found, "text": found["twin"]}
        if "base" in found:
            return self.text(found["base"])
        return {**found, "text": "\n\n".join(self._units(found))} if "text" in found else None

    def _units(self, source: Mapping[str, Any]) -> list[str]:
        """Return the texts of a source: its own, and the programs of the specification it names."""
        return [source["text"], *(self._programs[name] for name in source.get("spec", []))]

    def weights(self, name: str) -> list[Any]:
        """Return the weights of a named text model, in the order they are written."""
        return [literals.parse(text) for text in self._sources[name]["weights"].values()]

    def _make(self, source: Mapping[str, Any], where: str) -> bytes:
        kind = next((k for k in _KEYS if k in source), None)
        if kind is None:
            raise SourceError(f"{where}: one of {', '.join(_KEYS)} expected")
        strict(source, _KEYS[kind], where)
        if kind == "text":
            return self._written(source, where)
        if kind == "program":
            return _produced(source)
        if kind == "deep":
            return deep_file(source)
        if kind == "proto":
            model = text_format.Parse(source["proto"], model_pb2.Model())
            return encode.model_file(model, source.get("profiles", ["core"]))
        data = self.file(source["base"], where)
        if "edit" in source:
            parts = take_apart(data)
            edits.apply(parts, [line for line in source["edit"] if line.strip()])
            data = parts.assemble()
        data = splices.apply(data, list(source.get("splice", [])))
        return splices.wrapped(data, source["wrap"]) if "wrap" in source else data

    def _written(self, source: Mapping[str, Any], where: str) -> bytes:
        """Write a text source. A program of the specification must be a unit word for word."""
        data = text_file(source, self._units(source))
        named = source.get("spec", [])
        self.unused -= set(named)
        units = [unit.text for unit in take_apart(data).message("code").units] if named else []
        wrong = [name for name in named if self._programs[name] not in units]
        if wrong:
            raise SourceError(
                f"{where}: spec programs {wrong} are not as the code section has them"
            )
        return data


def _produced(source: Mapping[str, Any]) -> bytes:
    """Trace or script a program of `conformance/programs`, or call one of its builders."""
    import tracescript as ts

    module = importlib.import_module(f"programs.{source['program']}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "build" in source:
            model = getattr(module, source["build"])()
        else:
            made = getattr(module, source["make"])
            program = made() if isinstance(made, type) else made
            model = _captured(ts, program, source)
    sections = source.get("sections", ["code", "debug"])
    target = io.BytesIO()
    kept = {name: name in sections for name in ("code", "debug", "examples")}
    ts.save(model, target, **kept)
    return with_our_name(target.getvalue())


def _captured(ts: Any, program: Any, source: Mapping[str, Any]) -> Any:
    if source["produce"] == "script":
        return ts.script(program, types=source.get("types"))
    dynamic = {
        name: {int(axis): ts.Dim(symbol) for axis, symbol in axes.items()}
        for name, axes in source.get("dynamic", {}).items()
    }
    inputs = [_plain(literals.parse(text)) for text in source["inputs"]]
    runs = source.get("explore", 1)
    return ts.trace(program, tuple(inputs), dynamic=dynamic, explore=runs, decisions="record")


def _plain(value: Any) -> Any:
    return np.array(value.array) if isinstance(value, values.Tensor) else value
