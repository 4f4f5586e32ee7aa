"""The models a server has: found on disk, verified, warmed up, looked up by name and version."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.api import open_model
from tracescript.errors import ServiceError, TsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracescript.model.instance import Settings
    from tracescript.model.model import Model

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_VERSION = re.compile(r"[1-9][0-9]{0,17}")
_LOG = logging.getLogger(__name__)
_FILE = "model.tsproto"


@dataclass(frozen=True, slots=True)
class Served:
    """One version of a model, ready to be called."""

    name: str
    version: str
    digest: str
    model: Model


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be served, and why."""

    name: str
    version: str
    reason: str


class Registry:
    """An immutable set of ready models; the highest version answers where none is named."""

    def __init__(self, ready: Iterable[Served], failed: Iterable[Failed] = ()) -> None:
        self.ready = tuple(sorted(ready, key=lambda s: (s.name, int(s.version))))
        self.failed = tuple(failed)
        self._by_version = {(s.name, s.version): s for s in self.ready}
        self._newest = {s.name: s for s in self.ready}

    def get(self, name: str, version: str = "") -> Served:
        """Return a ready model. Raises ServiceError MODEL_NOT_FOUND. Spec: RPC-1."""
        found = self._by_version.get((name, version)) if version else self._newest.get(name)
        if found is None:
            known = ", ".join(sorted(self._newest)) or "none"
            shown = f"{name!r}" + (f" version {version!r}" if version else "")
            raise ServiceError(
                f"no model {shown[:140]}",
                code="MODEL_NOT_FOUND",
                rule="RPC-1",
                hint=f"ready: {known}",
            )
        return found


def load(path: Path, settings: Settings) -> Registry:
    """Load a folder `name/version/model.tsproto`, or one file as version 1 of its stem.

    Every file is verified completely and runs its own examples before it counts as ready; one
    that fails is reported and leaves the others serving. Links that leave the folder, devices
    and names outside the pattern are not looked at. Spec: RPC-1.
    """
    ready: list[Served] = []
    failed: list[Failed] = []
    for name, version, file in _files(path):
        try:
            ready.append(_ready(name, version, file, settings))
        except (TsError, OSError) as error:
            failed.append(Failed(name, version, str(error)))
        except Exception as error:  # noqa: BLE001  # one file must not stop the others
            _LOG.exception("%s version %s", name, version)
            failed.append(Failed(name, version, f"the loader failed ({type(error).__name__})"))
    return Registry(ready, failed)


def _files(path: Path) -> Iterable[tuple[str, str, Path]]:
    if path.is_file():
        yield path.stem, "1", path
        return
    root = path.resolve()
    for file in sorted(path.glob(f"*/*/{_FILE}")):
        version, name = file.parent.name, file.parent.parent.name
        inside = root in file.resolve().parents and file.is_file()
        if inside and _NAME.fullmatch(name) and _VERSION.fullmatch(version):
            yield name, version, file


def _ready(name: str, version: str, file: Path, settings: Settings) -> Served:
    model, opened = open_model(file, verify="full", settings=settings)
    for result in model.verify():
        if not result.passed:
            raise ServiceError(
                f"example {result.name!r} fails: {result.problem}",
                code="MODEL_NOT_READY",
                where=str(file),
                rule="RPC-1",
            )
    return Served(name, version, opened.digest, model)
