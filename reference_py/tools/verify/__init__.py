"""Every op against a second opinion: calls by family, oracles, bounds, engines, verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.verify.plan import Plans


def all_plans() -> Plans:
    """Return the plans of all families. Imports torch."""
    from tools.verify import (
        casting,
        containers,
        contractions,
        control,
        created,
        crossing,
        deep,
        draws,
        elementwise,
        layers,
        layout,
        losses,
        matrices,
        networks,
        products,
        quantised,
        ramps,
        ranges,
        reductions,
        resizing,
        scalars,
        selection,
        sorting,
        spectra,
        texts,
        volumes,
    )
    from tools.verify.plan import Plans

    plans = Plans()
    families = (
        containers,
        crossing,
        control,
        deep,
        draws,
        ramps,
        elementwise,
        casting,
        layers,
        resizing,
        layout,
        ranges,
        created,
        matrices,
        networks,
        losses,
        products,
        quantised,
        reductions,
        contractions,
        scalars,
        texts,
        selection,
        sorting,
        spectra,
        volumes,
    )
    for family in families:
        plans.join(family.PLANS)
    return plans
