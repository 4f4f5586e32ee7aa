"""A model captured from a torch module is itself one, so that it fits into other modules."""

from __future__ import annotations

from typing import Any

import torch

from tracescript.model.model import Model


class TorchModel(Model, torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A model that can be a submodule of a torch module; calls, state and text are Model's."""

    def __init__(self, model: Model) -> None:
        torch.nn.Module.__init__(self)
        self.__dict__.update(model.__dict__)
        self.__dict__["training"] = False

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run the method `forward`."""
        return self.run("forward", *args, **kwargs)


def as_torch_module(model: Model, captured_from: Any) -> Model:
    """Return the model as a torch module where it was captured from one."""
    return TorchModel(model) if isinstance(captured_from, torch.nn.Module) else model
