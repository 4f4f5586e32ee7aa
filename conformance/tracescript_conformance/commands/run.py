"""The command `run`: cases through a door to a testee."""

from __future__ import annotations

import math
import shlex
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from tracescript.conformance.v1 import report_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance import known, proof, schedule
from tracescript_conformance.commands import FOLDER, MATCH, PROFILE
from tracescript_conformance.commands.results import Outputs, finish, writes
from tracescript_conformance.doors.exec import Exec
from tracescript_conformance.doors.stdio import Stdio
from tracescript_conformance.plain import plain
from tracescript_conformance.reports import terminal
from tracescript_conformance.reports.scores import scores
from tracescript_conformance.schedule import Plan
from tracescript_conformance.served import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.conformance.v1 import manifest_pb2, testee_pb2
    from tracescript_conformance.corpus import Corpus
    from tracescript_conformance.doors import Door


@dataclass(frozen=True, slots=True)
class Testee:
    """Who is asked, and how: the command or the address, the door, how many at a time."""

    command: tuple[str, ...]
    door: str
    target: str
    timeout: float
    jobs: int


@click.command("run")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--door", type=click.Choice(["stdio", "exec", "grpc"]), default="stdio", show_default=True
)
@click.option("--target", default="", help="HOST:PORT of a server that runs already (door grpc).")
@PROFILE
@MATCH
@click.option("--case", "ids", multiple=True, help="Only this case.")
@click.option(
    "--known",
    "known_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="List of known failures.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 3600),
    default=10.0,
    show_default=True,
    help="Seconds for one request.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Testees at a time; a case goes to the same one every time.",
)
@click.option("--seed", type=int, help="Order of the cases; default: from the root digest.")
@click.option("--fail-fast", is_flag=True, help="End with the first outcome that is not expected.")
@click.option("--no-repeat", is_flag=True, help="Leave out the second pass in another order.")
@writes
@FOLDER
def run(command: tuple[str, ...], **options: Any) -> int:
    """Run cases against a testee: run [OPTIONS] -- CMD...

    Door stdio starts CMD and talks through pipes, exec starts `CMD ASK OUT` for each request,
    grpc starts CMD with {port} and {models} filled in.
    """
    door, target, jobs = options.pop("door"), options.pop("target"), options.pop("jobs")
    if bool(command) == bool(target):
        raise click.UsageError("one of a command behind -- and --target is needed")
    if door != "grpc" and target:
        raise click.UsageError("--target goes with --door grpc")
    if math.isnan(options["timeout"]):  # which is in every range
        raise click.UsageError("--timeout is no number")
    if door == "grpc" and jobs > 1:
        raise click.UsageError("--jobs does not go with --door grpc")
    testee = Testee(command, door, target, options.pop("timeout"), jobs)
    return run_suite(testee, **options)


def run_suite(
    testee: Testee,
    *,
    profile: str,
    match: tuple[str, ...],
    ids: tuple[str, ...],
    known_file: Path | None,
    seed: int | None,
    fail_fast: bool,
    no_repeat: bool,
    cases: Path | None,
    **outputs: Path | None,
) -> int:
    """Run the suite and return the exit code."""
    corpus = corpora.load(cases)
    entries = corpora.select(corpus, profile=profile, match=match, ids=ids)
    patterns = known.read(known_file) if known_file else []
    known.check(patterns, (entry.id for entry in corpus.manifest.entries))
    order = int.from_bytes(corpus.manifest.root_digest[:4], "big") if seed is None else seed
    ends = known.surprise(patterns) if fail_fast else None
    plan = _plan(testee, Plan(order, not no_repeat, "", "", ends))
    console = Console()
    with ExitStack() as stack:
        opened = _opener(testee, corpus, entries, stack)
        doors = [stack.enter_context(_Closing(opened())) for _ in range(testee.jobs)]
        hello = doors[0].door.hello
        asked = [e for e in entries if doors[0].door.reaches(e.needs)]
        _announce(console, corpus, hello, len(asked), len(entries))
        if not asked:
            raise corpora.CorpusError("no case can be asked through this door")
        total = len(asked) * (1 if no_repeat else 2)
        with terminal.Live(console, total) as live:
            results = schedule.run(corpus, asked, [d.door for d in doors], plan, live)
    proof.mark(corpus, results)
    known.apply(patterns, results)
    report = report_pb2.Report(
        suite_version=corpus.manifest.suite_version,
        root_digest=corpus.manifest.root_digest,
        testee=hello,
        door=testee.door,
        results=results,
        scores=scores(corpus, results),
    )
    code = finish(console, corpus, report, Outputs(**outputs))
    if not all(d.stopped for d in doors):
        console.print("the testee did not stop when its input was closed")
    return code


def _announce(
    console: Console, corpus: Corpus, hello: testee_pb2.HelloResponse, asked: int, chosen: int
) -> None:
    """Say who is asked how much, and name claims that mean nothing."""
    left = f", {chosen - asked} need another door" if asked != chosen else ""
    line = f"{_who(hello)}, suite {corpus.version}, {asked} cases{left}"
    console.print(line, highlight=False, markup=False)
    strange = sorted(set(hello.claims) - corpus.words())
    if strange:
        line = plain(f"claims of no profile or feature: {', '.join(strange)}", 200)
        console.print(line, highlight=False, markup=False)


def _who(hello: testee_pb2.HelloResponse) -> str:
    name = f"{hello.name} {hello.version}".strip() or "a testee without a name"
    return f"{name} ({hello.language})" if hello.language else name


def _plan(testee: Testee, plan: Plan) -> Plan:
    """Return a plan with the words that ask one case again."""
    words = ["python", "-m", "tracescript_conformance", "run"]
    words += ["--door", testee.door] if testee.door != "stdio" else []
    words += ["--target", testee.target] if testee.target else []
    command = shlex.join(["--", *testee.command]) if testee.command else ""
    return replace(plan, options=shlex.join(words), testee=command)


class _Closing:
    """Stops a door at the end of a block and remembers whether it stopped by itself."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.stopped = True

    def __enter__(self) -> _Closing:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped = self.door.stop()


def _opener(
    testee: Testee,
    corpus: Corpus,
    entries: list[manifest_pb2.ManifestEntry],
    stack: ExitStack,
) -> Callable[[], Door]:
    """Return what opens a door; a server first gets a folder with the models it has to serve."""
    version = corpus.manifest.suite_version
    if testee.door != "grpc":
        kind = Stdio if testee.door == "stdio" else Exec
        return lambda: kind(testee.command, testee.timeout, version)
    try:
        from tracescript_conformance.doors.grpc import Grpc
    except ImportError as error:
        raise click.UsageError("--door grpc needs the package grpcio") from error
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-"))
    place(corpus, entries, Path(folder))
    return lambda: Grpc(
        testee.command, testee.timeout, version, target=testee.target, models=folder
    )
