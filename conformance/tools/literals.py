"""Values of authored cases: the suite's text form, and `f32[2,3] pcg 7` for made-up elements.

Those are sixteenths from -1 to 1 by PCG32 with that seed: exact in every float type, and the same
under any version of any library.
"""

from __future__ import annotations

import math
import re
from typing import Any

from oracles.pcg import Pcg32
from tracescript_conformance import values

_MADE = re.compile(r"(\w+)\[([\d, ]*)\] pcg (\d+)")


def parse(text: str) -> Any:
    """Read a value. Raises BadValueError."""
    match = _MADE.fullmatch(text.strip())
    if match is None:
        return values.parse(text)
    short, dims, seed = match.groups()
    shape = tuple(int(d) for d in dims.split(",") if d.strip())
    draw = Pcg32(int(seed))
    elements = [(draw.next() % 33 - 16) / 16 for _ in range(math.prod(shape))]
    return values.tensor(short, shape, elements)
