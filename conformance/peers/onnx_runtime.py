"""The op cases on ONNX Runtime's kernels: `python onnx_runtime.py`, with onnx and onnxruntime.

Each call becomes an ONNX model of the one operator that the op's definition names. Ops without
attributes are tried, and those whose attributes `RENAMED` names; all others are skipped, because
the defaults of ONNX are not ours.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from single_op import SkipError, serve, short

from tracescript_conformance.values import SHORT, Tensor

OPSET = 20
TYPES = {
    "bool": TensorProto.BOOL, "u8": TensorProto.UINT8, "i8": TensorProto.INT8,
    "i16": TensorProto.INT16, "i32": TensorProto.INT32, "i64": TensorProto.INT64,
    "u16": TensorProto.UINT16, "u32": TensorProto.UINT32, "u64": TensorProto.UINT64,
    "f16": TensorProto.FLOAT16, "f32": TensorProto.FLOAT, "f64": TensorProto.DOUBLE,
}  # fmt: skip
NAMES = {np.dtype(layout): name for name, (_, layout) in SHORT.items() if name in TYPES}
MORE_INPUTS = {"Clip", "ConstantOfShape"}
"""Operators that want inputs which our ops do not have."""
RENAMED = {
    "softmax": {"dim": "axis"},
    "log_softmax": {"dim": "axis"},
    "elu": {"alpha": "alpha"},
    "celu": {"alpha": "alpha"},
    "leaky_relu": {"negative_slope": "alpha"},
}


def compute(op: dict[str, Any], inputs: dict[str, Any], attributes: dict[str, Any]) -> list[Any]:
    """Run one operator."""
    name, _, version = op.get("onnx", "").partition("-")
    known = RENAMED.get(op["name"], {})
    declared = {a["name"]: a.get("default") for a in op.get("attributes", [])}
    if not version.isdigit() or name in MORE_INPUTS or set(declared) - set(known):
        raise SkipError(f"no ONNX operator with the attributes of {op['name']}")
    given = {n: v for n, v in inputs.items() if v is not None}
    if not all(isinstance(v, Tensor) and short(v.data_type) in TYPES for v in given.values()):
        raise SkipError("only tensors of plain data types")
    results = [o["name"] for o in op["outputs"]]
    defaults = {n: ast.literal_eval(d) for n, d in declared.items() if d is not None}
    renamed = {known[n]: v for n, v in (defaults | attributes).items()}
    node = helper.make_node(name, list(given), results, **renamed)
    sources = [
        helper.make_tensor_value_info(n, TYPES[short(v.data_type)], v.array.shape)
        for n, v in given.items()
    ]
    targets = [helper.make_empty_tensor_value_info(n) for n in results]
    graph = helper.make_graph([node], "op", sources, targets)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    found = session.run(None, {n: np.array(v.array) for n, v in given.items()})
    return [Tensor(SHORT[NAMES[array.dtype]][0], array) for array in found]


if __name__ == "__main__":
    serve("onnxruntime", onnxruntime.__version__, compute)
