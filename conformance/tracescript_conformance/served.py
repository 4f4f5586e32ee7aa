"""Lays the models of SERVICE cases out as executors want them: NAME/VERSION/model.tsproto."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracescript_conformance.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracescript.conformance.v1 import manifest_pb2
    from tracescript_conformance.corpus import Corpus

_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}/[1-9][0-9]{0,17}")


def place(corpus: Corpus, entries: Iterable[manifest_pb2.ManifestEntry], folder: Path) -> int:
    """Write the models of the SERVICE cases among `entries`; return how many files there are.

    Raises CorpusError where a case names a place outside the pattern, or two models one place.
    """
    written: dict[str, bytes] = {}
    for entry in entries:
        if "service" not in entry.needs:
            continue
        case = corpus.case(entry)
        if len(case.service.models) != len(case.artifacts):
            raise CorpusError(f"{entry.id}: a place for each of its files expected")
        for name, artifact in zip(case.service.models, case.artifacts, strict=True):
            content = corpus.content(artifact)
            if not _PLACE.fullmatch(name) or written.setdefault(name, content) != content:
                raise CorpusError(f"{entry.id}: no model can lie at {name!r}")
    for name, content in written.items():
        file = folder / name / "model.tsproto"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return len(written)
