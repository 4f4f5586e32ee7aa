"""Makes torchvision's Python part importable where its compiled part does not load."""

from __future__ import annotations

from importlib.util import find_spec

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor x, Tensor rois, float scale, int h, int w, int n, bool aligned) -> Tensor",
)
_library: list[torch.library.Library] = []
"""Keeps the declarations alive."""


def declare() -> None:
    """Declare the operators that torchvision's Python part registers shapes for.

    Call it before the first import of torchvision, of timm and of transformers.
    """
    if find_spec("torchvision") is None or _library:
        return
    try:
        import torchvision  # noqa: F401 - does it import as it is?
    except RuntimeError:
        import sys

        for name in [n for n in sys.modules if n.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        for schema in _SCHEMAS:
            library.define(schema)
        _library.append(library)
