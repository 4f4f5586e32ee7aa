"""Draws the matrix of requirements as one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape
from typing import Any

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Requirements and what proves them</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem;
  color: #1b1f24; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem;
  border-top: 1px solid #d6dbe1 }
td.n { width: 5.5rem } th.n { width: 5.5rem }
code { font-size: .86em; white-space: nowrap } summary { cursor: pointer }
details li { font-size: .86rem; font-family: ui-monospace, monospace; list-style: none;
  overflow-wrap: anywhere }
details ul { margin: .2rem 0; padding: 0; max-height: 16rem; overflow: auto }
td details[open] { width: 16rem; max-width: 100vw }
.waived { color: #6a5200 } .none { color: #67707b }
#find { font: inherit; padding: .3rem .5rem; width: 22rem; max-width: 100% }
@media (max-width: 50rem) {
  table, tbody, tr, td { display: block } thead { display: none }
  tr { border-top: 1px solid #d6dbe1; padding: .4rem 0 } td { border: 0; padding: .1rem 0 }
  td.n { display: inline-block; width: auto; margin-right: 1.2rem }
  td.n::before { content: attr(data-name); font-size: .8rem }
  td.n details { display: inline-block } td details[open] { display: block; width: auto } }
@media (prefers-color-scheme: dark) {
  body { color: #e3e7ec; background: #14171b } tr, th, td { border-color: #333a43 }
  .waived { color: #dcbf5f } .none { color: #8a939e } }
</style>
<h1>Requirements and what proves them</h1>
"""
_SCRIPT = """<script>
const find = document.getElementById("find");
find.addEventListener("input", () => {
  const word = find.value.toLowerCase();
  for (const row of document.querySelectorAll("tbody tr"))
    row.hidden = !row.textContent.toLowerCase().includes(word);
  for (const part of document.querySelectorAll("section"))
    part.hidden = !part.querySelector("tbody tr:not([hidden])");
});
</script>
</html>
"""
_COLUMNS = (
    *(("positive", "works"), ("negative", "refused")),
    *(("tests", "tests"), ("mutant", "faults")),
)


def page(data: list[dict[str, Any]], asked: list[dict[str, Any]]) -> str:
    """Return the page: one table for each page of the specification, one of what ops are asked."""
    musts = [row for row in data if row["must"]]
    waived = sum(bool(row["waived"]) for row in musts)
    parts = [
        _HEAD,
        (
            f"<p>{len(musts)} requirements; {waived} of them have a part waived, with the reason. "
            "<em>works</em>: cases that show the requirement kept; <em>refused</em>: cases that "
            "break it and expect a refusal or a trap; <em>tests</em>: what proves a rule that no "
            "file and no answer shows, because it binds producers, a loader's library or this "
            "project; <em>faults</em>: programs made wrong in this point, which is noticed.</p>\n"
        ),
        (
            '<p><input id="find" type="search" placeholder="Find a word, an id, a case"'
            ' aria-label="Find"></p>\n'
        ),
    ]
    for name in dict.fromkeys(_title(row) for row in data):
        rows = "".join(_row(row) for row in data if _title(row) == name)
        heads = "".join(f'<th class="n">{title}</th>' for _, title in _COLUMNS)
        parts.append(
            f"<section><h2>{escape(name)}</h2><table><thead><tr><th>id</th><th>binds</th>"
            f"<th>sentence</th>{heads}"
            f"</tr></thead><tbody>{rows}</tbody></table></section>\n"
        )
    return "".join((*parts, _asked(asked), _SCRIPT))


def _asked(asked: list[dict[str, Any]]) -> str:
    """Return the table of error codes, attributes and cells, with what no case shows."""
    rows = ""
    for sort in asked:
        lines = [
            f"{name} {_ranges(parts)}: {sort['waived'].get(name, '')}"
            for name, parts in sort["holes"].items()
        ]
        left = "".join(f"<li>{escape(line)}</li>" for line in lines)
        holes = (
            f'<details><summary class="waived">{sort["missing"]}</summary><ul>{left}</ul></details>'
        )
        rows += (
            f"<tr><td>{escape(sort['title'])}</td><td>{sort['wanted']}</td>"
            f"<td>{holes if left else '0'}</td></tr>\n"
        )
    return (
        "<section><h2>Error codes, attributes and edges</h2><table><thead><tr><th>asked for</th>"
        "<th>in all</th><th>no case shows</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></section>\n"
    )


def _ranges(parts: list[str]) -> str:
    """Return the data types of cells, with the edges that each lacks."""
    found: dict[str, list[str]] = {}
    for part in parts:
        name, _, kind = part.partition(" ")
        found.setdefault(name, []).append(kind)
    return "; ".join(f"{name} {', '.join(kinds)}" for name, kinds in found.items())


def _title(row: dict[str, Any]) -> str:
    return "ops" if row["page"].startswith("ops/") else row["page"]


def _row(row: dict[str, Any]) -> str:
    cells = "".join(_cell(row, part) for part, _ in _COLUMNS)
    text = escape(row["text"])
    head = f"<td><code>{escape(row['id'])}</code></td><td>{row['binds']}</td>"
    return f"<tr>{head}<td>{text}</td>{cells}</tr>\n"


def _cell(row: dict[str, Any], part: str) -> str:
    found, reason = row[part], row["waived"].get(part)
    name = f'data-name="{dict(_COLUMNS)[part]} "'
    if found:
        shown = "".join(f"<li>{escape(name)}</li>" for name in found[:_SHOWN])
        more = f"<li>and {len(found) - _SHOWN} more</li>" if len(found) > _SHOWN else ""
        inside = f"<summary>{len(found)}</summary><ul>{shown}{more}</ul>"
    elif reason:
        inside = f'<summary class="waived">waived</summary>{escape(reason)}'
    else:
        return f'<td class="n none" {name}>-</td>'
    return f'<td class="n" {name}><details>{inside}</details></td>'


_SHOWN = 40
