"""`python -m benchmarks.architectures.bert_base`: BERT-base to a file, its times and its memory.

    OMP_NUM_THREADS=2 python -m benchmarks.architectures.bert_base

Needs torch and transformers, and Linux for the memory. The weights are drawn. Memory is the
largest of the process above what it held before the model was made, as a part of the weights:
1 is the model itself.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Final

import torch

import tracescript as ts
from benchmarks.architectures.vision_ops import declare

_STEPS: Final = 128


def _held() -> int:
    """Return the bytes that the process holds now."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _inputs() -> dict[str, Any]:
    ids = torch.randint(0, 30000, (1, _STEPS))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def main() -> None:
    """Trace, save, load and run once; print what each took."""
    warnings.simplefilter("ignore")
    declare()
    import transformers

    kind = transformers.BertModel
    before = _held()
    model = kind(transformers.BertConfig()).eval()
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    given = _inputs()
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        expected = model(**given).last_hidden_state
        path = Path(folder) / "bert.tsproto"
        wall, processor = time.perf_counter(), time.process_time()
        ts.save(ts.trace(model, kwargs=given), path)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        opened = time.perf_counter()
        loaded = ts.load(path)
        opened = time.perf_counter() - opened
        off = float((loaded(**given).last_hidden_state - expected).abs().max())
    print(f"weights {weights / 1e6:.0f} MB, traced and saved in {wall:.2f} s")
    print(f"processor time {processor:.2f} s, memory {(peak - before) / weights:.2f} x the weights")
    print(f"loaded in {opened:.3f} s; largest difference from torch {off:.1e}")


if __name__ == "__main__":
    main()
