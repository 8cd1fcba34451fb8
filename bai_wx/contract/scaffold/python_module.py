"""A handler module as text: how it says a name, its first line, and a function added to it."""

import ast
from collections.abc import Callable

from bai_wx.contract.scaffold.formatting import formatted, with_imports
from bai_wx.contract.scaffold.plan import Planned, in_docstring


class Names:
    """The names a stub needs, as an existing module can say them without changing a line of it.

    A module that already imports others from the same place gets `import errors` and says
    `errors.NotImplementedYet`: a sorter would join two `from errors import` lines.
    """

    def __init__(self, text: str) -> None:
        self._bound: dict[str, str] = {}
        self._sources: set[str] = set()
        self.imports: list[str] = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self._sources.add(node.module)
                self._bound |= {f"{node.module}.{a.name}": a.asname or a.name for a in node.names}
            elif isinstance(node, ast.Import):
                self._bound |= {a.name: a.asname or a.name for a in node.names}

    def bound(self) -> set[str]:
        """What the module's names stand for already."""
        return set(self._bound.values())

    def use(self, module: str, name: str) -> str:
        """How the stub writes this name; an import is noted where one is needed."""
        if known := self._bound.get(f"{module}.{name}"):
            return known
        if module in self._sources:
            return f"{self._bind(module, module, f'import {module}')}.{name}"
        return self._bind(f"{module}.{name}", name, f"from {module} import {name}")

    def _bind(self, full: str, short: str, statement: str) -> str:
        if full not in self._bound:
            self._bound[full] = short
            self.imports.append(statement)
        return self._bound[full]


def new_module(operation: Planned) -> str:
    """The first line of a handler module that is not there yet."""
    tag = in_docstring(next(iter(operation.definition.get("tags", ())), operation.module))
    file = operation.module.replace("_", "-")
    return f'"""{tag} (`openapi-wx/{file}.yaml`)."""\n'


def with_function(text: str, function: Callable[[Names], str]) -> str:
    """A module's text with a function added, and the imports of the names that the function used."""
    names = Names(text)
    made = formatted(function(names))
    return with_imports(text, names.imports).rstrip("\n") + "\n\n\n" + made


def sentence(operation: Planned) -> str:
    """The docstring of an operation's function: its summary as a sentence."""
    safe = in_docstring(operation.definition.get("summary", operation.id))
    return safe if safe.endswith((".", "。", "！", "？")) else f"{safe}。"
