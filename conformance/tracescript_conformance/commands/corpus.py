"""Commands about the cases themselves: list, show, verify, copy."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracescript_conformance import corpus as corpora
from tracescript_conformance import explain, rules
from tracescript_conformance.commands import FOLDER, MATCH, PROFILE
from tracescript_conformance.plain import plain
from tracescript_conformance.requests import requests
from tracescript_conformance.served import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.conformance.v1 import manifest_pb2
    from tracescript_conformance.corpus import Corpus


@click.command("list")
@PROFILE
@MATCH
@click.option("--covers", default="", help="Only cases that prove this rule: GRAPH-1.")
@FOLDER
def list_cases(profile: str, match: tuple[str, ...], covers: str, cases: Path | None) -> None:
    """List cases: id, what they need, the rules they prove."""
    corpus = corpora.load(cases)
    found = corpora.select(corpus, profile=profile, match=match, covers=covers)
    for entry in found:
        click.echo(f"{entry.id}  needs: {' '.join(entry.needs)}  rules: {' '.join(entry.rules)}")
    click.echo(
        f"{len(found)} of {len(corpus.manifest.entries)} cases, suite {corpus.version}", err=True
    )


@click.command("show")
@click.argument("case_id")
@click.option(
    "--save-model",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write its first file here.",
)
@click.option(
    "--save-request",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the first TesteeRequest here, as door exec has it in ASK.",
)
@FOLDER
def show(
    case_id: str, save_model: Path | None, save_request: Path | None, cases: Path | None
) -> None:
    """Explain one case: why it exists, its model, its calls, what it expects, who vouches."""
    corpus = corpora.load(cases)
    case = corpus.case(corpora.select(corpus, ids=(case_id,))[0])
    for line in explain.lines(case, corpus.content, rules.sentences(corpus.folder)):
        click.echo(plain(line, 800))
    if (save_model or save_request) and not case.artifacts:
        raise click.UsageError(f"{case_id} has no model")
    with _writing():
        if save_model:
            save_model.write_bytes(corpus.content(case.artifacts[0]))
        if save_request:
            save_request.write_bytes(requests(case, corpus.content)[0].SerializeToString())


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """Turn what a file system refuses into a usage error."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {error.strerror}") from error


@click.command("verify")
@FOLDER
def verify(cases: Path | None) -> None:
    """Check the corpus itself: every digest, the root digest, the floors."""
    corpus = corpora.load(cases)
    for entry in corpus.manifest.entries:
        for artifact in corpus.case(entry).artifacts:
            corpus.content(artifact)
    click.echo(f"{len(corpus.manifest.entries)} cases are whole, suite {corpus.version}")


@click.command("copy")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@PROFILE
@MATCH
@click.option(
    "--models", is_flag=True, help="Only the models of executor cases, as a folder to serve."
)
@FOLDER
def copy(
    target: Path, profile: str, match: tuple[str, ...], models: bool, cases: Path | None
) -> None:
    """Copy cases into a folder, for a loader that walks them itself (door `walk`)."""
    corpus = corpora.load(cases)
    entries = corpora.select(corpus, profile=profile, match=match)
    with _writing():
        _copy(corpus, entries, target, models=models)


def _copy(
    corpus: Corpus, entries: list[manifest_pb2.ManifestEntry], target: Path, *, models: bool
) -> None:
    if models:
        place(corpus, entries, target)
        return
    for entry in entries:
        file = target / entry.path
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(corpus.folder / entry.path, file)
        for artifact in corpus.case(entry).artifacts:
            if artifact.WhichOneof("source") == "shared":
                (target / "shared").mkdir(exist_ok=True)
                name = artifact.sha256.hex()
                shutil.copyfile(corpus.folder / "shared" / name, target / "shared" / name)
    for name in ("manifest.binpb", rules.FILE):
        if (corpus.folder / name).is_file():
            shutil.copyfile(corpus.folder / name, target / name)
