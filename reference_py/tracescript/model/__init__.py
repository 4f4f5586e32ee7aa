"""Model: what a user holds after trace, script or load. Methods, state, guards and their commit."""

from tracescript.model.model import Model

__all__ = ["Model"]
