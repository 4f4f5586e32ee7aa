"""Places the boxes of a picture in layers; the only module that imports the layout library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float]

_GAP: Final = 22
"""Between neighbours of one layer, and between parts that no arrow joins."""
_STEP: Final = 30
"""Between layers."""
_ROUNDS: Final = 4
"""Sweeps that lower the number of crossings."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes in pixels: the centre of each box, the points of each arrow, the whole."""

    width: float
    height: float
    centres: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]


class _View:
    """What the library wants to know of a box, and where it puts the place."""

    def __init__(self, width: float, height: float) -> None:
        self.w, self.h = width, height
        self.xy: Point = (0.0, 0.0)


class _Route:
    """Takes the points of an arrow."""

    def __init__(self) -> None:
        self.points: list[Point] = []

    def setpath(self, points: list[Point]) -> None:
        """Keep the points; the first and the last are centres of boxes."""
        self.points = points


def _library() -> tuple[Any, Any]:
    try:
        from grandalf import graphs, layouts
    except ImportError as error:
        raise UnsupportedError(
            "pictures need the layout library grandalf, which is not installed",
            code="UNSUPPORTED_FEATURE",
            hint="pip install 'tracescript[picture]'",
        ) from error
    return graphs, layouts


def layered(sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]]) -> Layout:
    """Place boxes of these sizes so that every arrow points down; arrows are pairs of positions.

    Raises UnsupportedError where the layout library is not installed.
    """
    graphs, layouts = _library()
    vertices = [graphs.Vertex(k) for k in range(len(sizes))]
    for vertex, (width, height) in zip(vertices, sizes, strict=True):
        vertex.view = _View(width, height)
    edges = [graphs.Edge(vertices[a], vertices[b]) for a, b in arrows]
    for edge in edges:
        edge.view = _Route()
    left, height = 0.0, 0.0
    routes: dict[Any, tuple[Point, ...]] = {}
    for part in sorted(graphs.Graph(vertices, edges).C, key=_first):
        _draw(layouts, part)
        width, tall = _shifted(part, left)
        left += width + _GAP
        height = max(height, tall)
        bands = _bands(part)
        routes |= {edge: _route(edge, bands) for edge in part.sE}
    centres = tuple(v.view.xy for v in vertices)
    return Layout(max(left - _GAP, 0.0), height, centres, tuple(routes[e] for e in edges))


def _first(part: Any) -> int:
    return min(vertex.data for vertex in part.sV)


def _draw(layouts: Any, part: Any) -> None:
    """Run the library on one connected part."""
    sugiyama = layouts.SugiyamaLayout(part)
    sugiyama.xspace, sugiyama.yspace = _GAP, _STEP
    roots = [v for v in part.sV if not v.e_in()]
    sugiyama.init_all(roots=roots, inverted_edges=[], optimize=True)
    sugiyama.draw(_ROUNDS)


def _shifted(part: Any, left: float) -> tuple[float, float]:
    """Move a part so that it begins at (left, 0); return its width and height."""
    views = [v.view for v in part.sV]
    points = [p for edge in part.sE for p in edge.view.points[1:-1]]
    low = min([v.xy[0] - v.w / 2 for v in views] + [x for x, _ in points])
    high = max([v.xy[0] + v.w / 2 for v in views] + [x for x, _ in points])
    top = min(v.xy[1] - v.h / 2 for v in views)
    bottom = max(v.xy[1] + v.h / 2 for v in views)
    for view in views:
        view.xy = (view.xy[0] - low + left, view.xy[1] - top)
    for edge in part.sE:
        edge.view.points = [(x - low + left, y - top) for x, y in edge.view.points]
    return high - low, bottom - top


def _bands(part: Any) -> dict[float, float]:
    """Return half the height of each layer by the place of its centres."""
    bands: dict[float, float] = {}
    for vertex in part.sV:
        y = vertex.view.xy[1]
        bands[y] = max(bands.get(y, 0.0), vertex.view.h / 2)
    return bands


def _route(edge: Any, bands: dict[float, float]) -> tuple[Point, ...]:
    """Return the points from box to box: straight through the layers, bent between them."""
    first, last = edge.v
    (x, y), (u, v) = first.view.xy, last.view.xy
    points = [(x, y + first.view.h / 2), (x, y + bands[y])]
    for a, b in edge.view.points[1:-1]:
        half = bands.get(b, 0.0)
        points += [(a, b - half), (a, b + half)]
    points += [(u, v - bands[v]), (u, v - last.view.h / 2)]
    return tuple(p for k, p in enumerate(points) if not k or p != points[k - 1])
