"""`x-visible` and the other filters of the contract, as Python: the condition that a model's class has.

What is read is PocketBase's filter over the row itself, by the parser that clients' filters go through:
comparisons of a field with a value, a moment (`@now`) or the caller (`@request.auth.openid`), joined by
`&&` and `||`. Anything else has to be written by hand.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.files import ContractError
from bai_wx.contract.spots import Spot
from bai_wx.dialect.filter import parse, scan
from bai_wx.dialect.filter.scan import LiteralValue
from bai_wx.errors import BadQuery
from bai_wx.record.money import fen_of

OPERATORS: Final = {"=": "==", "!=": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
CALLER: Final = {"@now": "now", "@request.auth.openid": "openid"}
"""What a condition may ask of the request, and the argument that holds it."""


@dataclass(frozen=True)
class Condition:
    """A filter of the contract, with the fields it is over."""

    text: str
    fields: Mapping[str, FieldSpec]
    spot: Spot

    def python(self, rows: str = "rows", deleted: str = "") -> str:
        """The condition as an expression of Peewee over `rows`, in which `openid` and `now` are at hand.

        `deleted` stands for `is_delete = 0` where it is given.
        Raises: `ContractError` for what only a hand can write.
        """
        return self._tree(self._parsed[0], rows, deleted)

    def equal(self) -> Iterator[str]:
        """The fields that a row must have one certain value of, to be shown."""
        tree = self._parsed[0]
        for term in tree.terms if isinstance(tree, parse.All) else (tree,):
            if isinstance(term, parse.Comparison) and term.operator == "=":
                name = self._name(term.left) or self._name(term.right)
                if name in self.fields:
                    yield name

    @property
    def asks_caller(self) -> bool:
        """Whether a row is shown to one caller and not to another."""
        return "@request.auth" in self.text

    @property
    def _parsed(self) -> tuple[parse.Tree, tuple[LiteralValue, ...]]:
        try:
            scanned = scan.scan(self.text)
            return parse.parse(scanned.tokens), scanned.values
        except BadQuery as exc:
            raise self._beyond(exc.detail or str(exc)) from exc

    def _tree(self, tree: parse.Tree, rows: str, deleted: str) -> str:
        if isinstance(tree, parse.Comparison):
            return self._comparison(tree, rows, deleted)
        join = " & " if isinstance(tree, parse.All) else " | "
        return join.join(f"({self._tree(term, rows, deleted)})" for term in tree.terms)

    def _comparison(self, tree: parse.Comparison, rows: str, deleted: str) -> str:
        if tree.operator not in OPERATORS or tree.of_any:
            raise self._beyond(f"no {tree.operator} here")
        names = (self._name(tree.left), self._name(tree.right))
        field = next((self.fields[name] for name in names if name in self.fields), None)
        if "is_delete" in names and deleted:
            return deleted
        sides = [self._operand(side, field, rows) for side in (tree.left, tree.right)]
        return f"{sides[0]} {OPERATORS[tree.operator]} {sides[1]}"

    def _operand(self, side: parse.ParsedOperand, field: FieldSpec | None, rows: str) -> str:
        match side:
            case parse.Empty():
                return '""'
            case parse.Literal(place):
                return _literal(self._parsed[1][place], field)
            case parse.Name(name) if name in self.fields or name == "is_delete":
                return f"{rows}.{name}"
            case parse.Name(name) if name in CALLER:
                return CALLER[name]
        raise self._beyond(
            f"{getattr(side, 'text', 'a function')!r} is neither a field nor a value"
        )

    def _name(self, side: parse.ParsedOperand) -> str:
        return side.text if isinstance(side, parse.Name) else ""

    def _beyond(self, problem: str) -> ContractError:
        return ContractError(f"{self.spot}: {self.text!r} cannot be made Python: {problem}")


def visible(spec: CollectionSpec) -> Condition | None:
    """The rows of a collection that are shown, owner and `is_delete` aside; None for all of them."""
    if not spec.visible:
        return None
    return Condition(spec.visible, spec.fields, spec.spot_of("x-visible"))


def _literal(value: LiteralValue, field: FieldSpec | None) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    is_money = field is not None and field.kind is Kind.MONEY
    return repr(fen_of(value)) if is_money else repr(int(value) if value.is_integer() else value)
