"""What tests of the suite's command line share."""

from __future__ import annotations

import shutil

import pytest
from suite_runs import ROOT

from tracescript.conformance.v1 import manifest_pb2
from tracescript_conformance import corpus as corpora

CASES = ROOT / "cases"


@pytest.fixture
def copied(tmp_path):
    """A small corpus of its own: the cases of one family."""
    manifest = manifest_pb2.Manifest.FromString((CASES / "manifest.binpb").read_bytes())
    kept = [e for e in manifest.entries if e.id.startswith("loss/gate/")]
    del manifest.entries[:]
    manifest.entries.extend(kept)
    manifest.root_digest = corpora.root_digest(kept)
    for profile in manifest.profiles:
        profile.cases = sum(corpora.in_profile(e, profile) for e in kept)
    folder = tmp_path / "cases"
    for entry in kept:
        (folder / entry.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CASES / entry.path, folder / entry.path)
    (folder / "manifest.binpb").write_bytes(manifest.SerializeToString())
    return folder
