"""Every op against a second opinion: calls by family, oracles, bounds, engines, verdicts."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tools.verify.plan import Plans

FAMILIES: Final = [
    "casting",
    "containers",
    "contractions",
    "control",
    "created",
    "crossing",
    "deep",
    "draws",
    "elementwise",
    "layers",
    "layout",
    "losses",
    "matrices",
    "networks",
    "products",
    "quantised",
    "ramps",
    "ranges",
    "reductions",
    "resizing",
    "scalars",
    "selection",
    "sorting",
    "spectra",
    "texts",
    "volumes",
]


@functools.cache
def all_plans() -> Plans:
    """Return the plans of all families. Imports torch."""
    from tools.verify.plan import Plans

    families = [importlib.import_module(f"tools.verify.{name}") for name in FAMILIES]
    plans = Plans()
    plans.join(*(family.PLANS for family in families))
    return plans
