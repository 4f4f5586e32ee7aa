"""Opening a file of one GiB up to its first tensor, and saving it, beside safetensors.

    python reference_py/benchmarks/saveload.py [--mebibytes 1024] [--runs 15]

Fresh processes, ours and theirs by turns; the clock starts after the imports. Prints medians, the
anonymous memory that opening took, and the ratio. Figures depend on the machine; trust ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir import Model

TENSORS = 256

SETUP = """
import gc, json, sys, time
import numpy as np
gc.disable()
def private():
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Anonymous"))
path = sys.argv[1]
before = private()
start = time.perf_counter()
"""

OURS = """
opened = read(path)
first = opened.weights[0].array
value = float(first[0, 0])
"""

THEIRS = """
with safe_open(path, "np") as file:
    first = file.get_tensor("p000")
    value = float(first[0, 0])
"""

END = """
took = time.perf_counter() - start
print(json.dumps([took * 1e3, private() - before]))
"""

PROGRAMS = {
    "tracescript": "from tracescript.wire.reader import read\n" + SETUP + OURS + END,
    "safetensors": "from safetensors import safe_open\n" + SETUP + THEIRS + END,
}


def make_model(mebibytes: int) -> tuple[Model, list[np.ndarray]]:
    from tracescript import ir
    from tracescript.ir.constants import ArraySource

    columns = 1024
    rows = mebibytes * (1 << 20) // TENSORS // columns // 4
    generator = np.random.default_rng(0)
    arrays = [generator.random((rows, columns), np.float32) for _ in range(TENSORS)]
    weights = [ir.Weight(ir.DataType.FLOAT32, a.shape, ArraySource(a)) for a in arrays]
    parameters = tuple(ir.Parameter(f"p{i:03}", w) for i, w in enumerate(weights))
    return ir.Model("large", (), ir.Module("Large", parameters=parameters)), arrays


def write_files(folder: Path, mebibytes: int, *, theirs: bool) -> dict[str, Path]:
    from tracescript.wire.writer import write

    model, arrays = make_model(mebibytes)
    paths = {"tracescript": folder / "large.tsproto"}
    timed(f"tracescript saves {mebibytes} MiB", lambda: write(model, paths["tracescript"]))
    if theirs:
        from safetensors.numpy import save_file

        paths["safetensors"] = folder / "large.safetensors"
        named = {f"p{i:03}": array for i, array in enumerate(arrays)}
        timed(f"safetensors saves {mebibytes} MiB", lambda: save_file(named, paths["safetensors"]))
    return paths


def timed(what: str, call: Callable[[], object]) -> None:
    start = time.perf_counter()
    call()
    print(f"{what}: {time.perf_counter() - start:.2f} s")


def measure(program: str, path: Path) -> tuple[float, float]:
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    took, memory = json.loads(run.stdout)
    return took, memory


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    theirs = importlib.util.find_spec("safetensors") is not None
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), options.mebibytes, theirs=theirs)
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
        for _ in range(options.runs):
            for name, path in paths.items():
                results[name].append(measure(PROGRAMS[name], path))
    medians = {name: statistics.median(t for t, _ in runs) for name, runs in results.items()}
    for name, runs in results.items():
        times = sorted(t for t, _ in runs)
        memory = statistics.median(m for _, m in runs)
        print(
            f"{name}: open to first tensor {medians[name]:.2f} ms (least {times[0]:.2f}),", end=" "
        )
        print(f"{memory:.0f} KiB of anonymous memory")
    if theirs:
        ratio = medians["tracescript"] / medians["safetensors"]
        print(f"ratio tracescript / safetensors: {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
