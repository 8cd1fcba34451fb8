"""What the contract calls a body's properties, for texts that a customer reads in a toast."""

from typing import Any, Final

REFUSAL: Final = "x-refusal"
"""Beside a property's `pattern`: what to tell whoever sent another text."""

_PARTS: Final = ("allOf", "anyOf", "oneOf")


class Wording:
    """The titles of one body schema. It is looked into when something is refused, and not before."""

    def __init__(self, schema: Any, bundle: dict[str, Any]) -> None:
        self._schema, self._bundle = schema, bundle

    def title(self, path: str) -> str:
        """The Chinese title of the property at a dotted path, `""` where the contract has none."""
        return str(self._said(path, "title"))

    def refusal(self, path: str) -> str:
        """What is told when a text does not match, `""` where nothing special is said."""
        return str(self._said(path, REFUSAL))

    def _said(self, path: str, keyword: str) -> Any:
        schema = self._schema
        for step in path.split(".") if path else ():
            schema = self._step(schema, step)
        while isinstance(schema, dict) and keyword not in schema and "$ref" in schema:
            schema = self._referred(schema)
        return schema.get(keyword, "") if isinstance(schema, dict) and path else ""

    def _step(self, schema: Any, step: str) -> Any:
        """The schema of a property or an item; None where there is no such."""
        if not isinstance(schema, dict):
            return None
        own = schema.get("properties", {}).get(step)
        if own is None and step.isdecimal():
            own = schema.get("items")
        if isinstance(own, dict):
            return own
        parts = [part for name in _PARTS for part in schema.get(name, ())]
        if "$ref" in schema:
            parts.append(self._referred(schema))
        return next((found for part in parts if (found := self._step(part, step))), None)

    def _referred(self, schema: dict[str, Any]) -> Any:
        found: Any = self._bundle
        for key in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[key]
        return found
