"""Gives every box of a scene a place and writes the picture as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from tracescript.view import layout
from tracescript.view.markup import clipped, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.view.layout import Point
    from tracescript.view.scene import Box, Scene

    Inside = tuple[tuple[str, "Picture"], ...]
    Opened = Callable[[Box], "Picture | None"]

_TITLE, _LINE = 7.3, 6.7
"""Width in pixels of a character of a title and of a line below it."""
_HEAD, _ROW, _PAD = 24.0, 15.0, 10.0
_LONGEST: Final = 44
"""Characters of a line in a box; the whole is in the tooltip."""
_MARGIN: Final = 14.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A scene with places: for each box its centre, size and what is drawn inside it."""

    scene: Scene
    width: float
    height: float
    centres: tuple[Point, ...]
    sizes: tuple[Point, ...]
    inside: tuple[Inside, ...]
    routes: tuple[tuple[Point, ...], ...]


def arrange(scene: Scene, opened: Opened) -> Picture:
    """Place a scene; `opened` gives the picture to draw inside a call, None to leave it closed."""
    inside = tuple(_inside(box, opened) for box in scene.boxes)
    sizes = tuple(_size(box, parts) for box, parts in zip(scene.boxes, inside, strict=True))
    placed = layout.layered(sizes, scene.arrows)
    return Picture(scene, placed.width, placed.height, placed.centres, sizes, inside, placed.routes)


def _inside(box: Box, opened: Opened) -> Inside:
    if box.parts:
        return tuple((label, arrange(part, opened)) for label, part in box.parts)
    found = opened(box) if box.function else None
    return (("", found),) if found else ()


def head_height(box: Box) -> float:
    """Return the height of a box without what is inside it."""
    return _HEAD + _ROW * len(box.lines) + (3 if box.lines else 0)


def _size(box: Box, inside: Inside) -> Point:
    widths = [_TITLE * len(clipped(box.title, _LONGEST)) + (16 if box.function else 0)]
    widths += [_LINE * len(clipped(line, _LONGEST)) for line in box.lines]
    width, height = max(widths) + 2 * _PAD, head_height(box)
    if inside:
        width = max(width, sum(p.width + _MARGIN for _, p in inside) + _MARGIN)
        labels = _ROW if any(label for label, _ in inside) else 0
        height += max(p.height for _, p in inside) + labels + _MARGIN
    return max(width, 60.0), height


# ---- SVG

SIZE: Final = (
    'class="graph" role="img" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.1f} {1:.1f}"'
)
"""Attributes of the outermost element of a picture."""


def svg(picture: Picture, name: str) -> str:
    """Write a picture as an SVG file of its own, in the colours of the viewer's scheme."""
    width, height = picture.width + 2 * _MARGIN, picture.height + 2 * _MARGIN
    style = resources.files("tracescript.view").joinpath("assets/picture.css").read_text("utf-8")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {SIZE.format(width, height)}>',
            f"<title>{text(name)}</title>",
            f"<style>\n{style}</style>",
            TIP,
            '<rect class="paper" width="100%" height="100%"/>',
            *group(picture, _MARGIN, _MARGIN),
            "</svg>\n",
        ]
    )


TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path class="tip" d="M0 0.5 8 4 0 7.5z"/></marker></defs>'
)
"""The head of every arrow."""


def group(picture: Picture, left: float, top: float) -> Iterator[str]:
    """Yield a picture as a group with its upper left corner at a place."""
    yield (
        f'<g class="picture" data-size="{picture.width:.1f} {picture.height:.1f}" '
        f'transform="translate({left:.1f} {top:.1f})">'
    )
    yield from _elements(picture)
    yield "</g>"


def _elements(picture: Picture) -> Iterator[str]:
    for (begin, end), route in zip(picture.scene.arrows, picture.routes, strict=True):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in route)
        yield (
            f'<path class="arrow" data-ends="{begin} {end}" data-points="{points}" '
            f'd="{_curve(route)}"/>'
        )
    boxes = zip(picture.scene.boxes, picture.centres, picture.sizes, picture.inside, strict=True)
    for box, (x, y), (width, height), inside in boxes:
        yield from _box(box, x - width / 2, y - height / 2, width, height, inside)


def _curve(route: tuple[Point, ...]) -> str:
    """Join points by curves that leave and arrive vertically."""
    (x, y), *rest = route
    parts = [f"M{x:.1f} {y:.1f}"]
    for u, v in rest:
        middle = (y + v) / 2
        parts.append(f"C{x:.1f} {middle:.1f} {u:.1f} {middle:.1f} {u:.1f} {v:.1f}")
        x, y = u, v
    return "".join(parts)


def _box(
    box: Box,
    x: float,
    y: float,
    width: float,
    height: float,
    inside: Inside,
) -> Iterator[str]:
    function = f' data-function="{text(box.function)}"' if box.function else ""
    path = f' data-path="{text(box.path)}"' if box.path else ""
    state = " open" if inside else ""
    yield (
        f'<g class="box {box.kind}{state}"{function}{path} data-box="{x:.1f} {y:.1f} {width:.1f} '
        f'{height:.1f}" data-head="{head_height(box):.0f}" transform="translate({x:.1f} {y:.1f})">'
    )
    whole = "\n".join(clipped(line, 500) for line in (box.title, *box.lines, box.hint) if line)
    yield f"<title>{text(whole)}</title>"
    radius = 14 if box.kind in {"input", "output", "outer", "state"} else 5
    yield f'<rect width="{width:.1f}" height="{height:.1f}" rx="{radius}"/>'
    middle = width / 2
    yield f'<text class="name" x="{middle:.1f}" y="16">{text(clipped(box.title, _LONGEST))}</text>'
    if box.function and not inside:
        yield f'<text class="more" x="{width - 12:.1f}" y="16">+</text>'
    for k, line in enumerate(box.lines):
        at = _HEAD + _ROW * k + 8
        yield f'<text x="{middle:.1f}" y="{at:.1f}">{text(clipped(line, _LONGEST))}</text>'
    left, top = _MARGIN, head_height(box)
    free = width - _MARGIN - sum(p.width + _MARGIN for _, p in inside)
    left += max(free, 0) / 2
    for label, part in inside:
        if label:
            at = left + part.width / 2
            yield f'<text class="part" x="{at:.1f}" y="{top + 10:.1f}">{text(label)}</text>'
        down = top + (_ROW if label else 0)
        yield from group(part, left, down)
        left += part.width + _MARGIN
    yield "</g>"
