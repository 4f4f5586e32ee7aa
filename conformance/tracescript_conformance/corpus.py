"""The frozen corpus: manifest, digests, floors, selection."""

from __future__ import annotations

import difflib
import fnmatch
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import case_pb2, manifest_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_PATH = re.compile(r"[a-z_]+/[a-z0-9_.]+/[a-z0-9_]+\.tscase")
_ARTIFACTS = {"diff_pair": 2, "service": 0}
"""Files of a case, where it is not one."""


class CorpusError(Exception):
    """The corpus is missing, damaged, below its floor, or nothing of it is selected."""


def root() -> Path:
    """Return the folder of the shipped cases: beside this module, or one up in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "cases", here.parent / "cases"):
        if (folder / "manifest.binpb").is_file():
            return folder
    raise CorpusError(f"no cases found beside {here} or one folder up")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of cases with its manifest; cases are read and checked when asked for."""

    folder: Path
    manifest: manifest_pb2.Manifest

    @property
    def version(self) -> str:
        """The suite version and the first digits of the root digest."""
        return f"{self.manifest.suite_version} ({self.manifest.root_digest.hex()[:12]})"

    def case(self, entry: manifest_pb2.ManifestEntry) -> case_pb2.Case:
        """Read one case. Raises CorpusError where its bytes are not those of the manifest."""
        path = self.folder / entry.path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror}") from error
        if len(data) != entry.length or hashlib.sha256(data).digest() != entry.sha256:
            raise CorpusError(f"{path}: the bytes are not those of the manifest")
        try:
            case = case_pb2.Case.FromString(data)
        except DecodeError as error:
            raise CorpusError(f"{path}: not a case") from error
        kind = case.WhichOneof("kind")
        if case.id != entry.id or kind is None or len(case.artifacts) < _ARTIFACTS.get(kind, 1):
            raise CorpusError(f"{path}: not the case of the manifest, or of a kind unknown here")
        return case

    def content(self, artifact: case_pb2.Artifact) -> bytes:
        """Return the bytes of an artifact: inline, shared by digest, or made by its recipe."""
        source, name = artifact.WhichOneof("source"), artifact.sha256.hex()
        if source == "content":
            return artifact.content
        path = self.folder / "shared" / name
        if source == "recipe":
            data = _made(artifact)
        else:
            data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).digest() != artifact.sha256:
            raise CorpusError(f"{path}: missing, or not the bytes of its name")
        return data

    def words(self) -> set[str]:
        """Return what a testee can claim: the names of profiles and features."""
        profiles = self.manifest.profiles
        return {p.name for p in profiles} | {f for p in profiles for f in p.features}

    def profile(self, name: str) -> manifest_pb2.Profile:
        """Return a profile by name. Raises CorpusError."""
        for profile in self.manifest.profiles:
            if profile.name == name:
                return profile
        known = ", ".join(p.name for p in self.manifest.profiles)
        raise CorpusError(f"no profile {name!r}; profiles: {known}")


def _made(artifact: case_pb2.Artifact) -> bytes:
    """Return the bytes of a recipe, or none where they are not as many as the artifact says."""
    try:
        written = [piece.partition("*") for piece in artifact.recipe.split()]
        pieces = [(bytes.fromhex(text), int(times or 1)) for text, _, times in written]
    except ValueError:
        return b""
    if sum(len(piece) * times for piece, times in pieces) != artifact.length:
        return b""
    return b"".join(piece * times for piece, times in pieces)


def root_digest(entries: Iterable[manifest_pb2.ManifestEntry]) -> bytes:
    """Return SHA-256 over the digests of the entries, sorted by id (CONF-2)."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.id):
        digest.update(entry.sha256)
    return digest.digest()


def load(folder: Path | None = None) -> Corpus:
    """Open the corpus and check its manifest and floors. Raises CorpusError."""
    folder = folder or root()
    try:
        manifest = manifest_pb2.Manifest.FromString((folder / "manifest.binpb").read_bytes())
    except (OSError, DecodeError) as error:
        raise CorpusError(f"{folder}: no manifest: {error}") from error
    if root_digest(manifest.entries) != manifest.root_digest:
        raise CorpusError(f"{folder}: the root digest does not match the entries")
    if not manifest.entries:
        raise CorpusError(f"{folder}: no cases")
    ids = [entry.id for entry in manifest.entries]
    if ids != sorted(set(ids)):
        raise CorpusError(f"{folder}: ids are not different and in order")
    for entry in manifest.entries:
        if not _PATH.fullmatch(entry.path) or ".." in entry.path.split("/"):
            raise CorpusError(f"{folder}: no case can lie at {entry.path!r}")
    for profile in manifest.profiles:
        found = sum(in_profile(entry, profile) for entry in manifest.entries)
        if found < profile.cases:
            raise CorpusError(f"profile {profile.name}: {found} cases, {profile.cases} promised")
    return Corpus(folder, manifest)


def in_profile(entry: manifest_pb2.ManifestEntry, profile: manifest_pb2.Profile) -> bool:
    """Whether a case needs nothing but what the profile's features give."""
    return set(entry.needs) <= {profile.name, *profile.features}


def select(
    corpus: Corpus,
    *,
    profile: str = "",
    match: Sequence[str] = (),
    ids: Sequence[str] = (),
    covers: str = "",
) -> list[manifest_pb2.ManifestEntry]:
    """Return the entries asked for, in id order. Raises CorpusError where there is none."""
    wanted = corpus.profile(profile) if profile else None
    found = [
        entry
        for entry in corpus.manifest.entries
        if (wanted is None or in_profile(entry, wanted))
        and (not match or any(fnmatch.fnmatch(entry.id, pattern) for pattern in match))
        and (not ids or entry.id in ids)
        and (not covers or covers in entry.rules)
    ]
    if not found:
        raise CorpusError(_nothing_selected(corpus, ids, covers))
    return found


def _nothing_selected(corpus: Corpus, ids: Sequence[str], covers: str) -> str:
    """Say that nothing was found, and which ids or rules come near."""
    entries = corpus.manifest.entries
    near: list[str] = []
    if ids:
        near = difflib.get_close_matches(ids[0], [e.id for e in entries], 3)
        near = near or [e.id for e in entries if ids[0] in e.id][:3]
    elif covers:
        near = difflib.get_close_matches(covers.upper(), {r for e in entries for r in e.rules}, 3)
    return "no case is selected" + (f"; did you mean {', '.join(near)}?" if near else "")
