"""A model captured from a torch module is itself one, so that it fits into other modules."""

from __future__ import annotations

import functools
from typing import Any

import torch


@functools.cache
def _module_class(model_class: Any) -> Any:
    """Return a class that is a model and a torch module; models lie in a layer above."""

    def start(self: Any, model: Any) -> None:
        torch.nn.Module.__init__(self)
        self.__dict__.update(model.__dict__)
        self.__dict__["training"] = False

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run("forward", *args, **kwargs)

    members = {"__init__": start, "forward": forward, "__doc__": model_class.__doc__}
    return type("TorchModel", (model_class, torch.nn.Module), members)


def as_torch_module(model: Any, captured_from: Any) -> Any:
    """Return the model as a torch module where it was captured from one.

    Calls, state and text are the model's; a torch module may hold it as a submodule.
    """
    if not isinstance(captured_from, torch.nn.Module):
        return model
    model_class: Any = type(model)
    return _module_class(model_class)(model)
