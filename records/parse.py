"""Filter, step two: tokens to a tree of plain data. Knows the grammar, but no fields and no SQL.

```
filter  := term { join term }        join := "&&" | "||", && binds tighter
term    := "(" filter ")" | operand operator operand
operand := text | number | name | name "(" [ operand { "," operand } ] ")"
```
A group without a join before it takes the join before that, at first `&&`, as in PocketBase.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from errors import BadQuery
from records.scan import EMPTY, NUMBER, TEXT, Shape

MAX_COMPARISONS = 200
MAX_DEPTH = 50  # groups that matter, one in another; parentheses around one term are free

OPERATORS = frozenset({"=", "!=", ">", ">=", "<", "<=", "~", "!~"})
ANY_OPERATORS = frozenset("?" + operator for operator in OPERATORS)
_AND, _OR = "&&", "||"


@dataclass(frozen=True, slots=True)
class Literal:
    """The text or number at `slot` of the scanned values."""

    slot: int
    is_text: bool


@dataclass(frozen=True, slots=True)
class Empty:
    """The empty text."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field, a constant or a macro, with its modifier: `total`, `null`, `@now`, `name:lower`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of plain operands: `strftime('%Y', created)`."""

    function: str
    arguments: tuple["Argument", ...]


Argument = Literal | Empty | Name
Operand = Argument | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`. `of_any`: one of several values is enough (`?=`)."""

    left: Operand
    operator: str
    right: Operand
    of_any: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Terms that must all hold."""

    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Terms of which one must hold."""

    terms: tuple["Node", ...]


Node = Comparison | All | Either


def parse(shape: Shape) -> Node:
    """Read the tokens of one filter. Raises: `BadQuery`."""
    return _Parser(shape).parse()


@dataclass(slots=True)
class _Group:
    """An open group: alternatives, each a list of terms joined by `&&`."""

    alternatives: list[list[tuple[Node, int]]] = field(default_factory=lambda: [[]])
    join: str = _AND

    def add(self, term: Node, depth: int) -> None:
        if self.join == _OR and self.alternatives[-1]:
            self.alternatives.append([])
        self.alternatives[-1].append((term, depth))

    def closed(self) -> tuple[Node, int]:
        """The group as a node, and how deep it goes."""
        made = [_joined(All, terms) for terms in self.alternatives]
        return _joined(Either, made)


class _Parser:
    """Walks the tokens once; open groups wait on a stack, so depth costs no recursion."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._place = 0
        self._slot = 0
        self._comparisons = 0
        self._open = [_Group()]
        self._wants_term = True

    def parse(self) -> Node:
        while self._place < len(self._shape):
            self._step(self._shape[self._place])
        if self._wants_term or len(self._open) > 1:
            raise BadQuery("an unfinished filter")
        return self._open[0].closed()[0]

    def _step(self, token: str) -> None:
        if token == "(":
            self._place += 1
            self._open.append(_Group())
            self._wants_term = True
        elif self._wants_term:
            self._open[-1].add(self._comparison(), 0)
            self._wants_term = False
        elif token == ")":
            self._place += 1
            self._close()
        elif token in (_AND, _OR):
            self._place += 1
            self._open[-1].join = token
            self._wants_term = True
        else:
            raise BadQuery(f"{token!r} where && or || should be")

    def _close(self) -> None:
        if len(self._open) == 1:
            raise BadQuery("a ) too many")
        term, depth = self._open.pop().closed()
        if depth > MAX_DEPTH:
            raise BadQuery(f"groups more than {MAX_DEPTH} deep")
        self._open[-1].add(term, depth)

    def _comparison(self) -> Comparison:
        self._comparisons += 1
        if self._comparisons > MAX_COMPARISONS:
            raise BadQuery(f"more than {MAX_COMPARISONS} comparisons")
        left, operator, right = self._operand(), self._operator(), self._operand()
        return Comparison(left, operator.removeprefix("?"), right, operator in ANY_OPERATORS)

    def _next(self) -> str:
        if self._place == len(self._shape):
            raise BadQuery("an unfinished filter")
        self._place += 1
        return self._shape[self._place - 1]

    def _operator(self) -> str:
        token = self._next()
        if token not in OPERATORS and token not in ANY_OPERATORS:
            raise BadQuery(f"{token!r} is no operator; there are {' '.join(sorted(OPERATORS))}")
        return token

    def _operand(self) -> Operand:
        token = self._next()
        if token.endswith("(") and _begins_name(token):
            return Call(token[:-1], tuple(self._arguments()))
        return self._argument(token)

    def _arguments(self) -> Iterator[Argument]:
        token = self._next()
        while token != ")":
            yield self._argument(token)
            token = self._next()
            if token == ",":
                token = self._next()
            elif token != ")":
                raise BadQuery(f"{token!r} where , or ) should be")

    def _argument(self, token: str) -> Argument:
        if token in (TEXT, NUMBER):
            self._slot += 1
            return Literal(self._slot - 1, token == TEXT)
        if token == EMPTY:
            return Empty()
        if not _begins_name(token) or token.endswith("("):
            raise BadQuery(f"{token!r} where a field or a value should be")
        return Name(token)


def _begins_name(token: str) -> bool:
    return token[0].isalpha() or token[0] in "_@#"


def _joined(
    junction: type[All] | type[Either], found: Sequence[tuple[Node, int]]
) -> tuple[Node, int]:
    if len(found) == 1:
        return found[0]
    return junction(tuple(term for term, _ in found)), 1 + max(depth for _, depth in found)
