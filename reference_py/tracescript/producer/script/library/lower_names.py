"""Names of parameters: Python's beside ours, and those that say nothing about values."""

from __future__ import annotations

from typing import Any

# Python's name of a parameter -> ours, where the op has one of that name.
SYNONYMS = {
    "input": ("x", "index"),
    "self": ("x",),
    "a": ("x",),
    "x1": ("x",),
    "x2": ("y",),
    "other": ("y",),
    "exponent": ("y",),
    "mat2": ("y",),
    "vec2": ("y",),
    "b": ("y",),
    "axis": ("dim", "dims"),
    "axes": ("dims",),
    "dims": ("dim",),
    "keepdims": ("keepdim",),
    "size": ("shape", "output_size"),
    "newshape": ("shape",),
    "fill_value": ("value",),
    "min": ("lo",),
    "max": ("hi",),
    "a_min": ("lo",),
    "a_max": ("hi",),
    "src": ("source",),
    "arrays": ("tensors",),
    "split_size_or_sections": ("sizes",),
    "indices_or_sections": ("sizes",),
    "pad": ("padding",),
    "kernel_size": ("kernel",),
    "query": ("q",),
    "key": ("k",),
    "value": ("v",),
    "attn_mask": ("mask",),
    "negative_slope": ("slope",),
    "num_groups": ("groups",),
    "min_val": ("min",),
    "max_val": ("max",),
    "ddof": ("correction",),
    "end": ("stop",),
    "stop": ("end",),
}


# Arguments that say nothing about values.
IGNORED = frozenset(
    {
        "inplace",
        "device",
        "layout",
        "requires_grad",
        "pin_memory",
        "memory_format",
        "non_blocking",
        "copy",
        "generator",
        "sparse",
        "scale_grad_by_freq",
        "norm_type",
        "stacklevel",
        "_stacklevel",
        "stable",
        "sorted",
        "like",
        "subok",
    }
)


# Arguments whose default alone says nothing about values.
ONLY_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "out": (None,),
    "where": (True,),
    "initial": (None,),
    "order": ("C", "K", "A"),
    "max_norm": (None,),
}


# Ops whose unnamed arguments in torch (layouts, flags of libraries) say nothing about values.
WITHOUT_MEANING = frozenset(
    {
        "identity",
        "layer_norm",
        "group_norm",
        "batch_norm",
        "batch_norm_train",
        "instance_norm",
        "softmax",
        "log_softmax",
        "stft",
    }
)
