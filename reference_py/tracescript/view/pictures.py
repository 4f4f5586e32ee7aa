"""The pictures of a model's functions: one that shows all, or one each to be opened by need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import BadInputError
from tracescript.view.graph_lines import Folds, called_order
from tracescript.view.picture import Picture, arrange
from tracescript.view.scene import scene

if TYPE_CHECKING:
    from tracescript import ir
    from tracescript.view.scene import Box


def opened_picture(model: ir.Model, levels: int) -> Picture:
    """Return the root's first method with calls drawn open to a number of levels.

    Raises UnsupportedError where the layout library is not installed.
    """
    folds = Folds(model)
    made: dict[tuple[str, int], Picture] = {}

    def draw(function: ir.Function, left: int) -> Picture:
        key = function.name, left
        if key not in made:
            made[key] = arrange(scene(folds, function), lambda box: inner(box, left))
        return made[key]

    def inner(box: Box, left: int) -> Picture | None:
        return draw(model.function(box.function), left - 1) if left else None

    return draw(main_function(model), levels)


def closed_pictures(model: ir.Model) -> dict[str, Picture]:
    """Return a picture of every function that the root's methods run, calls closed."""
    folds = Folds(model)
    return {f.name: arrange(scene(folds, f), lambda _: None) for f in called_order(model)}


def main_function(model: ir.Model) -> ir.Function:
    """Return the function of `forward`, else of the first method. Raises BadInputError for none."""
    method = model.root.method("forward") or next(iter(model.root.methods), None)
    if method is None:
        raise BadInputError(
            "no method to draw",
            code="NO_SUCH_METHOD",
            where=model.root.class_name or "model",
            hint="choose a module with methods",
        )
    return model.function(method.function)
