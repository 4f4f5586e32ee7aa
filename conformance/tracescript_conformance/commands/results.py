"""Commands about results: judge, report, diff; and what every run ends with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from tracescript.conformance.v1 import report_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance import diff, known, proof
from tracescript_conformance.commands import FOLDER, PROFILE
from tracescript_conformance.reports import badge, files, html, junit, markdown, terminal
from tracescript_conformance.reports.scores import scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript_conformance.corpus import Corpus

_FILE = click.Path(dir_okay=False, path_type=Path)
_DIRECTORY = click.Path(file_okay=False, path_type=Path)
_MOST_STORIES = 100
_RUN = click.Path(exists=True, path_type=Path)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write at the end; None for those nobody asked for."""

    out: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    badges: Path | None = None
    markdown: Path | None = None


def writes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that fill `Outputs`."""
    for option in (
        click.option("--markdown", type=_FILE, help="Write a Markdown summary here."),
        click.option("--badges", type=_DIRECTORY, help="Write an SVG badge per profile here."),
        click.option("--html", type=_FILE, help="Write one self-contained HTML page here."),
        click.option("--junit", type=_FILE, help="Write JUnit XML here."),
        click.option("--out", type=_DIRECTORY, help="Write results.jsonl and report.json here."),
    ):
        command = option(command)
    return command


def finish(console: Console, corpus: Corpus, report: report_pb2.Report, outputs: Outputs) -> int:
    """Print a report, write the files asked for, and return the exit code."""
    by_id = {entry.id: entry for entry in corpus.manifest.entries}
    odd = [r.case_id for r in report.results if not known.is_expected(r)]
    stories = {i: corpus.case(by_id[i]).story for i in odd[:_MOST_STORIES] if i in by_id}
    terminal.write(console, report, stories)
    _write(corpus, [report], outputs)
    return 1 if odd else 0


def _write(corpus: Corpus, reports: list[report_pb2.Report], outputs: Outputs) -> None:
    """Write files about one or several runs; `out` and `junit` are about the first."""
    try:
        if outputs.out:
            files.write(reports[0], outputs.out)
        if outputs.junit:
            junit.write(reports[0].results, outputs.junit)
        if outputs.html:
            html.write(corpus, reports, outputs.html)
        if outputs.badges:
            badge.write(reports, outputs.badges)
        if outputs.markdown:
            markdown.write(reports, outputs.markdown)
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {error.strerror}") from error


@click.command("judge")
@click.argument("results", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PROFILE
@click.option(
    "--known",
    "known_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="List of known failures.",
)
@writes
@FOLDER
def judge(
    results: Path,
    profile: str,
    known_file: Path | None,
    cases: Path | None,
    **outputs: Path | None,
) -> int:
    """Score a results.jsonl that a walking loader wrote; missing cases count as not passed."""
    corpus = corpora.load(cases)
    found = {result.case_id: result for result in files.read_results(results)}
    strange = found.keys() - {entry.id for entry in corpus.manifest.entries}
    if strange:
        raise click.UsageError(f"{results}: no case is called {min(strange)}")
    patterns = known.read(known_file) if known_file else []
    known.check(patterns, (entry.id for entry in corpus.manifest.entries))
    made = []
    for entry in corpora.select(corpus, profile=profile):
        if "service" in entry.needs and entry.id not in found:
            continue
        missing = report_pb2.Result(
            case_id=entry.id, outcome=report_pb2.OUTCOME_FAILED, detail="no result"
        )
        made.append(found.get(entry.id, missing))
    proof.mark(corpus, made)
    known.apply(patterns, made)
    full = report_pb2.Report(
        suite_version=corpus.manifest.suite_version,
        root_digest=corpus.manifest.root_digest,
        door="walk",
        results=made,
        scores=scores(corpus, made),
    )
    full.testee.name = results.resolve().parent.name
    return finish(Console(), corpus, full, Outputs(**outputs))


@click.command("report")
@click.argument("runs", nargs=-1, required=True, type=_RUN)
@writes
@FOLDER
def report(runs: tuple[Path, ...], cases: Path | None, **outputs: Path | None) -> None:
    """Make reports of runs: folders written by --out, or results.jsonl files.

    The first run is the one whose results --out and --junit write.
    """
    corpus = corpora.load(cases)
    reports = [files.read(path) for path in runs]
    names = [(one.testee.name, one.testee.version) for one in reports]
    for path, name, one in zip(runs, names, reports, strict=True):
        if names.count(name) > 1:
            one.testee.name += f" ({path.resolve().name})"
        if one.root_digest and one.root_digest != corpus.manifest.root_digest:
            click.echo(f"{one.testee.name} ran another corpus than this one", err=True)
        del one.scores[:]
        one.scores.extend(scores(corpus, one.results))
    wanted = Outputs(**outputs)
    if wanted == Outputs():
        click.echo(markdown.text(reports))
    _write(corpus, reports, wanted)


@click.command("diff")
@click.argument("before", type=_RUN)
@click.argument("after", type=_RUN)
@click.option("--only-regressions", is_flag=True, help="Only cases that passed before.")
def diff_runs(before: Path, after: Path, only_regressions: bool) -> int:
    """Compare two runs; exit code 1 if a case that passed before does not any more."""
    found = diff.changes(files.read(before), files.read(after))
    for change in found:
        if change.is_regression or not only_regressions:
            click.echo(change.line())
    click.echo(diff.summary(found))
    return 1 if any(change.is_regression for change in found) else 0


@click.command("update-known")
@click.argument("known_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--results", required=True, type=_RUN, help="A run: a folder of --out, or a file.")
def update_known(known_file: Path, results: Path) -> None:
    """Rewrite a list of known failures from a run; reasons and comments stay.

    A new failure gets `# TODO reason`; a line whose cases all pass goes.
    """
    before = known.text_of(known_file) if known_file.is_file() else ""
    after = known.updated(before, files.read(results).results)
    try:
        known_file.write_text(after, "utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {known_file}: {error.strerror}") from error
    click.echo(f"{len(before.splitlines())} lines before, {len(after.splitlines())} now")
