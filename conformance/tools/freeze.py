"""Builds the frozen corpus from its sources: `python -m tools.freeze [--check]`.

`--check` builds it in memory and compares with the committed files byte by byte.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import warnings
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from tools import authored, golden_gate, op_cases, recipes, rule_texts
from tools.op_cases import tomllib
from tracescript.conformance.v1 import case_pb2, manifest_pb2
from tracescript_conformance import rules
from tracescript_conformance.corpus import in_profile, root_digest

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "cases"
_INLINE = 16 << 10


def sources() -> list[case_pb2.Case]:
    """Return every case, from the ops' definitions and from the authored files."""
    made = op_cases.all_cases() + authored.cases(ROOT)
    ids = [case.id for case in made]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise SystemExit(f"ids used twice: {twice}")
    single = golden_gate.single(made)
    if single:
        raise SystemExit(f"values with oracles of one kind only: {', '.join(single)}")
    return sorted(made, key=lambda case: case.id)


def build() -> dict[str, bytes]:
    """Return the files of the corpus by path below `cases/`."""
    files: dict[str, bytes] = {}
    entries = []
    for case in sources():
        for artifact in case.artifacts:
            content = artifact.content
            artifact.sha256 = hashlib.sha256(content).digest()
            artifact.length = len(content)
            recipe = recipes.recipe(content) if len(content) > _INLINE else ""
            if recipe and len(recipe) <= _INLINE:
                artifact.recipe = recipe
            elif len(content) > _INLINE:
                files[f"shared/{artifact.sha256.hex()}"] = content
                artifact.shared = True
        case.provenance.generator = "tools.freeze"
        data = case.SerializeToString(deterministic=True)
        path = f"{case.id}.tscase"
        files[path] = data
        entries.append(
            manifest_pb2.ManifestEntry(
                id=case.id,
                path=path,
                length=len(data),
                sha256=hashlib.sha256(data).digest(),
                rules=case.rules,
                needs=case.needs,
                level=case.level,
            )
        )
    named = {rule for entry in entries for rule in entry.rules}
    files[rules.FILE] = rule_texts.text(ROOT.parent / "spec", named).encode()
    return files | _index(entries, files)


def _index(entries: list[Any], files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the manifest in both forms and the digests for `sha256sum -c`."""
    suite = tomllib.loads((ROOT / "suite.toml").read_text("utf-8"))
    manifest = manifest_pb2.Manifest(
        suite_version=suite["version"], root_digest=root_digest(entries), entries=entries
    )
    for profile in suite["profile"]:
        made = manifest.profiles.add(name=profile["name"], features=profile["features"])
        made.cases = sum(in_profile(entry, made) for entry in entries)
    sums = "".join(f"{hashlib.sha256(d).hexdigest()}  {p}\n" for p, d in sorted(files.items()))
    text = json_format.MessageToJson(manifest, indent=1) + "\n"
    return {
        "manifest.binpb": manifest.SerializeToString(deterministic=True),
        "manifest.json": text.encode(),
        "SHA256SUMS": sums.encode(),
    }


def main() -> int:
    """Write the corpus, or compare it with the committed one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = build()
    present = {str(p.relative_to(CASES)): p for p in CASES.rglob("*") if p.is_file()}
    stale = sorted(
        {p for p, d in files.items() if p not in present or present[p].read_bytes() != d}
        | (present.keys() - files.keys())
    )
    if check:
        for path in stale:
            print(f"cases/{path} is not what its sources give")
        return 1 if stale else 0
    for path in present.keys() - files.keys():
        present[path].unlink()
    for path in stale:
        if path in files:
            (CASES / path).parent.mkdir(parents=True, exist_ok=True)
            (CASES / path).write_bytes(files[path])
    print(f"{len(files) - 4} files, {sum(map(len, files.values()))} bytes, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
