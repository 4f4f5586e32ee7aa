"""Reports: escaped, complete, well formed; differences between runs; known odd inputs."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from tracescript.conformance.v1 import report_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance.cli import cli
from tracescript_conformance.diff import changes, summary
from tracescript_conformance.reports import badge, files, html, junit, markdown
from tracescript_conformance.reports.scores import scores

CORPUS = corpora.load()
EVIL = "</script><img src=x onerror=alert(1)>`|[a](b) \x1b[31m\x00\ufffe\u202e"
SOME = [e for e in CORPUS.manifest.entries if e.id.startswith("loss/gate/")]


def run_of(outcome=report_pb2.OUTCOME_FAILED, name=EVIL):
    """A run of one family in which everything that a testee says is hostile."""
    results = [
        report_pb2.Result(
            case_id=e.id, outcome=outcome, detail=EVIL, worst_element=EVIL, reproduce=EVIL
        )
        for e in SOME
    ]
    made = report_pb2.Report(
        suite_version="1.0.0", door=EVIL, results=results, scores=scores(CORPUS, results)
    )
    made.testee.name, made.testee.version, made.testee.language = name, EVIL, EVIL
    made.testee.claims.append(EVIL)
    made.root_digest = CORPUS.manifest.root_digest
    return made


@pytest.fixture
def read_back(tmp_path):
    files.write(run_of(), tmp_path / "run")
    return files.read(tmp_path / "run")


def test_the_page_holds_no_markup_of_a_testee_and_all_of_the_results(tmp_path):
    html.write(CORPUS, [run_of(), run_of(report_pb2.OUTCOME_PASSED)], tmp_path / "m.html")
    page = (tmp_path / "m.html").read_text("utf-8")

    assert "<img" not in page
    assert page.count("</script>") == 2
    assert "@@" not in page
    embedded = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    data = json.loads(embedded[1])
    assert [c[0] for c in data["cases"]] == [e.id for e in SOME]
    assert data["results"][1][0][0] == report_pb2.OUTCOME_PASSED
    assert data["rules"]["TRACE-4"].startswith("With guards on")
    assert not re.search(r"https?://|innerHTML", page)


def test_junit_is_well_formed_whatever_a_testee_says(read_back, tmp_path):
    junit.write(read_back.results, tmp_path / "j.xml")

    suite = ET.parse(tmp_path / "j.xml").getroot().find("testsuite")
    assert suite.get("failures") == str(len(SOME))
    assert "\\x1b" in suite.find("testcase/failure").get("message")


def test_markdown_and_badges_escape_what_a_testee_says(read_back, tmp_path):
    text = markdown.text([read_back])
    badge.write([read_back, read_back], tmp_path / "b")

    assert "<img" not in text.replace("\\<img", "")
    assert "\x1b" not in text
    drawn = sorted((tmp_path / "b").iterdir())
    assert drawn
    assert all(ET.parse(file).getroot().tag.endswith("svg") for file in drawn)
    assert all(re.fullmatch(r"badge-[A-Za-z0-9_.-]+\.svg", file.name) for file in drawn)


def test_a_badge_tells_the_profile_the_version_and_the_count():
    report = run_of(report_pb2.OUTCOME_PASSED, "mine")
    report.door = "walk"
    score = next(s for s in report.scores if s.profile == "core")

    drawn = badge.draw(report, score)

    assert "TraceScript core 1.0" in drawn
    assert f"{score.passed}/{score.total} · self-judged" in drawn


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "{}",
        '{"caseId": "a"}',
        '{"caseId": "a", "outcome": "OUTCOME_NOBODY"}',
        '{"caseId": "a", "outcome": 77}',
        "[" * 5000,
        "",
    ],
)
def test_results_that_cannot_be_read_give_exit_code_2_and_the_line(line, tmp_path):
    file = tmp_path / "results.jsonl"
    file.write_text(line + "\n")

    with pytest.raises(files.BadResultsError, match=re.escape(str(file))):
        files.read(file)


def test_a_case_that_passed_before_and_not_now_is_a_regression():
    before, after = run_of(report_pb2.OUTCOME_PASSED), run_of(report_pb2.OUTCOME_PASSED)
    after.results[0].outcome = report_pb2.OUTCOME_FAILED
    del after.results[1]

    found = changes(before, after)

    assert [(c.before, c.after, c.is_regression) for c in found] == [
        ("PASSED", "FAILED", True),
        ("PASSED", "absent", True),
    ]
    assert not any(c.is_regression for c in changes(after, before))


def test_a_case_that_passed_with_another_code_or_showed_nothing_is_told_apart():
    before, after = run_of(report_pb2.OUTCOME_PASSED), run_of()
    before.results[0].another_code = True
    before.results[1].sound_refused = "graph/sound/constants_of_all_kinds_run"

    found = changes(before, after)

    assert [(c.before, c.is_regression) for c in found[:3]] == [
        ("PASSED with another code", True),
        ("PASSED unproven", False),
        ("PASSED", True),
    ]
    total = len(SOME)
    assert summary(found) == (
        f"{total} changed, {total - 1} of them passed before (1 with another code), 1 were unproven"
    )


def test_a_refusal_that_shows_nothing_any_more_is_a_regression():
    before, after = run_of(report_pb2.OUTCOME_PASSED), run_of(report_pb2.OUTCOME_PASSED)
    after.results[0].sound_refused = "graph/sound/constants_of_all_kinds_run"

    (found,) = changes(before, after)

    assert (found.before, found.after, found.is_regression) == ("PASSED", "PASSED unproven", True)
    assert summary([found]) == "1 changed, 1 of them passed before, 1 show nothing any more"
    assert not any(c.is_regression for c in changes(after, before))


def test_junit_marks_passed_refusals_that_show_nothing_or_had_another_code(tmp_path):
    made = run_of(report_pb2.OUTCOME_PASSED)
    made.results[0].sound_refused = "graph/sound/constants_of_all_kinds_run"
    made.results[1].another_code = True
    made.results[1].found_code = error_pb2.ERROR_CODE_BAD_NAME

    junit.write(made.results, tmp_path / "j.xml")

    cases = ET.parse(tmp_path / "j.xml").getroot().iter("testcase")
    marks = [[tuple(p.attrib.values()) for p in case.iter("property")] for case in cases]
    assert marks[:3] == [
        [("unproven", "graph/sound/constants_of_all_kinds_run")],
        [("another code", "BAD_NAME")],
        [],
    ]


def test_a_badge_says_how_many_passed_cases_show_nothing():
    made = run_of(report_pb2.OUTCOME_PASSED)
    score = report_pb2.Score(profile="core", passed=5, total=9, unproven=2)

    assert "5/9 · 2 unproven" in badge.draw(made, score)


def test_the_page_tells_refusals_with_another_code_and_those_that_show_nothing():
    made = run_of(report_pb2.OUTCOME_PASSED)
    made.results[0].another_code = True
    made.results[1].sound_refused = "graph/sound/constants_of_all_kinds_run"

    shown = html.data(CORPUS, [made])["results"][0]

    assert [r[5:] for r in shown[:2]] == [
        [1, ""],
        [0, "graph/sound/constants_of_all_kinds_run"],
    ]


def test_diff_gives_exit_code_1_for_regressions_only(tmp_path):
    files.write(run_of(report_pb2.OUTCOME_PASSED), tmp_path / "a")
    files.write(run_of(), tmp_path / "b")
    a, b = str(tmp_path / "a"), str(tmp_path / "b")

    def code(*runs):
        return CliRunner().invoke(cli, ["diff", *runs], standalone_mode=False).return_value

    assert (code(a, b), code(b, a), code(a, a)) == (1, 0, 0)


def test_report_reads_several_runs_and_tells_those_of_one_name_apart(tmp_path):
    for name in ("a", "b"):
        files.write(run_of(report_pb2.OUTCOME_PASSED, "mine"), tmp_path / name)

    ran = CliRunner().invoke(cli, ["report", str(tmp_path / "a"), str(tmp_path / "b")])

    assert "mine (a)" in ran.output.replace("\\", "")
    assert "mine (b)" in ran.output.replace("\\", "")
