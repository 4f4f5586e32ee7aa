"""Binds a call's arguments to a function's inputs and checks them (EXEC-2 to EXEC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import BadInputError
from tracescript.ir.text import type_text
from tracescript.ir.types import TensorType
from tracescript.model.input_checks import checker, constant_value
from tracescript.model.input_sizes import check_expressions, has_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript import ir

    Check = Callable[[Any, dict[str, int], str], Any]


class Signature:
    """The caller-visible inputs of a function, ready to bind calls.

    `fixed` says why a size is what it is, by place: `input x, axis 0`, `input xs[*], axis 1`.
    """

    def __init__(self, function: ir.Function, fixed: Mapping[str, str] | None = None) -> None:
        visible = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
        self.function = function
        self.names = tuple(i.name for i in visible)
        self.positional = sum(i.kind == "positional" for i in visible)
        self.inputs = tuple(visible)
        self.checks = tuple(checker(i.type, fixed, i.name) for i in visible)
        every = self.positional == len(visible)
        self._count = len(visible) if every else -1
        self._types = tuple(i.type for i in visible)
        self._only_tensors = all(isinstance(t, TensorType) for t in self._types)
        self._accepted: tuple[tuple[Any, tuple[int, ...]], ...] | None = None
        self._has_expressions = any(map(has_expression, self._types))

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Sequence[Any]:
        """Return the values of all visible inputs in order.

        Raises BadInputError: a name or number of arguments (EXEC-2), a type (EXEC-3) or a
        dimension (EXEC-4) that does not fit.
        """
        if not kwargs and len(args) == self._count and self._seen(args):
            return args
        plain = not kwargs and len(args) == self._count
        values = args if plain else self._arrange(args, kwargs)
        binding: dict[str, int] = {}
        found = [
            check(value, binding, name)
            for check, value, name in zip(self.checks, values, self.names, strict=True)
        ]
        if self._has_expressions:
            for name, declared, value in zip(self.names, self._types, found, strict=True):
                check_expressions(declared, value, binding, name)
        if plain and self._only_tensors:
            self._accepted = tuple((value.dtype, value.shape) for value in found)
        return found

    def _seen(self, args: Sequence[Any]) -> bool:
        """Whether the arguments are arrays of the data types and shapes accepted last time."""
        if self._accepted is None:
            return False
        for i, (dtype, shape) in enumerate(self._accepted):
            value = args[i]
            if type(value) is not np.ndarray or value.shape != shape or value.dtype is not dtype:
                return False
        return True

    def _arrange(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        if len(args) > self.positional:
            raise self._refuse(f"takes {self.positional} positional inputs, found {len(args)}")
        given = dict(kwargs)
        values = list(args)
        for declared in self.inputs[len(args) :]:
            if declared.name in given:
                values.append(given.pop(declared.name))
            elif declared.default is not None:
                values.append(constant_value(declared.default))
            else:
                raise self._refuse(f"needs the input {declared.name!r}")
        if given:
            twice = [name for name in given if name in self.names]
            what = f"got {twice[0]!r} twice" if twice else f"has no input {next(iter(given))!r}"
            raise self._refuse(what)
        return values

    def _refuse(self, what: str) -> BadInputError:
        shown = ", ".join(f"{i.name}: {type_text(i.type)}" for i in self.inputs)
        return BadInputError(
            f"the function {what}",
            code="BAD_INPUT",
            where=self.function.name,
            rule="EXEC-2",
            hint=f"inputs: ({shown})",
        )
