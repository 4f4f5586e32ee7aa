"""One HTML page about a model: modules, graph, code, decisions and weights side by side.

The page loads nothing and runs one script of ours, which its policy names by digest.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from tracescript.ir.text import signature_text
from tracescript.view.code_html import code_section, places
from tracescript.view.markup import text
from tracescript.view.page_tables import decision_table, module_tree, weight_table
from tracescript.view.picture import SIZE, TIP, Picture, group
from tracescript.view.pictures import closed_pictures
from tracescript.view.sizes import bytes_text, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracescript import ir

_PARTS = ("modules", "graph", "code", "decisions", "weights")


def page(model: ir.Model, name: str, facts: Mapping[str, str]) -> str:
    """Return the page; `facts` are names and values to show under the title.

    Raises UnsupportedError where the layout library is not installed.
    """
    styles = "\n".join(map(_asset, ("page.css", "picture.css")))
    script = _asset("page.js")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {_digest(styles)}; script-src {_digest(script)}"
    )
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{text(name)}</title>\n<style>{styles}</style>\n</head>\n<body>",
            *_head(model, name, facts),
            "<main>",
            *_section("modules", module_tree(model, places(model))),
            *_section("graph", _graph(model)),
            *_section("code", code_section(model)),
            *_section("decisions", decision_table(model, places(model))),
            *_section("weights", weight_table(model)),
            f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


def _asset(name: str) -> str:
    return resources.files("tracescript.view").joinpath(f"assets/{name}").read_text("utf-8")


def _digest(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _head(model: ir.Model, name: str, facts: Mapping[str, str]) -> Iterator[str]:
    held = sizes(model.root)[model.root]
    shown = {
        "parameters": f"{held.parameters:,}",
        "weights": bytes_text(held.bytes),
        **facts,
    }
    yield f"<header>\n<h1>{text(name)}</h1>"
    for method in model.root.methods:
        line = signature_text(model.function(method.function))
        yield f'<p class="signature"><code>{text(line)}</code></p>'
    yield "<dl>"
    yield from (f"<div><dt>{text(k)}</dt><dd>{text(v)}</dd></div>" for k, v in shown.items())
    yield "</dl>\n</header>\n<nav>"
    yield from (f'<a href="#{part}">{part}</a>' for part in _PARTS)
    yield "</nav>"


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    yield f'<section id="{name}">\n<h2>{name}</h2>'
    yield from lines
    yield "</section>"


def _graph(model: ir.Model) -> Iterator[str]:
    """Yield the pictures of the root's methods, and in store those that boxes open to."""
    pictures = closed_pictures(model)
    roots = list(dict.fromkeys(m.function for m in model.root.methods))
    if not roots:
        yield '<p class="none">no methods</p>'
        return
    yield '<p class="tools"><button type="button" id="open">open all</button>'
    yield '<button type="button" id="close">close all</button>'
    yield '<button type="button" id="smaller" aria-label="smaller">\N{MINUS SIGN}</button>'
    yield '<button type="button" id="larger" aria-label="larger">+</button>'
    yield "<span>a box with + opens</span></p>"
    yield '<div class="canvas">'
    for k, name in enumerate(roots):
        if len(roots) > 1:
            yield f"<h3>{text(name)}</h3>"
        yield from _drawing(pictures[name], name, with_tip=not k)
    yield '</div>\n<svg class="store" width="0" height="0" aria-hidden="true">'
    for name, picture in pictures.items():
        yield f'<g data-name="{text(name)}">'
        yield from group(picture, 0, 0)
        yield "</g>"
    yield "</svg>"


def _drawing(picture: Picture, name: str, *, with_tip: bool) -> Iterator[str]:
    width, height = picture.width + 20, picture.height + 20
    yield f"<svg {SIZE.format(width, height)}>"
    yield f"<title>{text(name)}</title>"
    if with_tip:
        yield TIP
    yield from group(picture, 10, 10)
    yield "</svg>"
