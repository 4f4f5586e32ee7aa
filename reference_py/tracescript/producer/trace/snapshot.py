"""Puts a program back to where it was before a run: modules, states, random numbers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracescript.producer.trace.tree import Branch, ModuleView, Tree


class Snapshot:
    """What modules hold and where random generators are, when it is taken. Spec: TRACE-19."""

    def __init__(self, view: ModuleView, tree: Tree) -> None:
        self._view = view
        self._draws = _Draws()
        self._restore: list[Callable[[], None]] = [self._draws.back, view.held(None), tree.held()]
        self.add(tree.branches())

    @property
    def has_drawn(self) -> bool:
        """Whether random numbers of Python or numpy were drawn since it was taken."""
        return self._draws.state != _Draws().state

    def add(self, branches: Iterable[Branch]) -> None:
        """Take in modules that the program met only now."""
        for branch in branches:
            module = branch.module
            if module is None:
                continue
            self._restore.append(_states(module) if is_model(module) else _attributes(module))
            if not is_model(module):
                self._restore.append(self._view.held(module))

    def restore(self) -> None:
        """Put everything back."""
        for step in self._restore:
            step()


class _Draws:
    """Where the random numbers of Python and of numpy are, those that programs share."""

    def __init__(self) -> None:
        self._plain = random.getstate()
        self._of_numpy: Any = np.random.get_state(legacy=False)  # noqa: NPY002  # what programs use

    @property
    def state(self) -> tuple[Any, ...]:
        """What is equal for equal states."""
        key = self._of_numpy["state"]
        return self._plain, key["key"].tobytes(), key["pos"], self._of_numpy["has_gauss"]

    def back(self) -> None:
        random.setstate(self._plain)
        np.random.set_state(self._of_numpy)  # noqa: NPY002  # what programs use


def seed_others(seed: int) -> None:
    """Let the random numbers of Python and numpy go on elsewhere."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what programs use


def _states(model: Any) -> Callable[[], None]:
    held: dict[Any, Any] = getattr(model, "_state").values  # noqa: B009  # shared by its views
    values = dict(held)

    def back() -> None:
        held.clear()
        held.update(values)

    return back


def _attributes(module: Any) -> Callable[[], None]:
    """Keep a module's attributes, and what its lists, dicts and sets hold."""
    held = dict(module.__dict__)
    contents = [(v, v.copy()) for v in held.values() if type(v) in {list, dict, set}]

    def back() -> None:
        module.__dict__.clear()
        module.__dict__.update(held)
        for container, content in contents:
            container.clear()
            (container.extend if isinstance(container, list) else container.update)(content)

    return back
