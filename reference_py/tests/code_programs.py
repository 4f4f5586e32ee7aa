"""Random valid models: every statement and expression form of the code language, weighted."""

from __future__ import annotations

import random

import numpy as np

from tracescript.ir import (
    DataType,
    Function,
    FunctionRef,
    Input,
    Method,
    Model,
    Module,
    Output,
    ShapeGuard,
    State,
    Submodule,
    Symbol,
    TensorType,
    TraceDecision,
    Value,
)
from tracescript.ir.constants import BOOL, FLOAT, INT, STR, scalar
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing

BATCH = Symbol("B", 1, 64)
TENSOR = TensorType(DataType.FLOAT32, (BATCH, 4))
VECTOR = TensorType(DataType.INT64, (3,))
NAMES = ["", "", "", "h", "h", "y", "x", "len", "lambda", "v3", "float32", "a_2", "é", "__x", "i"]
SCALARS = (INT, FLOAT, BOOL, STR)


class Programs:
    """Makes one random model from a seed."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.functions: dict[str, Function] = {}
        self.decisions: list[TraceDecision] = []

    def model(self) -> Model:
        for k in range(self.r.randint(1, 3)):
            self._function(
                f"Inner{k}.forward", bound=self.r.random() < 0.6, states=self.r.randint(0, 2)
            )
        self._function("helper", bound=False, states=0)
        self._function("Outer.forward", bound=True, states=1, calls=True)
        return Model("m", tuple(self.functions.values()), self._root())

    def _root(self) -> Module:
        inner = [
            Submodule(f"part{k}", Module(f"Inner{k}", methods=(Method("forward", name, False),)))
            for k, name in enumerate(n for n in self.functions if n.startswith("Inner"))
        ]
        state = State("count", INT, scalar(0))
        method = Method("forward", "Outer.forward", True, states=(state,))
        return Module("Outer", submodules=tuple(inner), methods=(method,))

    def _function(self, name: str, *, bound: bool, states: int, calls: bool = False) -> None:
        r = self.r
        inputs = [Input("x", TENSOR), Input("n", INT), Input("c", BOOL)]
        if r.random() < 0.3:
            inputs.append(Input("k", r.choice([FLOAT, STR]), "keyword_only", None))
        if r.random() < 0.2:
            inputs.append(Input("len", INT, "keyword_only", scalar(7)))
        if bound:
            inputs.append(Input("weight", TENSOR, "bound"))
        hidden = self._hidden_of_callees() if calls else []
        inputs += [i for i in hidden if i.kind == "bound"]
        names = [("count", "steps")[k] for k in range(states)]
        inputs += [Input(n, INT, "state") for n in names]
        inputs += [i for i in hidden if i.kind == "state"]
        self.decisions = []
        builder = Builder(Typing(self.functions.get))
        params = [Value(i.type, i.name) for i in inputs]
        self.states = {i.name: v for i, v in zip(inputs, params, strict=False) if i.kind == "state"}
        self.bound = {i.name: v for i, v in zip(inputs, params, strict=False) if i.kind == "bound"}
        self.calls = calls
        pool = list(params)
        self._block(builder, pool, 3, dict(self.states))
        current = self.states
        results = [self.pick(pool) for _ in range(r.randint(0, 3))]
        news = [
            current[i.name] if r.random() < 0.7 else self.pick(pool, INT)
            for i in inputs
            if i.kind == "state"
        ]
        outputs = [Output(r.choice(["", "out"]), v.type) for v in results]
        outputs += [Output("", INT) for _ in news]
        guards = [ShapeGuard(BATCH, "!=", 1, "comparison")] if r.random() < 0.3 else []
        self.functions[name] = Function(
            name,
            "traced",
            tuple(inputs),
            tuple(outputs),
            builder.block(params, [*results, *news]),
            tuple(self.decisions),
            tuple(guards),
        )

    def _hidden_of_callees(self) -> list[Input]:
        found = []
        for k, function in enumerate(f for n, f in self.functions.items() if n.startswith("Inner")):
            hidden = [i for i in function.inputs if i.kind in {"bound", "state"}]
            found += [Input(f"part{k}.{i.name}", i.type, i.kind) for i in hidden]
        return found

    def pick(self, pool: list[Value], t: object = None) -> Value:
        r = self.r
        fitting = [v for v in pool if t is None or v.type == t]
        if t in SCALARS and (not fitting or r.random() < 0.3):
            return self._literal(t)
        recent = fitting[-4:] if r.random() < 0.7 else fitting
        return r.choice(recent)

    def _literal(self, t: object) -> Value:
        values = {
            INT: [0, 1, -3, 2**63 - 1, -(2**63)],
            FLOAT: [0.5, -0.0, 1e-05, float("inf"), float("nan"), -2.5],
            BOOL: [True, False],
            STR: ["", "a'b", "ü\n", "\\"],
        }
        return Value(t, "", scalar(self.r.choice(values[t])))

    def _block(self, b: Builder, pool: list[Value], depth: int, states: dict[str, Value]) -> dict:
        for _ in range(self.r.randint(0, 5)):
            self._statement(b, pool, depth, states)
        if depth == 3:
            self.states = states
        return states

    def _statement(
        self, b: Builder, pool: list[Value], depth: int, states: dict[str, Value]
    ) -> None:
        r = self.r
        pick = r.random()
        begun = len(pool)
        if pick < 0.15 and depth:
            self._if(b, pool, depth, states)
        elif pick < 0.3 and depth:
            self._loop(b, pool, depth, states)
        elif pick < 0.45 and self.calls:
            self._call(b, pool, states)
        elif pick < 0.5:
            b.call("assert", [self.pick(pool, BOOL), Value(STR, "", scalar("no"))])
        elif pick < 0.6:
            pool += self._containers(b, pool)
        else:
            pool += self._simple(b, pool)
        for value in pool[begun:]:
            if depth == 3 and r.random() < 0.1 and value.type in SCALARS:
                self.decisions.append(
                    TraceDecision("compare", value, self._literal(value.type).constant)
                )

    def name(self) -> list[str]:
        return [self.r.choice(NAMES)]

    def _simple(self, b: Builder, pool: list[Value]) -> tuple[Value, ...]:
        r = self.r
        ints = [self.pick(pool, INT), self.pick(pool, INT)]
        floats = [self.pick(pool, FLOAT), self.pick(pool, FLOAT)]
        tensors = [self.pick(pool, TENSOR), self.pick(pool, TENSOR)]
        strs = [self.pick(pool, STR), self.pick(pool, STR)]
        relation = {"relation": r.choice(["eq", "ne", "lt", "le", "gt", "ge"])}
        zero = b.constant(r.choice([np.float32(0.1), np.float32(-0.0), np.float32(3e38)]))
        op, inputs, given = r.choice(
            [
                (
                    "int." + r.choice(["add", "sub", "mul", "floordiv", "mod", "pow", "truediv"]),
                    ints,
                    {},
                ),
                ("int.bits", ints, {"operation": r.choice(["and", "or", "xor", "shl", "shr"])}),
                ("int.neg", ints[:1], {}),
                ("int.cmp", ints, relation),
                ("float.arith", floats, {"operation": r.choice(["add", "div", "pow", "mod"])}),
                ("float.cmp", floats, relation),
                ("float.neg", floats[:1], {}),
                ("bool.not", [self.pick(pool, BOOL)], {}),
                ("num.cast", ints[:1], {"to": r.choice(["float", "str", "bool"])}),
                ("str.concat", strs, {}),
                ("str.len", strs[:1], {}),
                ("math.unary", floats[:1], {"function": "sqrt"}),
                ("add", tensors, {}),
                ("mul", [tensors[0], zero], {}),
                ("neg", tensors[:1], {}),
                ("sum", tensors[:1], r.choice([{}, {"dim": [0]}, {"dim": [1], "keepdim": True}])),
                ("size", tensors[:1], {"dim": 0}),
                (
                    "linear",
                    [
                        tensors[0],
                        b.call(
                            "full",
                            [b.constant([4, 4]), b.constant(1.0)],
                            {"dtype": DataType.FLOAT32},
                        )[0],
                        None,
                    ],
                    {},
                ),
            ]
        )
        return b.call(op, inputs, given, names=self.name())

    def _containers(self, b: Builder, pool: list[Value]) -> list[Value]:
        made = []
        (items,) = b.call(
            "list.make",
            [self.pick(pool, INT) for _ in range(self.r.randint(1, 3))],
            names=self.name(),
        )
        made += b.call("list.get", [items, self.pick(pool, INT)], names=self.name())
        if self.r.random() < 0.5:
            both = b.call("list.pop", [items, self.pick(pool, INT)], names=["h", ""])
            made.append(both[0])
            made += b.call("list.len", [both[1]])
        (pair,) = b.call(
            "tuple.make", [self.pick(pool, INT), self.pick(pool, STR)], names=self.name()
        )
        made += b.call("tuple.get", [pair], {"i": self.r.choice([0, 1, -1])})
        return made

    def _if(self, b: Builder, pool: list[Value], depth: int, states: dict[str, Value]) -> None:
        r = self.r
        types = [r.choice([INT, TENSOR, STR]) for _ in range(r.randint(0, 3))]
        arms, ends = [], []
        changed = r.random() < 0.5 and bool(states)
        for _ in range(2):
            child, inside = b.child(), list(pool)
            mine = dict(states)
            self._block(child, inside, depth - 1, mine)
            ends.append(mine)
            results = [self.pick(inside, t) for t in types]
            if changed:
                results += [mine[path] for path in states]
            arms.append(child.block((), results))
        names = [r.choice(NAMES) for _ in arms[0].results]
        outputs = b.call("if", [self.pick(pool, BOOL)], blocks=arms, names=names)
        pool += outputs[: len(types)]
        if changed:
            states.update(zip(states, outputs[len(types) :], strict=False))

    def _loop(self, b: Builder, pool: list[Value], depth: int, states: dict[str, Value]) -> None:
        r = self.r
        shape = r.choice(["for", "while", "break"])
        starts = [
            self.pick(pool, r.choice([INT, TENSOR, FLOAT])) for _ in range(r.choice([0, 1, 3]))
        ]
        kept = list(states) if r.random() < 0.5 else []
        child, index = b.child(), Value(INT, r.choice(NAMES))
        params = [Value(v.type, r.choice(NAMES)) for v in starts]
        paths = [Value(INT) for _ in kept]
        inside = [*pool, *params, *([] if shape == "while" else [index])]
        mine = dict(states) | dict(zip(kept, paths, strict=False))
        self._block(child, inside, depth - 1, mine)
        results = [self.pick(inside, v.type) for v in params]
        results += [mine[path] for path in kept]
        true = b.constant(True)
        on = true if shape == "for" else self.pick(inside, BOOL)
        start = true if shape == "for" else self.pick(pool, BOOL)
        trip = None if shape == "while" else self.pick(pool, INT)
        block = child.block((index, *params, *paths), (on, *results))
        inputs = [trip, start, *starts, *(states[path] for path in kept)]
        names = [r.choice(NAMES) for _ in results]
        outputs = b.call("loop", inputs, blocks=[block], names=names)
        pool += outputs[: len(starts)]
        states.update(zip(kept, outputs[len(starts) :], strict=False))

    def _call(self, b: Builder, pool: list[Value], states: dict[str, Value]) -> None:
        r = self.r
        k, name = r.choice(list(enumerate(list(self.functions)[:-1])))
        callee = self.functions[name]
        arguments, paths = [], []
        for i in callee.inputs:
            if i.kind == "bound":
                arguments.append(self.bound[f"part{k}.{i.name}" if r.random() < 0.9 else "weight"])
            elif i.kind == "state":
                paths.append(f"part{k}.{i.name}")
                arguments.append(states[paths[-1]] if r.random() < 0.9 else self.pick(pool, INT))
            else:
                arguments.append(self.pick(pool, i.type))
        outputs = b.call("call", arguments, {"function": FunctionRef(name)}, names=self.name())
        split = len(outputs) - len(paths)
        pool += [v for v in outputs[:split] if v.type in (*SCALARS, TENSOR)]
        if r.random() < 0.8:
            states.update(zip(paths, outputs[split:], strict=False))
