"""Commands of the runner; nothing but commands here.

Exit codes: 0 as expected, 1 an unexpected outcome, 2 usage, 3 the testee cannot be started or
talked to, 4 the corpus is damaged, below its floor, or nothing is selected.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import click
from google.protobuf import json_format
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tracescript.conformance.v1 import manifest_pb2, report_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance import explain, known, report, schedule
from tracescript_conformance.corpus import Corpus, CorpusError
from tracescript_conformance.doors.stdio import Stdio
from tracescript_conformance.known import KnownListError
from tracescript_conformance.process import TesteeNotStartedError
from tracescript_conformance.schedule import Plan, TesteeLostError

_FOLDER = click.option(
    "--cases", type=click.Path(file_okay=False, path_type=Path), help="Another folder of cases."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Conformance suite of TraceScript: give its cases to a loader and judge the answers."""


@cli.command("list")
@click.option("--profile", default="", help="Only cases of this profile.")
@click.option("--match", default="", help="Only ids that match this pattern.")
@click.option("--covers", default="", help="Only cases that prove this rule: GRAPH-1.")
@_FOLDER
def list_cases(profile: str, match: str, covers: str, cases: Path | None) -> None:
    """List cases: id, what they need, the rules they prove."""
    corpus = corpora.load(cases)
    found = corpora.select(corpus, profile=profile, match=match, covers=covers)
    for entry in found:
        click.echo(f"{entry.id}  needs: {' '.join(entry.needs)}  rules: {' '.join(entry.rules)}")
    click.echo(
        f"{len(found)} of {len(corpus.manifest.entries)} cases, suite {corpus.version}", err=True
    )


@cli.command("show")
@click.argument("case_id")
@click.option(
    "--save-model",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write its first file here.",
)
@_FOLDER
def show(case_id: str, save_model: Path | None, cases: Path | None) -> None:
    """Explain one case: why it exists, its calls, what it expects, who vouches."""
    corpus = corpora.load(cases)
    case = corpus.case(corpora.select(corpus, ids=(case_id,))[0])
    click.echo("\n".join(explain.lines(case)))
    if save_model:
        save_model.write_bytes(corpus.content(case.artifacts[0]))


@cli.command("verify")
@_FOLDER
def verify(cases: Path | None) -> None:
    """Check the corpus itself: every digest, the root digest, the floors."""
    corpus = corpora.load(cases)
    for entry in corpus.manifest.entries:
        for artifact in corpus.case(entry).artifacts:
            corpus.content(artifact)
    click.echo(f"{len(corpus.manifest.entries)} cases are whole, suite {corpus.version}")


@cli.command("copy")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--profile", default="", help="Only cases of this profile.")
@_FOLDER
def copy(target: Path, profile: str, cases: Path | None) -> None:
    """Copy cases into a folder, for a loader that walks them itself (door `walk`)."""
    corpus = corpora.load(cases)
    for entry in corpora.select(corpus, profile=profile):
        place = target / entry.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(corpus.folder / entry.path, place)
        for artifact in corpus.case(entry).artifacts:
            if artifact.WhichOneof("source") == "shared":
                (target / "shared").mkdir(exist_ok=True)
                name = artifact.sha256.hex()
                shutil.copyfile(corpus.folder / "shared" / name, target / "shared" / name)
    shutil.copyfile(corpus.folder / "manifest.binpb", target / "manifest.binpb")


