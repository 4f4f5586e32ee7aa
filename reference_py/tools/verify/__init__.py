"""Every op against a second opinion: calls, oracles, bounds, engines, verdicts.

The plan of an op comes from its page. The families hold plans of ops that need calls or an oracle
of their own.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tools.verify.plan import Plan, Plans

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
def own_plans() -> Plans:
    """Return the plans of all families. Imports torch."""
    from tools.verify.plan import Plans

    families = [importlib.import_module(f"tools.verify.{name}") for name in FAMILIES]
    plans = Plans()
    plans.join(*(family.PLANS for family in families))
    return plans


@functools.cache
def plan_of(name: str) -> Plan:
    """Return the plan of an op, from its page unless a family has one.

    Raises NoOpinionError, with what to write where, if there is nothing that knows the results.
    """
    from tools.verify.derived import derived
    from tracescript.opset.table import opset

    return own_plans().by_op.get(name) or derived(opset()[name])
