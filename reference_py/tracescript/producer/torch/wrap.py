"""A model captured from a torch module is itself one, so that it fits into other modules."""

from __future__ import annotations

import functools
from typing import Any

import torch


@functools.cache
def _module_class(model_class: Any, methods: tuple[str, ...]) -> Any:
    """Return a class that is a model and a torch module; models lie in a layer above.

    `methods` are those of the model that torch modules have too, as `half`: they are the model's.
    """

    def start(self: Any, model: Any) -> None:
        torch.nn.Module.__init__(self)
        self.__dict__.update(model.__dict__)
        self.__dict__["training"] = False

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run("forward", *args, **kwargs)

    members = {"__init__": start, "forward": forward, "__doc__": model_class.__doc__}
    members.update({name: _running(name) for name in methods})
    return type("TorchModel", (model_class, torch.nn.Module), members)


def _running(name: str) -> Any:
    """Return a method that runs the model's of this name."""

    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run(name, *args, **kwargs)

    return run


def as_torch_module(model: Any, captured_from: Any) -> Any:
    """Return the model as a torch module where it was captured from one.

    Calls, state and text are the model's; a torch module may hold it as a submodule.
    """
    if not isinstance(captured_from, torch.nn.Module):
        return model
    model_class: Any = type(model)
    exported = [m.name for m in model.ir.root.methods if m.exported and m.name != "forward"]
    own = tuple(name for name in exported if hasattr(torch.nn.Module, name))
    return _module_class(model_class, own)(model)
