"""The kinds of metrics: which cells of a row each has, and the lines that they are told in."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, product
from typing import Protocol

from bai_wx.metrics.cells import FIRST, Distribution, Series, added, live_rows, memory

Labels = dict[str, str]
Sample = tuple[str, Labels, float]
"""What follows the metric's name (`_bucket`), the labels, the value."""


class Family(Protocol):
    """What is told of a metric: its name, its kind (`counter`, `gauge`, `histogram`), its help, its lines."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """Of which type it is."""

    @property
    def help(self) -> str:
        """What it means."""

    def samples(self) -> Iterator[Sample]:
        """Its lines."""


class Metric:
    """A counter or a gauge, a cell for each combination of its labels' values."""

    def __init__(
        self, name: str, kind: str, text: str, labels: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """`labels`: the name of each, and all values it may have."""
        self.name, self.kind, self.help = name, kind, text
        self.labels = dict(labels or {})
        self.layout = name, tuple(self.labels.items())
        self._places = {
            values: place for place, values in enumerate(product(*self.labels.values()))
        }
        self._first = dealt.deal(self, len(self._places))

    def series(self, **labels: str) -> Series:
        """The line with these labels. Raises: `KeyError` for a value that was not named before."""
        return Series(self._first + self._places[tuple(labels[name] for name in self.labels)])

    def forget(self) -> None:
        """Begin anew in this process's row."""
        for place in self._places.values():
            memory.cells[self._first + place] = 0

    def samples(self) -> Iterator[Sample]:
        """Every line, added up over the processes; of those that have ended a gauge counts nothing."""
        rows = live_rows() if self.kind == "gauge" else memory.rows
        for values, place in self._places.items():
            value = sum(row[self._first + place] for row in rows)
            yield "", dict(zip(self.labels, values, strict=True)), value


class Histogram:
    """Durations in seconds, counted in buckets, for each value of one label."""

    def __init__(
        self, name: str, text: str, label: str, values: Sequence[str], bounds: Sequence[float]
    ) -> None:
        self.name, self.kind, self.help = name, "histogram", text
        self.layout = name, tuple(values), tuple(bounds)
        self._label, self._values, self._bounds = label, tuple(values), tuple(bounds)
        self._width = len(bounds) + 2  # the sum, the buckets, and what is longer than all
        self._first = dealt.deal(self, len(values) * self._width)

    def distribution(self, value: str) -> Distribution:
        """The histogram of this value of the label."""
        return Distribution(self._first + self._values.index(value) * self._width, self._bounds)

    def samples(self) -> Iterator[Sample]:
        """Every line of every value that was observed."""
        for place, value in enumerate(self._values):
            at = self._first + place * self._width
            yield from samples_of({self._label: value}, self._bounds, added(at, self._width))


class _Dealer:
    """Deals out the cells of a row, and keeps who has got some."""

    def __init__(self) -> None:
        self.metrics: list[Metric | Histogram] = []
        self.next = FIRST

    def deal(self, metric: "Metric | Histogram", cells: int) -> int:
        """Give a metric its cells. Returns: the first one's place in a row."""
        self.metrics.append(metric)
        first, self.next = self.next, self.next + cells
        return first


dealt = _Dealer()


def samples_of(labels: Labels, bounds: Sequence[float], cells: Sequence[float]) -> Iterator[Sample]:
    """A histogram's lines, none where nothing was observed: buckets hold what is in the smaller ones, too."""
    counts = list(accumulate(cells[1:]))
    if not counts[-1]:
        return
    for bound, count in zip(bounds, counts, strict=False):
        yield "_bucket", {**labels, "le": f"{bound:g}"}, count
    yield "_bucket", {**labels, "le": "+Inf"}, counts[-1]
    yield "_sum", labels, cells[0]
    yield "_count", labels, counts[-1]