@cli.command("judge")
@click.argument("results", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", default="", help="The profile that was walked.")
@_FOLDER
def judge(results: Path, profile: str, cases: Path | None) -> int:
    """Score a results.jsonl that a walking loader wrote; missing cases count as not passed."""
    corpus = corpora.load(cases)
    found: dict[str, report_pb2.Result] = {}
    for number, line in enumerate(results.read_text("utf-8").splitlines(), 1):
        try:
            result = json_format.Parse(line, report_pb2.Result())
        except json_format.ParseError as error:
            raise click.UsageError(f"{results}:{number}: no Result: {error}") from error
        found[result.case_id] = result
    made = []
    for entry in corpora.select(corpus, profile=profile):
        missing = report_pb2.Result(
            case_id=entry.id, outcome=report_pb2.OUTCOME_FAILED, detail="no result"
        )
        made.append(found.get(entry.id, missing))
    full = report_pb2.Report(door="walk", results=made, scores=report.scores(corpus, made))
    report.print_report(Console(), full, {})
    return 0 if all(map(known.is_expected, made)) else 1


@cli.command("run")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--profile", default="", help="Only cases of this profile.")
@click.option("--match", default="", help="Only ids that match this pattern.")
@click.option("--case", "ids", multiple=True, help="Only this case.")
@click.option(
    "--known",
    "known_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="List of known failures.",
)
@click.option("--timeout", default=10.0, show_default=True, help="Seconds for one request.")
@click.option("--seed", type=int, help="Order of the cases; default: from the root digest.")
@click.option("--no-repeat", is_flag=True, help="Leave out the second pass in another order.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write results.jsonl and report.json here.",
)
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML here."
)
@_FOLDER
def run(command: tuple[str, ...], **options: Any) -> int:
    """Run cases against a testee: run [OPTIONS] -- CMD..."""
    return run_suite(command, **options)


def run_suite(
    command: tuple[str, ...],
    *,
    profile: str = "",
    match: str = "",
    ids: tuple[str, ...] = (),
    known_file: Path | None = None,
    timeout: float = 10.0,
    seed: int | None = None,
    no_repeat: bool = False,
    out: Path | None = None,
    junit: Path | None = None,
    cases: Path | None = None,
) -> int:
    """Run the suite and return the exit code."""
    corpus = corpora.load(cases)
    entries = corpora.select(corpus, profile=profile, match=match, ids=ids)
    patterns = known.read(known_file) if known_file else []
    known.check(patterns, (entry.id for entry in corpus.manifest.entries))
    door = Stdio(command, timeout, corpus.manifest.suite_version)
    hello = door.start()
    console = Console()
    console.print(
        f"{hello.name} {hello.version} ({hello.language}), suite {corpus.version}, "
        f"{len(entries)} cases",
        highlight=False,
    )
    order = int.from_bytes(corpus.manifest.root_digest[:4], "big") if seed is None else seed
    again = f"python -m tracescript_conformance run -- {shlex.join(command)}"
    plan = Plan(order, not no_repeat, again)
    try:
        with _bar(console) as bar:
            task = bar.add_task("cases", total=len(entries))
            results = schedule.run(corpus, entries, door, plan, lambda _: bar.advance(task))
    finally:
        stopped = door.stop()
    known.apply(patterns, results)
    full = _report(corpus, door, results)
    report.print_report(console, full, _stories(corpus, entries, results))
    if not stopped:
        console.print("the testee did not stop when its input was closed")
    if out:
        report.write_files(full, out)
    if junit:
        report.write_junit(results, junit)
    return 0 if all(map(known.is_expected, results)) else 1


def _report(corpus: Corpus, door: Stdio, results: list[report_pb2.Result]) -> report_pb2.Report:
    return report_pb2.Report(
        suite_version=corpus.manifest.suite_version,
        root_digest=corpus.manifest.root_digest,
        testee=door.hello,
        door="stdio",
        results=results,
        scores=report.scores(corpus, results),
    )


def _stories(
    corpus: Corpus,
    entries: list[manifest_pb2.ManifestEntry],
    results: list[report_pb2.Result],
) -> dict[str, str]:
    """Return why each case exists whose outcome nobody expected."""
    by_id = {entry.id: entry for entry in entries}
    odd = [r.case_id for r in results if not known.is_expected(r)]
    return {case_id: corpus.case(by_id[case_id]).story for case_id in odd}


def _bar(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def main(args: list[str] | None = None) -> None:
    """Run a command; errors become one line and an exit code."""
    given = list(sys.argv[1:] if args is None else args)
    if given[:1] == ["--"]:
        given = ["run", *given]
    try:
        code = cli.main(given, prog_name="tracescript_conformance", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except KnownListError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (TesteeNotStartedError, TesteeLostError) as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    except CorpusError as error:
        click.echo(str(error), err=True)
        sys.exit(4)
    sys.exit(code if isinstance(code, int) else 0)
