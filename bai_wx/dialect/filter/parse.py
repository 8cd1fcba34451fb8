"""Filter, step two: tokens to a tree of plain data. Knows the grammar, but no fields and no SQL.

```
filter  := term { join term }        join := "&&" | "||", && binds tighter
term    := "(" filter ")" | operand operator operand
operand := text | number | name | name "(" [ operand { "," operand } ] ")"
```
A group without a join before it takes the join before that, at first `&&`, as in PocketBase. So does
a group after half a comparison, which is then dropped: `a = (b=1)` is `b=1`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bai_wx.dialect.filter.operators import ANY, ANY_OPERATORS, OPERATORS
from bai_wx.dialect.filter.scan import EMPTY, NUMBER, TEXT, Tokens
from bai_wx.errors import BadQuery

MAX_COMPARISONS = 200
MAX_CALLS = 20

_AND, _OR = "&&", "||"


@dataclass(frozen=True, slots=True)
class Literal:
    """The text or number at this place of the scanned literals."""

    place: int
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
ParsedOperand = Argument | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`. `of_any`: one of several values is enough (`?=`)."""

    left: ParsedOperand
    operator: str
    right: ParsedOperand
    of_any: bool = False

    depth: ClassVar[int] = 0
    size: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class _Junction:
    """Joined terms, with the depth of their groups and the number of their comparisons."""

    terms: tuple["Tree", ...]
    depth: int = field(default=1, compare=False)
    size: int = field(default=1, compare=False)


class All(_Junction):
    """Terms that must all hold."""

    __slots__ = ()


class Either(_Junction):
    """Terms of which one must hold."""

    __slots__ = ()


Tree = Comparison | All | Either


def parse(tokens: Tokens) -> Tree:
    """Parse the tokens of one filter. Raises: `BadQuery`."""
    return _Parser(tokens).parse()


@dataclass(slots=True)
class _Group:
    """An open group: alternatives, each a list of terms joined by `&&`."""

    alternatives: list[list[Tree]] = field(default_factory=lambda: [[]])
    join: str = _AND

    def add(self, term: Tree) -> None:
        if self.join == _OR and self.alternatives[-1]:
            self.alternatives.append([])
        self.alternatives[-1].append(term)

    def closed(self) -> Tree:
        """The group as a node."""
        return _joined(Either, [_joined(All, terms) for terms in self.alternatives])


class _Parser:
    """One walk over the tokens. Open groups stand on a stack, so that depth needs no recursion."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place = 0
        self._literals = 0
        self._comparisons = 0
        self._calls = 0
        self._open = [_Group()]
        self._wants_term = True

    def parse(self) -> Tree:
        while self._place < len(self._tokens):
            self._step(self._tokens[self._place])
        if self._wants_term or len(self._open) > 1:
            raise BadQuery("an unfinished filter")
        return self._open[0].closed()

    def _step(self, token: str) -> None:
        if token == "(":
            self._place += 1
            self._open.append(_Group())
            self._wants_term = True
        elif self._wants_term:
            self._term()
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
        term = self._open.pop().closed()
        self._open[-1].add(term)

    def _term(self) -> None:
        left = self._operand()
        operator = "" if self._at_group() else self._operator()
        if self._at_group():
            return
        right = self._operand()
        self._comparisons += 1
        if self._comparisons > MAX_COMPARISONS:
            raise BadQuery(f"more than {MAX_COMPARISONS} comparisons")
        is_any = operator in ANY_OPERATORS
        self._open[-1].add(Comparison(left, operator.removeprefix(ANY), right, is_any))
        self._wants_term = False

    def _at_group(self) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place] == "("

    def _next(self) -> str:
        if self._place == len(self._tokens):
            raise BadQuery("an unfinished filter")
        self._place += 1
        return self._tokens[self._place - 1]

    def _operator(self) -> str:
        token = self._next()
        if token not in OPERATORS and token not in ANY_OPERATORS:
            raise BadQuery(f"{token!r} is no operator; there are {' '.join(sorted(OPERATORS))}")
        return token

    def _operand(self) -> ParsedOperand:
        token = self._next()
        if token.endswith("(") and _begins_name(token):
            self._calls += 1
            if self._calls > MAX_CALLS:
                raise BadQuery(f"more than {MAX_CALLS} functions")
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
            self._literals += 1
            return Literal(self._literals - 1, token == TEXT)
        if token == EMPTY:
            return Empty()
        if not _begins_name(token) or token.endswith("("):
            raise BadQuery(f"{token!r} where a field or a value should be")
        return Name(token)


def _begins_name(token: str) -> bool:
    return token[0].isalpha() or token[0] in "_@#"


def _joined(junction: type[All] | type[Either], terms: Sequence[Tree]) -> Tree:
    if len(terms) == 1:
        return terms[0]
    depth = 1 + max(term.depth for term in terms)
    return junction(tuple(terms), depth, sum(term.size for term in terms))
