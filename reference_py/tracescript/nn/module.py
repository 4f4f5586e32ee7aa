"""Module and Parameter: a tree of named arrays with a forward method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tracescript.errors import BadInputError
from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Array = np.ndarray[Any, Any]


_UNUSED = "num_batches_tracked"


class Parameter(NDArrayOperatorsMixin):
    """A named array that a module learns. Kept by identity: a shared parameter stays one.

    `data` is the array, replaced as a whole by `load_state_dict`.
    """

    __tracescript_parameter__ = True

    def __init__(self, data: Any) -> None:
        self.data: Array = np.asarray(data)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes."""
        return tuple(self.data.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type."""
        return self.data.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.data, dtype=dtype, copy=True if copy else None)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(
            not isinstance(x, Parameter | np.ndarray | np.generic | bool | int | float)
            for x in inputs
        ):
            return NotImplemented
        plain = [x.data if isinstance(x, Parameter) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **kwargs)

    def __repr__(self) -> str:
        return f"Parameter({self.data.dtype}{list(self.shape)})"


class Module:
    """Base class: assign parameters, buffers and submodules in `__init__`, write `forward`.

    Parameters and submodules are found by assignment; arrays are buffers only where
    `register_buffer` says so.
    """

    __tracescript_module__ = True

    _parameters: dict[str, Parameter]
    _buffers: dict[str, Array]
    _modules: dict[str, Any]
    training: bool
    forward: Callable[..., Any]

    def __init__(self) -> None:
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "training", False)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_modules" not in self.__dict__:
            message = f"call super().__init__() before assigning {name!r}"
            raise AttributeError(message)
        for table in (self._parameters, self._modules):
            table.pop(name, None)
        if isinstance(value, Parameter):
            self._parameters[name] = value
        elif isinstance(value, Module) or getattr(value, "__tracescript_model__", False):
            self._modules[name] = value
        elif name in self._buffers:
            self._buffers[name] = value
        object.__setattr__(self, name, value)

    def register_buffer(self, name: str, value: Array) -> None:
        """Name an array that belongs to the module and is no parameter."""
        self._buffers[name] = value
        object.__setattr__(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run forward; recorded as one call where a trace is active."""
        recorder = active()
        if recorder is not None:
            return recorder.call_module(self, self.forward, args, kwargs)
        return self.forward(*args, **kwargs)

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield this module's own parameters by name."""
        yield from self._parameters.items()

    def named_buffers(self) -> Iterator[tuple[str, Array]]:
        """Yield this module's own buffers by name."""
        yield from self._buffers.items()

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """Yield the direct submodules by name, captured models among them."""
        yield from self._modules.items()

    def train(self, mode: bool = True) -> Module:
        """Set training mode here and below; layers here always compute as in evaluation."""
        object.__setattr__(self, "training", mode)
        for _, child in self.named_children():
            if isinstance(child, Module):
                child.train(mode)
        return self

    def eval(self) -> Module:
        """Set evaluation mode here and below."""
        return self.train(mode=False)

    def state_dict(self, prefix: str = "") -> dict[str, Array]:
        """Return every parameter and buffer by dotted path."""
        found = {f"{prefix}{name}": p.data for name, p in self.named_parameters()}
        found |= {f"{prefix}{name}": b for name, b in self.named_buffers()}
        for name, child in self.named_children():
            if isinstance(child, Module):
                found |= child.state_dict(f"{prefix}{name}.")
        return found

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take parameters and buffers by dotted path; arrays or torch tensors.

        The counts of training steps that torch's batch norms keep are left out.

        Raises BadInputError for a missing or unknown name or another shape.
        """
        own = self.state_dict()
        state = {k: v for k, v in state.items() if k in own or not k.endswith(_UNUSED)}
        if own.keys() != state.keys():
            odd = sorted(own.keys() ^ state.keys())
            raise BadInputError(
                f"{type(self).__name__}: names differ: {', '.join(odd)}",
                code="BAD_INPUT",
                rule="EXEC-2",
            )
        self._load(state, "")

    def _load(self, state: Mapping[str, Any], prefix: str) -> None:
        for name, parameter in self.named_parameters():
            parameter.data = _array(state[prefix + name], parameter.data, prefix + name)
        for name, buffer in list(self.named_buffers()):
            self.register_buffer(name, _array(state[prefix + name], buffer, prefix + name))
        for name, child in self.named_children():
            if isinstance(child, Module):
                child._load(state, f"{prefix}{name}.")  # noqa: SLF001  # the same class

    def __repr__(self) -> str:
        children = "".join(f"\n  ({name}): {child!r}" for name, child in self.named_children())
        return f"{type(self).__name__}({children}\n)" if children else f"{type(self).__name__}()"


def _array(given: Any, like: Array, name: str) -> Array:
    detach = getattr(given, "detach", None)
    array = np.asarray(detach().numpy() if detach else given)
    if array.shape != like.shape:
        raise BadInputError(
            f"{name}: shape {list(array.shape)} found, {list(like.shape)} expected",
            code="BAD_INPUT",
            rule="EXEC-2",
        )
    return array


_GENERATOR = np.random.default_rng(0)


def uniform(shape: tuple[int, ...], bound: float) -> Parameter:
    """Make a float32 parameter drawn uniformly from [-bound, bound]."""
    return Parameter(_GENERATOR.uniform(-bound, bound, shape).astype(np.float32))


def manual_seed(seed: int) -> None:
    """Start the generator of initial parameters anew."""
    global _GENERATOR  # noqa: PLW0603  # one generator for the library, as in torch
    _GENERATOR = np.random.default_rng(seed)
