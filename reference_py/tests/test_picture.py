"""Pictures and pages: all boxes have places, files give no markup, pages load nothing."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner

import tracescript as ts
from tools import sample_models
from tracescript import ir, nn, ops
from tracescript.cli.main import cli
from tracescript.errors import UnsupportedError
from tracescript.ir import constants as c
from tracescript.view import layout, picture
from tracescript.view.graph_lines import Folds
from tracescript.view.markup import text
from tracescript.view.page import page
from tracescript.view.pictures import opened_picture
from tracescript.view.scene import MOST_BOXES, scene

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</script></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture
def drawn():
    pytest.importorskip("grandalf")


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.last = nn.Linear(4, 4)

    def forward(self, x):
        return ops.add(x, self.last(ops.relu(self.first(x))))


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList(Half() for _ in range(3))

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return ops.tanh(x)


@pytest.fixture(scope="module")
def whole():
    return ts.trace(Whole(), (np.ones((2, 4), np.float32),), dynamic={}).ir


def names(made):
    return [box.title for box in made.boxes]


def test_a_function_is_boxes_joined_by_arrows(whole):
    made = scene(Folds(whole), whole.function("Half.forward"))

    assert names(made) == ["x", "first", "relu", "last", "add", "output"]
    assert set(made.arrows) == {(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (4, 5)}
    assert made.boxes[1].lines[:2] == ("linear", "weight float32[4, 4]")


def test_a_chain_of_calls_is_one_box_that_names_the_function_it_opens_to(whole):
    made = scene(Folds(whole), whole.function("Whole.forward"))

    assert names(made) == ["x", "parts.0..2", "tanh", "output"]
    assert made.boxes[1].function == "Half.forward"
    assert made.boxes[1].lines == ("3 x Half", "float32[2, 4]")


def test_branches_are_parts_of_their_box_with_what_they_take_from_outside():
    model = sample_models.gate()
    made = scene(Folds(model), model.functions[0])
    (control,) = [box for box in made.boxes if box.kind == "control"]

    assert [label for label, _ in control.parts] == ["then", "else"]
    assert [names(part) for _, part in control.parts] == [["x", "x"], ["x", "neg", "negated"]]
    assert (0, names(made).index("if")) in made.arrows


def test_a_guard_is_a_box_below_what_it_watches():
    def f(x):
        return x if x.sum() > 0 else -x

    model = ts.trace(f, (np.ones(3, np.float32),), decisions="record").ir
    made = scene(Folds(model), model.functions[0])
    (guard,) = [box for box in made.boxes if box.kind == "guard"]

    assert guard.title == "x.sum() > 0"
    assert guard.lines[0] == "was True"
    below = names(made).index("gt"), names(made).index("x.sum() > 0")
    assert below in made.arrows


def test_a_function_of_very_many_nodes_ends_in_one_box_for_the_rest():
    vector = ir.TensorType(ir.DataType.FLOAT32, (2,))
    values = [ir.Value(vector) for _ in range(MOST_BOXES + 11)]
    nodes = tuple(ir.Node("neg", (a,), (b,)) for a, b in pairwise(values))
    model = sample_models.one_function(ir.Block((values[0],), nodes, (values[-1],)))

    made = scene(Folds(model), model.functions[0])

    assert made.boxes[-2].title == "10 more nodes"
    assert len(made.boxes) == MOST_BOXES + 3


# ---- places


def overlap(a, b):
    (x, y, w, h), (u, v, m, n) = a, b
    return abs(x - u) * 2 < w + m and abs(y - v) * 2 < h + n


@pytest.mark.parametrize("seed", range(6))
def test_boxes_do_not_overlap_and_arrows_lead_down_from_box_to_box(drawn, seed):
    rng = np.random.default_rng(seed)
    count = 25
    sizes = [(float(w), float(h)) for w, h in rng.integers(20, 200, (count, 2))]
    pairs = {tuple(sorted(map(int, p))) for p in rng.integers(0, count, (40, 2))}
    arrows = [(a, b) for a, b in pairs if a != b]

    made = layout.layered(sizes, arrows)

    places = [(*at, *size) for at, size in zip(made.centres, sizes, strict=True)]
    clash = [(a, b) for a in range(count) for b in range(a) if overlap(places[a], places[b])]
    assert clash == []
    for (a, b), route in zip(arrows, made.routes, strict=True):
        assert route[0] == (places[a][0], places[a][1] + sizes[a][1] / 2)
        assert route[-1] == (places[b][0], places[b][1] - sizes[b][1] / 2)
        heights = [y for _, y in route]
        assert heights == sorted(heights)
    assert all(0 <= x - w / 2 and x + w / 2 <= made.width + 1e-6 for x, _, w, _ in places)
    assert all(0 <= y - h / 2 and y + h / 2 <= made.height + 1e-6 for _, y, _, h in places)


def test_an_opened_call_holds_the_picture_of_its_function(drawn, whole):
    closed, opened = (opened_picture(whole, levels) for levels in (0, 1))

    assert [len(parts) for parts in closed.inside] == [0, 0, 0, 0]
    ((_, inner),) = opened.inside[1]
    assert names(inner.scene) == ["x", "first", "relu", "last", "add", "output"]
    width, height = opened.sizes[1]
    assert width > inner.width
    assert height > inner.height


def test_the_picture_is_well_formed_and_holds_every_box(drawn, whole):
    root = ET.fromstring(picture.svg(opened_picture(whole, 1), "whole"))

    shown = [e.text for e in root.iter(f"{SVG}text") if e.get("class") == "name"]
    assert sorted(shown) == sorted(
        ["x", "parts.0..2", "tanh", "output", "x", "first", "relu", "last", "add", "output"]
    )
    assert len(list(root.iter(f"{SVG}path"))) == 1 + 3 + 6


def test_without_the_layout_library_the_error_says_what_to_install(whole, monkeypatch):
    monkeypatch.setitem(sys.modules, "grandalf", None)

    with pytest.raises(UnsupportedError) as caught:
        opened_picture(whole, 0)

    assert caught.value.code == "UNSUPPORTED_FEATURE"
    assert caught.value.hint == "pip install 'tracescript[picture]'"


# ---- pages


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def hostile():
    """The gate with every name and text that a file can carry made hostile."""
    gate = sample_models.gate()
    vector, predicate = ir.TensorType(ir.DataType.FLOAT32, (ir.Symbol(HOSTILE),)), HOSTILE
    x, flag = ir.Value(vector, HOSTILE), ir.Value(c.BOOL, HOSTILE)
    word = ir.Value(c.STR, "", c.scalar(HOSTILE))
    place = ir.Place(HOSTILE, 1, 4, scope=HOSTILE)
    debug = ir.GuardDebug(place, predicate, "if", place, place)
    nodes = (ir.Node("str.contains", (word, word), (flag,), place=place),)
    function = ir.Function(
        HOSTILE,
        "traced",
        (ir.Input(HOSTILE, vector),),
        (ir.Output(HOSTILE, vector),),
        ir.Block((x,), nodes, (x,)),
        (ir.TraceDecision("branch", flag, c.scalar(True), debug),),
    )
    root = replace(
        gate.root,
        class_name=HOSTILE,
        parameters=tuple(replace(p, name=HOSTILE + p.name) for p in gate.root.parameters),
        methods=(ir.Method(HOSTILE, HOSTILE, exported=True),),
        submodules=(ir.Submodule(HOSTILE, ir.Module(HOSTILE)),),
    )
    sources = (ir.SourceFile(HOSTILE, HOSTILE + "\n", bytes(32)),)
    return replace(
        gate, name=HOSTILE, functions=(function,), root=root, examples=(), sources=sources
    )


def test_hostile_names_stay_text_in_a_page(drawn):
    made = _Elements()
    made.feed(page(hostile(), HOSTILE, {"producer": HOSTILE}))

    assert made.tags["script"] == 1
    assert made.tags["style"] == 1
    assert "img" not in made.tags
    assert not [name for name in made.attributes if name.startswith("on")]
    assert made.text.count("<script>alert(1)</script>") > 10


def test_hostile_names_stay_text_in_a_picture(drawn):
    root = ET.fromstring(picture.svg(opened_picture(hostile(), 1), HOSTILE))

    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds == {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<a b=\"c\" d='e'>&", "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"),
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800\uffff", "\\ud800\\uffff"),
    ],
)
def test_marks_and_controls_are_escaped(value, shown):
    assert text(value) == shown


def test_a_page_runs_only_its_own_script_and_loads_nothing(drawn, whole):
    made = page(whole, "whole", {})
    script = made.partition("<script>")[2].partition("</script>")[0]
    style = made.partition("<style>")[2].partition("</style>")[0]

    def digest(content):
        return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()

    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', made)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest(script)}'"
    assert rules["style-src"] == f"'sha256-{digest(style)}'"
    assert not re.search(r"https?://|@import|url\((?!#tip\))| src=| style=", made)


def test_a_page_holds_each_part_with_links_into_the_code(drawn, whole):
    made = page(whole, "whole", {"digest": "abc"})

    for part in ("modules", "graph", "code", "decisions", "weights"):
        assert f'<section id="{part}">' in made
    targets = set(re.findall(r'href="#(unit-\d+)"', made))
    assert targets == set(re.findall(r'id="(unit-\d+)"', made)) == {"unit-0", "unit-1", "unit-2"}
    assert made.count("<details") == made.count("</details>")


def test_show_writes_the_picture_and_the_page(drawn, whole, tmp_path):
    file, svg, html = (tmp_path / name for name in ("m.tsproto", "m.svg", "m.html"))
    ts.save(ts.trace(Whole(), (np.ones((2, 4), np.float32),)), file)

    result = CliRunner().invoke(cli, ["show", str(file), "--svg", str(svg), "--html", str(html)])

    assert result.exit_code == 0, result.output
    assert svg.read_text("utf-8").startswith("<svg ")
    assert html.read_text("utf-8").startswith("<!doctype html>")
