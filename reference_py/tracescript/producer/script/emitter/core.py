"""The emitter: where typed SSA is written, one function of the model at a time.

Syntax is handled by functions registered in EXPRESSIONS and STATEMENTS, one per class of `ast`;
they live in the modules beside this one.
"""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING, Any

from tracescript.errors import TsError
from tracescript.ir.values import Value
from tracescript.opset.build import Builder
from tracescript.producer.script.containers.edges import opened
from tracescript.producer.script.emitter.diagnostics import alternative, phrase
from tracescript.producer.script.emitter.entries import (
    Known,
    Unset,
)
from tracescript.producer.script.emitter.facts import (
    DeadEndError,
    RestartError,
    UnknownResultError,
)
from tracescript.producer.script.emitter.values import Values
from tracescript.producer.script.source.exits import SetResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.errors import ProducerError
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.entries import Entry, Scope
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.emitter.unit import Unit
    from tracescript.producer.script.session import Session

EXPRESSIONS: dict[type[ast.AST], Callable[[Any, Any], Entry]] = {}
STATEMENTS: dict[type[ast.AST], Callable[[Any, Any], None]] = {}

INT64 = range(-(2**63), 2**63)
_EXPECTED = (TsError, RestartError, UnknownResultError, RecursionError)
_PLACES = (ast.Name, ast.Attribute, ast.Subscript)
"""What is read anew each time: a change is put back into it."""


def expression(*kinds: type[ast.AST]) -> Callable[[Any], Any]:
    """Register the function that compiles an expression class."""

    def register(function: Any) -> Any:
        EXPRESSIONS.update(dict.fromkeys(kinds, function))
        return function

    return register


def statement(*kinds: type[ast.AST]) -> Callable[[Any], Any]:
    """Register the function that compiles a statement class."""

    def register(function: Any) -> Any:
        STATEMENTS.update(dict.fromkeys(kinds, function))
        return function

    return register


class _Looking:
    """While it is entered a node is the place of ops and errors."""

    __slots__ = ("_before", "_emitter", "_node")

    def __init__(self, emitter: Emitter, node: ast.AST) -> None:
        self._emitter = emitter
        self._node = node

    def __enter__(self) -> None:
        e, node = self._emitter, self._node
        self._before = e.at, e.frame.at
        if getattr(node, "lineno", 0):
            e.at = e.frame.at = node

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        e = self._emitter
        try:
            if isinstance(error, Exception) and not isinstance(error, _EXPECTED):
                what = f"this cannot be compiled: {type(error).__name__}: {error}"
                raise e.error(
                    self._node, what, hint="write it another way, and please report it"
                ) from error
        finally:
            e.at, e.frame.at = self._before


