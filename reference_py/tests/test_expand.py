"""What expanding does to graphs: folding, unrolling, loops, asserts, guards."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from op_runs import model_of, run_model

import tracescript as ts
from tracescript import ir
from tracescript.errors import InvalidModelError, TrapError, UnsupportedError
from tracescript.ir.constants import scalar
from tracescript.opset.calls import Typing
from tracescript.opset.decompose import expansion
from tracescript.opset.table import opset
from tracescript.passes.expand import expand_all, expand_missing
from tracescript.wire.writer import write

F32 = ir.DataType.FLOAT32
B = ir.Symbol("B", 1)


def tensor(*shape: ir.Dim, data_type: ir.DataType = F32) -> ir.Value:
    return ir.Value(ir.TensorType(data_type, shape))


def ops_of(block: ir.Block) -> list[str]:
    return [node.op for node in block.nodes]


def body(name: str, *inputs: ir.Value | None, **attributes: object) -> ir.Block:
    return expansion(opset()[name], inputs, attributes)[1]


def test_a_definition_uses_the_inputs_of_the_call_itself() -> None:
    x = tensor(2)

    block = body("relu", x)

    assert ops_of(block) == ["maximum"]
    assert block.nodes[0].inputs[0] is x


def test_a_number_beside_a_tensor_is_a_constant_of_its_data_type() -> None:
    block = body("relu", tensor(2, data_type=ir.DataType.INT8))

    zero = block.nodes[0].inputs[1]
    assert zero is not None
    assert zero.type == ir.TensorType(ir.DataType.INT8, ())
    assert zero.constant is not None


def test_a_branch_over_an_attribute_leaves_one_arm() -> None:
    assert "tanh" in ops_of(body("gelu", tensor(2), approximate="tanh"))
    assert "tanh" not in ops_of(body("gelu", tensor(2), approximate="none"))


def test_an_input_that_is_not_there_leaves_no_node() -> None:
    assert ops_of(body("linear", tensor(2, 3), tensor(4, 3), None)) == ["transpose", "matmul"]


def test_half_types_go_up_first_and_come_down_last() -> None:
    block = body("sigmoid", tensor(2, data_type=ir.DataType.FLOAT16))

    assert ops_of(block)[0] == "cast"
    assert ops_of(block)[-1] == "cast"
    assert block.results[0].type == ir.TensorType(ir.DataType.FLOAT16, (2,))


def test_a_known_extent_is_a_number_and_no_node() -> None:
    assert ops_of(body("flatten", tensor(2, 3))) == ["reshape"]
    assert "size" in ops_of(body("flatten", tensor(B, 3), start_dim=0))


def test_a_symbolic_extent_stays_in_the_result_type() -> None:
    block = body("flatten", tensor(B, 2, 3), start_dim=1)

    assert block.results[0].type == ir.TensorType(F32, (B, 6))


def test_a_loop_over_a_known_extent_is_unrolled() -> None:
    assert ops_of(body("unbind", tensor(3, 2))).count("select") == 3


def test_a_loop_over_a_symbolic_extent_is_a_loop() -> None:
    ops = ops_of(body("unbind", tensor(B, 2)))

    assert "loop" in ops
    assert "select" not in ops


def test_a_check_that_holds_for_known_sizes_leaves_no_node() -> None:
    typing = Typing()
    start, length = (ir.Value(ir.ScalarType(ir.ScalarKind.INT), "", scalar(n)) for n in (1, 2))

    _, block = expansion(opset()["narrow"], [tensor(4), start, length], {"dim": 0}, typing=typing)

    assert ops_of(block) == ["slice"]


def test_a_check_that_fails_stops_the_call_with_its_code() -> None:
    model, given = model_of("narrow", [np.zeros(3), 2, 5], {"dim": 0}, symbolic=True)

    with pytest.raises(TrapError) as caught:
        run_model(expand_all(model), given)

    assert caught.value.code == "SHAPE_ERROR"


def test_an_unknown_rank_is_refused_by_name() -> None:
    unknown = ir.Value(ir.TensorType(F32, None))

    with pytest.raises(InvalidModelError) as caught:
        body("flatten", unknown)

    assert caught.value.code == "BAD_TYPE"
    assert "flatten" in str(caught.value)


def test_expand_all_leaves_primitives_only() -> None:
    model, _ = model_of("layer_norm", [np.ones((2, 3)), np.ones(3), None], {})

    ops = ops_of(expand_all(model).functions[0].body)

    assert ops
    assert not any(opset()[op].is_composite for op in ops)


def test_expand_missing_keeps_what_the_engine_has() -> None:
    model, _ = model_of("layer_norm", [np.ones((2, 3)), None, None], {})

    assert ops_of(expand_missing(model, lambda _: True).functions[0].body) == ["layer_norm"]
    kept = expand_missing(model, lambda name: name in {"mean", "sub"} or name not in opset())
    assert "mean" in ops_of(kept.functions[0].body)


def test_a_trace_decision_about_a_replaced_value_moves_with_it() -> None:
    model, _ = model_of("relu", [np.array([-1.0, 2.0])], {})
    function = model.functions[0]
    decision = ir.TraceDecision("tensor_read", function.body.results[0], scalar(True))
    model = replace(model, functions=(replace(function, decisions=(decision,)),))

    expanded = expand_all(model).functions[0]

    assert expanded.decisions[0].value is expanded.body.results[0]
    assert expanded.body.results[0] is not function.body.results[0]


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_model_is_loaded_with_its_own_kernels_or_with_decompositions(engine: str) -> None:
    rows = np.empty((1 << 17, 0), np.float32)
    model, _ = model_of("unbind", [rows], {"dim": 0})
    file = io.BytesIO()
    write(model, file)

    assert len(ts.load(file.getvalue(), engine=engine)(rows)) == 1 << 17
    with pytest.raises(UnsupportedError, match="at most 65536 rounds"):
        ts.load(file.getvalue(), engine=engine, expand=True)(rows)


@pytest.mark.parametrize("name", [op.name for op in opset() if op.is_composite])
def test_a_definition_calls_only_known_names(name: str) -> None:
    import ast

    from tracescript.opset.expressions import Expressions
    from tracescript.opset.fold import FUNCTIONS

    tree = ast.parse(opset()[name].decomposition)
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]

    for call in calls:
        is_special = hasattr(Expressions, f"_call_{call}") or call in {"range", "rounds"}
        assert (
            call.removeprefix("ops.") in opset()
            if call.startswith("ops.")
            else call in own | set(FUNCTIONS) or is_special
        )
