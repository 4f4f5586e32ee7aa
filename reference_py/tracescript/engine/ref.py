"""The plain interpreter: the readable meaning of a model. No passes, no reuse, no speed goal.

Blocks nest as deep as a model likes: each block runs in a generator that hands inner blocks to one
driver loop, so Python's own stack stays flat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tracescript import ir
from tracescript.engine.extent import bytes_needed
from tracescript.engine.gathered import hold, is_large
from tracescript.engine.guards import Watch, decision_failed, holds
from tracescript.engine.lifetimes import last_uses
from tracescript.engine.links import Link, Linker
from tracescript.engine.places import placed
from tracescript.engine.protocol import Options, Run
from tracescript.engine.symbols import bind
from tracescript.engine.values import Ledger, holds_tensors, runtime
from tracescript.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from tracescript.engine.limits import Budget

    Env = dict[ir.Value, Any]
    Steps = Generator[Any, Any, Any]


class RefEngine:
    """Runs a model node by node."""

    name: Final = "ref"

    def load(self, model: ir.Model, options: Options) -> RefLoaded:
        """Link a validated model. Raises UnsupportedError for an op it lacks."""
        return RefLoaded(model, options)


class RefLoaded:
    """A model and the kernels of its nodes."""

    def __init__(self, model: ir.Model, options: Options) -> None:
        self.options = options
        self.linker = Linker(model, expand=options.expand, hosts=options.hosts)
        self.dying: dict[ir.Block, dict[ir.Node, tuple[ir.Value, ...]]] = {}
        self.constants: dict[ir.Value, Any] = {}

    def method(self, method: ir.Method) -> RefPrepared:
        """Prepare a method: its function with weights and constants bound."""
        return RefPrepared(self, method)


class RefPrepared:
    """A method ready to run."""

    def __init__(self, loaded: RefLoaded, method: ir.Method) -> None:
        self._loaded = loaded
        self._function = loaded.linker.model.function(method.function)
        self._bound = tuple(runtime(c) for c in method.bound)

    def __call__(self, inputs: Sequence[Any], state: Sequence[Any], budget: Budget) -> Run:
        """Run once; see `protocol.Prepared`."""
        call = _Call(self._loaded, budget)
        function = self._function
        given = (*inputs, *self._bound, *state)
        for value in given:
            call.ledger.ignore(value)
        with np.errstate(all="ignore"):
            results = _drive(call.function(function, given))
        del given
        try:
            results = tuple(map(call.ledger.result, results))
        except (LimitError, MemoryError) as error:
            raise placed(error, function, None) or error from None
        count = len(results) - len(state)
        return Run(results[:count], results[count:], tuple(call.watch.failed.values()))


def _drive(first: Steps) -> Any:
    """Run a generator and all those it hands over, innermost first; return its result."""
    stack, value = [first], None
    while stack:
        try:
            stack.append(stack[-1].send(value))
            value = None
        except StopIteration as stop:
            stack.pop()
            value = stop.value
    return value


class _Call:
    """One call of a method. Every public method is a generator that returns result values."""

    def __init__(self, loaded: RefLoaded, budget: Budget) -> None:
        self.loaded = loaded
        self.budget = budget
        self.ledger = Ledger(budget)
        self.constants: dict[ir.Value, Any] = {}
        self.watch = Watch(loaded.options.guards)

    def function(self, function: ir.Function, inputs: Sequence[Any]) -> Steps:
        watching = self.watch.mode != "ignore"
        if watching:
            binding = bind([i.type for i in function.inputs], inputs)
            self.watch.enter(function, binding)
        env = dict(zip(function.body.params, inputs, strict=True))
        decisions = _by_value(function) if watching else {}
        for value in function.body.params:
            self.decide(function, decisions, value, env)
        yield self.block(_Scope(function, decisions), function.body, env)
        return [self.get(v, env) for v in function.body.results]

    def get(self, value: ir.Value, env: Env) -> Any:
        """Return what a value is; constants are made once, and are not the call's memory."""
        if value.constant is None:
            return env[value]
        if value not in self.constants:
            made = self.loaded.constants
            if value not in made:
                made[value] = runtime(value.constant)
            self.constants[value] = made[value]
            self.ledger.ignore(made[value])
        return self.constants[value]

    def decide(
        self, function: ir.Function, decisions: Decisions, value: ir.Value, env: Env
    ) -> None:
        """Check the decisions about a value that was just computed."""
        for index in decisions.get(value, ()):
            if not holds(function.decisions[index], env[value]):
                self.watch.failing(decision_failed(function, index, env[value]))

    def block(self, scope: _Scope, block: ir.Block, env: Env) -> Steps:
        """Run the nodes of a block in an environment."""
        if block not in self.loaded.dying:
            self.loaded.dying[block] = last_uses(block)
        dying = self.loaded.dying[block]
        for node in block.nodes:
            try:
                results = yield from self.node(scope, node, env)
            except Exception as error:
                found = placed(error, scope.function, node)
                if found is None:
                    raise
                raise found from found.__cause__
            env.update(zip(node.outputs, results, strict=True))
            for value in node.outputs:
                self.decide(scope.function, scope.decisions, value, env)
            for value in dying[node]:
                env.pop(value, None)

    def node(self, scope: _Scope, node: ir.Node, env: Env) -> Steps:
        """Return the outputs of one node."""
        inputs = [None if v is None else self.get(v, env) for v in node.inputs]
        if node.opset:
            return self.host(node, inputs)
        if node.op == "if":
            arm = node.blocks[0 if inputs[0] else 1]
            yield self.block(scope, arm, env)
            return [self.get(v, env) for v in arm.results]
        if node.op == "loop":
            return (yield from self.loop(scope, node, inputs, env))
        if node.op == "call":
            reference = dict(node.attributes)["function"]
            assert isinstance(reference, ir.FunctionRef)
            return (yield from self.call(reference.name, inputs))
        return self.kernel(self.loaded.linker.link(node), inputs)

    def loop(self, scope: _Scope, node: ir.Node, inputs: Sequence[Any], env: Env) -> Steps:
        """Run the body while the condition holds and the trip count is not reached."""
        trip, condition, *carried = inputs
        (body,) = node.blocks
        counted, index = self.loaded.linker.counts(node), 0
        while condition and (trip is None or index < trip):
            self.budget.step() if counted else self.budget.check()
            env.update(zip(body.params, (index, *carried), strict=True))
            for value in body.params:
                self.decide(scope.function, scope.decisions, value, env)
            yield self.block(scope, body, env)
            condition, *carried = [self.get(v, env) for v in body.results]
            index += 1
        return carried

    def call(self, name: str, inputs: Sequence[Any]) -> Steps:
        """Enter another function of the model."""
        self.budget.step()
        self.budget.enter()
        results = yield self.function(self.loaded.linker.model.function(name), inputs)
        self.budget.leave()
        return results

    def host(self, node: ir.Node, inputs: Sequence[Any]) -> list[Any]:
        """Call a Python function and count the memory of what it gives."""
        self.budget.check()
        result = self.loaded.linker.host(node)(*inputs)
        return [self.ledger.track(result)] if node.outputs else []

    def kernel(self, link: Link, inputs: Sequence[Any]) -> list[Any]:
        """Compute an op and count the memory of its results."""
        self.budget.check()
        outputs = link.node.outputs
        self.budget.fits(bytes_needed(link.op, outputs, inputs, link.attributes))
        results = link.kernel(*inputs, **link.attributes)
        many = link.outputs != 1
        found = list(results or ()) if many else [results]
        for result in found:
            if is_large(result):
                hold(self.budget, result)
        if link.op.name.startswith(_REARRANGING):
            return found
        for value, result in zip(link.node.outputs, found, strict=True):
            if holds_tensors(value.type):
                self.ledger.track(result)
        return found


class _Scope(NamedTuple):
    """Where a block stands: its function, and the decisions to check."""

    function: ir.Function
    decisions: Decisions


Decisions = dict[ir.Value, list[int]]

_REARRANGING: Final = ("list.", "dict.", "tuple.", "struct.")
"""Ops of containers: what their results hold was there before, and was counted then."""


def _by_value(function: ir.Function) -> Decisions:
    found: Decisions = {}
    for index, decision in enumerate(function.decisions):
        if decision.value is not None:
            found.setdefault(decision.value, []).append(index)
    return found


def run_op(name: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    """Compute one op eagerly; see `eager.run_op`."""
    from tracescript.engine import eager

    return eager.run_op(name, inputs, attributes)
