"""Writes every generated file of the repository, or with --check compares them.

Run with reference_py on the path: `python -m tools.generate [--check] [--skip-protos]`. The
protos need grpcio-tools 1.76.0 in the interpreter that runs this; `--skip-protos` leaves them
out. `--baseline` freezes the released messages in proto/baseline/v1.binpb.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def messages(root: Path, *, baseline: bool) -> dict[Path, bytes]:
    """Return the bytes of every file that the protocol buffer compiler makes, by its path."""
    from tools import protos

    made = protos.python_modules(root) | protos.inference_descriptors(root)
    made |= protos.runner_descriptors(root)
    return made | (protos.baseline(root) if baseline else {})


def pages_and_opset(root: Path) -> dict[Path, bytes]:
    """Return the bytes of every other generated file. Imports the messages as they lie there."""
    from tools import opset_source, pages, rule_index

    opset = opset_source.compile_opset(root / "spec" / "ops")
    target = root / "reference_py" / "tracescript" / "opset" / "opset.binpb"
    made = {target: opset.SerializeToString(deterministic=True)}
    made |= pages.op_pages(opset, root)
    made |= pages.error_page(root)
    made |= rule_index.rules_page(root)
    return made


def left_over(root: Path, made: dict[Path, bytes]) -> list[Path]:
    """Return generated pages that no source asks for any more."""
    return sorted(set((root / "spec" / "generated" / "ops").glob("*.md")) - set(made))


def check(root: Path, made: dict[Path, bytes]) -> int:
    """Name the files that differ from what would be written; return the exit status."""
    stale = [p for p, data in made.items() if not p.exists() or p.read_bytes() != data]
    for path in sorted(stale) + left_over(root, made):
        print(f"stale: {path.relative_to(root)}")
    return 1 if stale or left_over(root, made) else 0


def write(root: Path, made: dict[Path, bytes]) -> None:
    """Write what changed."""
    for path, data in made.items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            print(f"wrote {path.relative_to(root)}")


def remove(root: Path, made: dict[Path, bytes]) -> None:
    """Remove what is no longer asked for."""
    for path in left_over(root, made):
        path.unlink()
        print(f"removed {path.relative_to(root)}")


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--skip-protos", action="store_true", help="leave the protos out")
    parser.add_argument("--baseline", action="store_true", help="freeze the released messages")
    options = parser.parse_args()
    made = {} if options.skip_protos else messages(ROOT, baseline=options.baseline)
    if not options.check:
        write(ROOT, made)  # before the rest, which reads op files by the messages
    from tools.opset_source import SourceError

    try:
        made |= pages_and_opset(ROOT)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        return check(ROOT, made)
    write(ROOT, made)
    remove(ROOT, made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
