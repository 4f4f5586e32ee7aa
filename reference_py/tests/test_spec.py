"""The specification and the code cite each other rightly: numbers, pages, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import rule_index

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "spec"
HOMES = {
    "CODE": ["code.md"],
    "CONF": ["conformance.md"],
    "CONTAINER": ["container.md"],
    "ERROR": ["errors.md"],
    "EXEC": ["exec.md"],
    "FLOW": ["control_flow.md"],
    "GRAPH": ["graph.md"],
    "NUM": ["numerics.md"],
    "OPSET": ["opset.md"],
    "RANDOM": ["random.md"],
    "RPC": ["executor.md"],
    "SCALAR": ["scalars.md"],
    "SCRIPT": ["scripting.md"],
    "STATE": ["state.md"],
    "TRACE": ["tracing.md", "graph.md"],
    "TYPE": ["types.md"],
    "WEIGHT": ["weights.md", "graph.md"],
}
RULES = [
    (rule, page.name)
    for page in rule_index.pages(ROOT)
    for rule, _ in rule_index.sentences(page.read_text("utf-8"))
]
CITATION = re.compile(rf"\b({'|'.join(HOMES)})-(\d+)\b")
OP_CITATION = re.compile(r"\bOP\.([a-z0-9_.]+?)\.([CE]\d+)\b")
TEXTS = {
    path: path.read_text("utf-8")
    for folder in ("reference_py", "conformance", "proto", "spec/ops")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".toml", ".proto"}
    and "__pycache__" not in path.parts
    and "_pb2" not in path.name
}


def retired() -> set[str]:
    lines = (SPEC / "retired.txt").read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def test_each_rule_has_one_sentence_on_the_page_of_its_area():
    rules = [rule for rule, _ in RULES]
    strays = [(r, page) for r, page in RULES if page not in HOMES[r.split("-")[0]]]

    assert sorted(rules) == sorted(set(rules))
    assert strays == []
    assert retired().isdisjoint(rules)


def test_every_rule_that_code_tests_and_cases_cite_is_in_the_specification():
    known = {rule for rule, _ in RULES} | retired()
    unknown = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in TEXTS.items()
        for match in CITATION.finditer(text)
        if f"{match[1]}-{int(match[2])}" not in known
    }

    assert unknown == set()


def test_every_constraint_and_error_of_an_op_that_is_cited_is_in_the_ops_file():
    known = {
        (path.stem, number)
        for path in (SPEC / "ops").glob("*.toml")
        for number in re.findall(r'id = "([CE]\d+)"', path.read_text("utf-8"))
    }
    unknown = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in TEXTS.items()
        if path.parent.name != "verify"
        for match in OP_CITATION.finditer(text)
        if (match[1], match[2]) not in known
    }

    assert unknown == set()


@pytest.mark.parametrize("area", ["CONTAINER", "GRAPH", "TYPE", "FLOW", "EXEC", "ERROR", "RPC"])
def test_what_a_loader_or_a_server_must_do_is_mentioned_where_it_is_done_or_tried(area):
    cited = {
        f"{match[1]}-{int(match[2])}"
        for text in TEXTS.values()
        for match in CITATION.finditer(text)
    }
    named = {
        f"{match[1].upper()}-{int(match[2])}"
        for text in TEXTS.values()
        for match in re.finditer(r"def ([a-z]+)_(\d+)_", text)
    }

    assert [r for r, _ in RULES if r.split("-")[0] == area and r not in cited | named] == []


def test_every_link_and_every_page_named_in_the_documents_is_there():
    pages = [*SPEC.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "conformance" / "README.md"]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in links(page.read_text("utf-8"))
        if not any((folder / target).exists() for folder in (page.parent, SPEC, ROOT))
    ]

    assert dead == []


def links(text: str) -> list[str]:
    """Return the files that a page refers to, code blocks left out."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.md)`", plain)
    return named + re.findall(r"\]\(([^()\s#:]+\.[a-z]+)(?:#[^)]*)?\)", plain)
