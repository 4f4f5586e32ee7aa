"""The frozen corpus itself: whole, large enough, sound, and made by two writers that agree."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest
from suite_runs import ROOT

from tools import parts
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2
from tracescript.wire import scan, varint
from tracescript_conformance import corpus as corpora

CORPUS = corpora.load()
ENTRIES = list(CORPUS.manifest.entries)
ALL = [CORPUS.case(entry) for entry in ENTRIES]
FLOORS = {
    "code_bad": 15,
    "code_run": 7,
    "container": 80,
    "flow": 18,
    "graph": 110,
    "link": 18,
    "loss": 65,
    "model": 7,
    "num": 100,
    "roundtrip": 12,
    "scalar": 100,
    "service": 40,
    "tensor": 100,
    "trap": 60,
    "weights": 20,
}


def test_every_category_has_its_floor():
    found = Counter(entry.id.split("/")[0] for entry in ENTRIES)

    assert {c: n for c, n in FLOORS.items() if found[c] < n} == {}


def test_the_readme_says_what_each_category_asks():
    page = (ROOT / "README.md").read_text("utf-8")
    table = page.partition("## What the cases are about")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]

    assert set(re.findall(r"`(\w+)`", "".join(rows))) == {e.id.split("/")[0] for e in ENTRIES}


def test_ids_are_three_lower_case_parts_and_stand_in_order():
    ids = [entry.id for entry in ENTRIES]

    assert ids == sorted(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z_]+/[a-z0-9_.]+/[a-z0-9_]+", i)] == []


def test_every_file_can_lie_on_a_file_system_of_windows():
    reserved = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[ .]")
    parts = {part for entry in ENTRIES for part in entry.path.split("/")}

    assert [part for part in parts if reserved.fullmatch(part)] == []
    assert len({entry.path.lower() for entry in ENTRIES}) == len(ENTRIES)
    assert max(len(entry.path) for entry in ENTRIES) < 150


def test_the_folder_holds_what_the_manifest_says_and_nothing_else():
    folder = ROOT / "cases"
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    shared = {
        f"shared/{a.sha256.hex()}"
        for case in ALL
        for a in case.artifacts
        if a.WhichOneof("source") == "shared"
    }
    index = {"manifest.binpb", "manifest.json", "rules.json", "SHA256SUMS"}

    assert files == {e.path for e in ENTRIES} | shared | index


def test_sums_are_right_for_people_with_sha256sum():
    folder = ROOT / "cases"
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, path = line.split("  ")
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest


def test_the_corpus_is_small():
    assert sum(p.stat().st_size for p in (ROOT / "cases").rglob("*") if p.is_file()) <= 15 << 20


def test_every_case_says_why_it_exists_what_it_proves_and_who_vouches():
    for case in ALL:
        assert case.story[-1] in ".?", case.id
        assert case.rules, case.id
        assert case.needs, case.id
        assert case.provenance.oracles, case.id
        assert case.WhichOneof("kind"), case.id


def test_every_rule_is_one_of_the_specification():
    spec = ROOT.parent / "spec"
    pattern = re.compile(r"\[TS-([A-Z]+)-0*(\d+)\]")
    known = {
        f"{a}-{n}"
        for page in spec.glob("*.md")
        for a, n in pattern.findall(page.read_text("utf-8"))
    }
    ops = {file.stem for file in (spec / "ops").glob("*.toml")}
    odd = {
        (case.id, rule)
        for case in ALL
        for rule in case.rules
        if (
            re.sub(r"\.[CE]\d+$", "", rule[3:]) not in ops
            if rule.startswith("OP.")
            else rule not in known
        )
    }

    assert odd == set()


def test_every_rule_about_what_ops_compute_has_a_case():
    from tools.requirements import requirements

    pages = ("numerics.md", "opset.md", "random.md", "scalars.md")
    rules = {
        rule
        for rule, found in requirements(ROOT.parent / "spec").items()
        if found.page in pages and found.binds == "loader"
    }
    shown = {rule for case in ALL for rule in case.rules}

    assert rules - shown == set()


def test_no_file_of_a_case_names_a_machine():
    private = re.compile(rb"/(?:home|work|root|tmp)/(?!me/)|Python \d|numpy \d|torch \d")
    found = [case.id for case in ALL for a in case.artifacts if private.search(CORPUS.content(a))]

    assert found == []


@pytest.mark.parametrize("code", ["GUARD_FAILED", "SHAPE_GUARD_FAILED", "GUARD_UNCHECKABLE"])
def test_each_way_a_guard_ends_a_call_is_expected_somewhere(code):
    number = error_pb2.ErrorCode.Value(f"ERROR_CODE_{code}")

    assert any(number in step.refusal.codes for case in ALL for step in case.run.steps)


def _sound():
    kinds = {"run", "inspect", "round_trip", "recompile", "diff_pair", "trap"}
    return [(c.id, CORPUS.content(c.artifacts[0])) for c in ALL if c.WhichOneof("kind") in kinds]


def test_both_writers_lay_sections_and_payloads_out_alike():
    for case_id, content in _sound():
        if "format_minor_99" in case_id or "unknown" in case_id:
            continue
        assert parts.take_apart(content).assemble() == content, case_id


def test_both_writers_compute_one_padding():
    from tools import encode

    for alignment in (64, 4096, 65536):
        for position in (*range(300), *range(16200, 16600), *range(65300, 65700)):
            for length in (1, 127, 128, 16383, 16384):
                places, _ = scan.layout(position, [length], alignment)
                framing = (
                    encode.padding(position, length, alignment) + b"\x7a" + varint.encode(length)
                )
                assert scan.framing(places[0]) == framing, (position, length, alignment)


def test_a_case_of_every_kind_is_there():
    kinds = {case.WhichOneof("kind") for case in ALL}
    wanted = {field.name for field in case_pb2.Case.DESCRIPTOR.oneofs_by_name["kind"].fields}

    assert wanted == kinds


def test_every_fault_that_the_suite_set_out_to_find_has_its_cases():
    from tools.requirements import tomllib

    faults = tomllib.loads((ROOT / "faults.toml").read_text("utf-8"))["fault"]
    ids = {entry.id for entry in ENTRIES}

    assert [fault["number"] for fault in faults] == list(range(1, 130))
    assert [c for fault in faults for c in fault["cases"] or ["none"] if c not in ids] == []


def test_a_quarter_of_the_cases_is_refused_or_stopped():
    kinds = Counter(case.WhichOneof("kind") for case in ALL)

    assert len(ALL) >= 1500
    assert kinds["reject"] + kinds["trap"] >= len(ALL) / 4
