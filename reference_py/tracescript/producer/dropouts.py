"""The dropouts of torch: by name the op, and how they differ from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DROPOUTS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "torch.nn.functional.dropout": ("dropout", {}),
    "torch.dropout": ("dropout", {}),
    "torch.feature_dropout": ("feature_dropout", {}),
    "torch.nn.functional.dropout1d": ("feature_dropout", {"unbatched": 2}),
    "torch.nn.functional.dropout2d": ("feature_dropout", {}),
    "torch.nn.functional.dropout3d": ("feature_dropout", {"unbatched": 4}),
    "torch.alpha_dropout": ("dropout", {"alpha": True}),
    "torch.nn.functional.alpha_dropout": ("dropout", {"training": False, "alpha": True}),
    "torch.feature_alpha_dropout": ("feature_dropout", {"alpha": True}),
    "torch.nn.functional.feature_alpha_dropout": (
        "feature_dropout",
        {"training": False, "alpha": True},
    ),
}
"""`unbatched` is the rank that has no batch; `training` the default; `alpha` keeps the moments."""
