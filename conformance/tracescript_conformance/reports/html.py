"""One self-contained HTML page: implementations x categories, down to case and requirement.

All that comes from testees and files travels as JSON and is shown as text, never as markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracescript.conformance.v1 import case_pb2, report_pb2
from tracescript_conformance import explain, model_text
from tracescript_conformance.plain import plain
from tracescript_conformance.reports.scores import outcome_name
from tracescript_conformance.rules import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.conformance.v1 import manifest_pb2
    from tracescript_conformance.corpus import Corpus

_HERE = Path(__file__).parent
_MOST_LINES = 60
_WIDEST = 240


def write(corpus: Corpus, reports: Sequence[report_pb2.Report], file: Path) -> None:
    """Write a page about one or several runs. Raises OSError, CorpusError."""
    page = (_HERE / "page.html").read_text("utf-8")
    for name in ("css", "js"):
        page = page.replace(f"@@{name}@@", (_HERE / f"page.{name}").read_text("utf-8"))
    text = json.dumps(data(corpus, reports), separators=(",", ":"), ensure_ascii=False)
    # Inside a script element only `<` and what JavaScript takes for a line end could be read wrong.
    for odd in "<>&\u2028\u2029":
        text = text.replace(odd, f"\\u{ord(odd):04x}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page.replace("@@data@@", text), "utf-8")


def data(corpus: Corpus, reports: Sequence[report_pb2.Report]) -> dict[str, Any]:
    """Return what the page shows: the runs, the cases some run asked, their rules."""
    found = [{r.case_id: r for r in report.results} for report in reports]
    asked = {case_id for one in found for case_id in one}
    entries = [e for e in corpus.manifest.entries if e.id in asked]
    rules = {rule for entry in entries for rule in entry.rules}
    texts = sentences(corpus.folder)
    return {
        "suite": corpus.manifest.suite_version,
        "digest": corpus.manifest.root_digest.hex()[:12],
        "runs": [_run(report) for report in reports],
        "outcomes": [_outcome(n) for n in range(len(report_pb2.Outcome.values()))],
        "cases": [_case(corpus, entry) for entry in entries],
        "results": [[_result(one.get(e.id)) for e in entries] for one in found],
        "rules": {rule: texts.get(rule, ("", ""))[1] for rule in sorted(rules)},
        "profiles": {p.name: list(p.features) for p in corpus.manifest.profiles},
    }


def _outcome(number: int) -> str:
    return outcome_name(report_pb2.Result(outcome=number))  # type: ignore[arg-type]  # its number


def _run(report: report_pb2.Report) -> dict[str, Any]:
    testee = report.testee
    return {
        "name": testee.name or "testee",
        "version": testee.version,
        "language": testee.language,
        "door": report.door,
        "digest": report.root_digest.hex()[:12],
        "claims": sorted(plain(claim, 40) for claim in testee.claims[:64]),
        "scores": [[s.profile, s.passed, s.total, s.conforms] for s in report.scores],
    }


def _case(corpus: Corpus, entry: manifest_pb2.ManifestEntry) -> list[Any]:
    case = corpus.case(entry)
    model = []
    for artifact in case.artifacts[:2]:
        graph = case.WhichOneof("kind") == "reject"
        model.append(_text(model_text.lines(corpus.content(artifact), graph=graph)))
    oracles = [f"{o.name} {o.version}".strip() for o in case.provenance.oracles]
    return [
        case.id,
        case.story,
        list(case.rules),
        list(case.needs),
        case.WhichOneof("kind"),
        case_pb2.Level.Name(case.level).removeprefix("LEVEL_"),
        _text(line[2:] for line in explain.asks(case)),
        model,
        ", ".join(oracles),
    ]


def _text(lines: Any) -> str:
    kept: list[str] = []
    for line in lines:
        if len(kept) == _MOST_LINES:
            kept.append("...")
            break
        kept.append(plain(line, _WIDEST))
    return "\n".join(kept).rstrip()


def _result(result: report_pb2.Result | None) -> list[Any] | int:
    """Return outcome, detail, ratio, element and command; the outcome alone where that is all.

    A refusal that passed has at its end whether with another code, and the sound case refused too.
    """
    if result is None:
        return 0
    ratio = float(f"{result.worst_ratio:.3g}")
    if result.worst_ratio == float("inf"):
        ratio = -1.0
    passed = result.outcome == report_pb2.OUTCOME_PASSED
    if passed and not result.detail and not ratio and not result.sound_refused:
        return result.outcome
    shown = [result.outcome, result.detail[:600], ratio, result.worst_element]
    if passed and (result.another_code or result.sound_refused):
        return [*shown, "", int(result.another_code), result.sound_refused]
    return shown if passed else [*shown, result.reproduce]
