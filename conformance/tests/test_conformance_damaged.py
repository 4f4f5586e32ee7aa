"""Damaged corpora: each ends with exit code 4."""

from __future__ import annotations

import pytest
from suite_runs import command, run

from tracescript.conformance.v1 import manifest_pb2
from tracescript_conformance import corpus as corpora

ONE = "loss/gate/nan_is_not_positive"
SOME = "loss/gate/*"


def test_a_case_that_was_changed_gives_exit_code_4(copied, tmp_path):
    path = copied / f"{ONE}.tscase"
    path.write_bytes(path.read_bytes() + b"\0")

    assert command("verify", "--cases", str(copied)).code == 4
    assert run("honest", tmp_path / "out", "--cases", str(copied), "--case", ONE).code == 4


def test_a_case_that_is_missing_gives_exit_code_4(copied):
    (copied / f"{ONE}.tscase").unlink()

    assert command("verify", "--cases", str(copied)).code == 4


def test_a_manifest_with_fewer_cases_than_promised_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    del manifest.entries[0]
    manifest.root_digest = corpora.root_digest(manifest.entries)
    file.write_bytes(manifest.SerializeToString())

    ran = command("verify", "--cases", str(copied))

    assert ran.code == 4
    assert "promised" in ran.output


def test_a_manifest_with_another_root_digest_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    manifest.root_digest = bytes(32)
    file.write_bytes(manifest.SerializeToString())

    assert command("verify", "--cases", str(copied)).code == 4


@pytest.mark.parametrize(
    "path", ["../../outside.tscase", "/etc/passwd", "a/b", "", "a/../c.tscase"]
)
def test_a_manifest_that_leads_out_of_its_folder_gives_exit_code_4(path, copied, tmp_path):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    manifest.entries[0].path = path
    file.write_bytes(manifest.SerializeToString())

    ran = command("copy", str(tmp_path / "deep" / "copy"), "--cases", str(copied))

    assert ran.code == 4, ran.output
    assert not (tmp_path / "outside.tscase").exists()


def test_a_case_under_the_id_of_another_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    one, two = manifest.entries[:2]
    for field in ("path", "length", "sha256"):
        setattr(one, field, getattr(two, field))
    manifest.root_digest = corpora.root_digest(manifest.entries)
    file.write_bytes(manifest.SerializeToString())

    assert command("verify", "--cases", str(copied)).code == 4


def test_an_empty_folder_gives_exit_code_4(tmp_path):
    assert command("verify", "--cases", str(tmp_path)).code == 4


def test_a_file_made_by_a_recipe_has_the_bytes_of_its_digest_or_none():
    corpus = corpora.load()
    entry = next(e for e in corpus.manifest.entries if e.id == "graph/limits/text_of_4_mib")
    [artifact] = corpus.case(entry).artifacts

    assert len(artifact.recipe) < 2000
    assert len(corpus.content(artifact)) == artifact.length > 4 << 20
    for wrong in (
        "",
        "zz",
        "00*many",
        f"{artifact.recipe} 00",
        "00*99999999999999",
        artifact.recipe.replace("61*", "62*"),
    ):
        artifact.recipe = wrong
        with pytest.raises(corpora.CorpusError):
            corpus.content(artifact)
