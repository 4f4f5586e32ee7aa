"""What a model runs: its data made ready for an engine, and the same compiled for other types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.engine.choose import choose
from tracescript.engine.protocol import Options
from tracescript.errors import BadInputError, TsError
from tracescript.model import hosts as python
from tracescript.model.instance import Call, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript import ir
    from tracescript.engine.protocol import Loaded
    from tracescript.producer.script.calls.hosts import Host

    Specialise = Callable[[Mapping[str, Any], Mapping[str, ir.Type]], "Program | None"]


class Program:
    """A model as data, with the Python functions that it calls (`hosts`), which no file has.

    `specialise` compiles a scripted program anew for values of inputs and for types of what its
    functions give; it returns None where the program is compiled for these. `settings` say how it
    runs.
    """

    def __init__(
        self,
        model: ir.Model,
        hosts: Mapping[str, Host] | None = None,
        specialise: Specialise | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.ir = model
        self.hosts = hosts or {}
        self.specialise = specialise
        self.settings = settings or Settings()
        self._variants: dict[ir.Model, Program] = {}
        self._loaded: Loaded | None = None
        self._methods: dict[str, Call] = {}

    def under(self, settings: Settings) -> Program:
        """Return the program to be run another way."""
        return Program(self.ir, self.hosts, self.specialise, settings)

    def method(self, path: str) -> Call:
        """Return a method ready to call, by its dotted path. Raises BadInputError: EXEC-1."""
        if path not in self._methods:
            self._methods[path] = self._prepared(path)
        return self._methods[path]

    def _prepared(self, path: str) -> Call:
        module, _, name = path.rpartition(".")
        target: ir.Module | None = self.ir.root
        for part in module.split(".") if module else ():
            target = target.child(part) if target else None
        method = target.method(name) if target else None
        if method is None or not (method.exported or target is self.ir.root):
            names = ", ".join(self.methods()) or "none"
            raise BadInputError(
                f"no method {path!r} is exported",
                code="NO_SUCH_METHOD",
                where=self.ir.name or "model",
                rule="EXEC-1",
                hint=f"exported methods: {names}",
            )
        if self._loaded is None:
            functions = python.functions(self.hosts)
            options = Options(self.settings.guards, self.settings.expand, functions)
            self._loaded = choose(self.settings.engine).load(self.ir, options)
        return Call(method, self.ir, self._loaded)

    def methods(self) -> tuple[str, ...]:
        """Return the dotted paths of the exported methods."""
        return tuple(
            f"{path}.{m.name}" if path else m.name
            for path, module in self.ir.root.walk()
            for m in module.methods
            if m.exported or module is self.ir.root
        )

    def specialised(self, given: Mapping[str, Any], refused: BadInputError) -> Program | None:
        """Return the program compiled for the types of a call; a refusal gets its reason."""
        if self.specialise is None:
            return None
        try:
            made = self.specialise(given, {})
        except TsError as error:
            refused.hint = f"the program does not take these: {str(error).splitlines()[0]}"
            return None
        if made is None:
            return None
        return self._variants.setdefault(made.ir, made.under(self.settings))

    def calling(self, run: Callable[..., Any], *call: Any) -> Any:
        """Run a call of the program, which may call Python functions. See `hosts.calling`."""
        learn = None if self.specialise is None else self._learn
        return python.calling(lambda: run(self, *call), learn)

    def _learn(self, shown: Mapping[str, ir.Type]) -> None:
        """Become the program compiled for what its Python functions give."""
        assert self.specialise is not None
        made = self.specialise({}, shown)
        assert made is not None, "what was shown is news"
        self.__dict__.update(vars(made.under(self.settings)))
