"""Runs hand-written functions on an engine."""

from __future__ import annotations

from benchmarks.author import Author
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options

ENGINES = ["ref", "py"]
USUAL = Limits()


def run(engine, author, method, inputs, *, state=(), limits=USUAL, guards="error"):
    """Run a method of an author's model once."""
    prepared = choose(engine).load(author.model(), Options(guards=guards)).method(method)
    return prepared(inputs, state, Budget(limits))


def scalar_function(body, *types):
    """Write a function of positional inputs."""
    author = Author()
    names = [(f"x{i}", t) for i, t in enumerate(types)]
    return author, author.method(author.function("F.forward", names, body))