class Emitter(Values):
    """Compiles one function of the model; Python functions inlined into it share it.

    `scope` holds every live name of every frame, and the current values of states.
    """

    def __init__(self, session: Session, unit: Unit, frame: Frame) -> None:
        self.session = session
        self.unit = unit
        self.frame = frame
        self.builder = Builder(session.typing)
        self.scope: Scope = {}
        self.is_dead = False
        self.is_message = False
        self.mixing = 0
        self.offered: list[tuple[Entry, ast.Name]] = []
        self.order_free: set[ast.expr] = set()
        self.sets_run_over: set[ast.expr] = set()
        self.wanted: dict[ast.expr, Type] = {}
        self.at: ast.AST | None = None
        self.seen: dict[ast.expr, Entry] = {}
        self.is_repeating = False
        self.refined: list[dict[str, tuple[Entry, Entry]]] = []
        self.path = self.builder

    # ------------------------------------------------------------------ dispatch
    def expr(self, node: ast.expr) -> Entry:
        """Compile an expression to what it stands for.

        Raises DeadEndError where it always raises, unless it is in a block of its own, as the item
        of a comprehension is.
        """
        is_computed = not isinstance(node, _PLACES)
        if is_computed and self.is_repeating and node in self.seen:
            return self.seen[node]
        handler = EXPRESSIONS.get(type(node))
        if handler is None:
            raise self.error(node, f"scripts cannot use {phrase(node)}", hint=alternative(node))
        before = self.session.identities.count()
        with self.looking_at(node):
            entry = opened(self, handler(self, node))
        self.session.identities.evaluated(node, entry, before)
        if self.is_dead and self.builder is self.path:
            raise DeadEndError
        if is_computed:
            self.seen[node] = entry
        return entry

    @contextlib.contextmanager
    def repeating(self) -> Iterator[None]:
        """Walk a target again, as `x[f(i)][0] = 1` asks: Python computes its parts once."""
        before, self.is_repeating = self.is_repeating, True
        try:
            yield
        finally:
            self.is_repeating = before

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Compile statements until one always raises."""
        for node in body:
            if self.is_dead:
                return
            handler = STATEMENTS.get(type(node))
            if handler is None:
                raise self.error(
                    node,
                    f"scripts cannot use {phrase(node)}",
                    hint=alternative(node),
                )
            self._statement(node, handler)

    def _statement(self, node: ast.stmt, handler: Callable[[Any, Any], None]) -> None:
        """Compile one statement.

        While the result of a recursive call is not known, a statement that hangs on it is left out:
        the rest tells the result's type, and all is compiled again.
        """
        before = self.builder, self.scope, self.frame, len(self.refined)
        outer = self.seen, self.is_repeating, self.path
        self.seen, self.is_repeating, self.path = {}, False, self.builder
        try:
            with self.looking_at(node):
                handler(self, node)
        except DeadEndError:
            self.builder, self.frame, self.offered = before[0], before[2], []
            del self.refined[before[3] :]
        except (UnknownResultError, TsError) as error:
            if isinstance(error, TsError) and not self.session.is_guessing:
                raise
            self.builder, self.scope, self.frame = before[:3]
            del self.refined[before[3] :]
            self.is_dead = isinstance(node, SetResult)
        finally:
            self.seen, self.is_repeating, self.path = outer

    def looking_at(self, node: ast.AST) -> _Looking:
        """Make `node` the place of ops and errors, in a `with`."""
        return _Looking(self, node)

    # ------------------------------------------------------------------ names
    def lookup(self, name: str) -> Entry:
        """Return what a local name stands for, without checking that it may be read."""
        return self.scope.get(self.frame.key(name), Unset())

    def bind(self, name: str, entry: Entry) -> None:
        """Assign a local name; it also names the value for people."""
        entry = opened(self, entry)
        self.scope[self.frame.key(name)] = entry
        if isinstance(entry, Value) and entry.constant is None and name.isidentifier():
            self.unit.names.setdefault(entry, name)

    def prelude(self, function: Any, *args: Entry, **kwargs: Entry) -> Entry:
        """Compile a function of ours that stands for a builtin or a method."""
        return self.session.call_python(self, function, list(args), kwargs)

    def passed_on(self, error: ProducerError) -> ProducerError:
        """Return an error without a place as one of the user's line."""
        return self.error(None, error.what, code=error.code, rule=error.rule, hint=error.hint)

    def key_of(self, node: ast.expr) -> str | None:
        """Return the scope's key of a name or of `self.x` that is state; None for anything else."""
        if isinstance(node, ast.NamedExpr):
            node = node.target
        if isinstance(node, ast.Name):
            frame: Frame | None = self.frame
            while frame is not None:
                if frame.key(node.id) in self.scope or node.id in frame.local_names:
                    return frame.key(node.id)
                frame = frame.lexical
            return self.frame.key(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.module_of(node.value)
            if owner is not None and owner.path is not None:
                return self.session.states.key(self, owner, node.attr)
        return None

    def module_of(self, node: ast.expr) -> Known | None:
        """Return the module that `self` or `self.a.b` is, None for anything else."""
        if isinstance(node, ast.Name):
            found = self.scope.get(self.frame.key(node.id))
            return found if isinstance(found, Known) else None
        owner = self.module_of(node.value) if isinstance(node, ast.Attribute) else None
        if (
            owner is None
            or not isinstance(node, ast.Attribute)
            or not self.session.is_module(owner)
        ):
            return None
        return self.session.child_of(owner, node.attr)

    def is_own_attribute(self, node: ast.expr) -> bool:
        """Whether an expression is an attribute of a module, or an element of one.

        What changes such an attribute makes it state.
        """
        while isinstance(node, ast.Subscript):
            node = node.value
        owner = self.module_of(node.value) if isinstance(node, ast.Attribute) else None
        return owner is not None and owner.path is not None

    def root_key(self, node: ast.expr) -> str | None:
        """Return the key of the name or state that an expression starts from."""
        while isinstance(node, ast.Subscript | ast.Attribute):
            key = self.key_of(node)
            if key is not None:
                return key
            node = node.value
        return self.key_of(node)
