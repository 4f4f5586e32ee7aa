"""`import` inside a function: what it names is known when the program is compiled."""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.emitter.core import statement
from tracescript.producer.script.emitter.entries import Known

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter


@statement(ast.Import)
def import_(e: Emitter, node: ast.Import) -> None:
    """`import a.b` gives the name `a`, `import a.b as c` the name `c`."""
    for alias in node.names:
        found = _module(e, node, alias.name)
        if alias.asname is None:
            found = _module(e, node, alias.name.partition(".")[0])
        e.bind(alias.asname or alias.name.partition(".")[0], Known(found))


@statement(ast.ImportFrom)
def import_from(e: Emitter, node: ast.ImportFrom) -> None:
    """`from a import b as c`."""
    home = _module(e, node, "." * node.level + (node.module or ""))
    for alias in node.names:
        if hasattr(home, alias.name):
            found = getattr(home, alias.name)
        else:
            found = _module(e, node, f"{home.__name__}.{alias.name}")
        e.bind(alias.asname or alias.name, e.session.entry_of(found))


def _module(e: Emitter, node: ast.stmt, name: str) -> Any:
    try:
        return importlib.import_module(name, e.frame.namespace.get("__package__"))
    except ImportError as error:
        raise e.error(
            node,
            f"cannot import: {error}",
            rule="SCRIPT-3",
            hint="install it where the program is compiled",
        ) from None
