"""Lambdas."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.core import expression
from tracescript.producer.script.entries import Closure

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@expression(ast.Lambda)
def lambda_(e: Emitter, node: ast.Lambda) -> Entry:
    """A function without a name: compiled in line where it is called."""
    return Closure(node, e.frame)
