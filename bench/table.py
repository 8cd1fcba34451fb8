"""Results as Markdown, which reads well in a terminal too."""

import unicodedata
from collections.abc import Iterable, Sequence

from bench.results import Results, median
from bench.workloads import WORKLOADS


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned: the first to the left, numbers to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    written = [_line(line, widths) for line in lines]
    rule = [":" + "-" * (w - 1) if n == 0 else "-" * (w - 1) + ":" for n, w in enumerate(widths)]
    return "\n".join([written[0], "| " + " | ".join(rule) + " |", *written[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if n == 0 else " " * (width - _width(cell)) + cell
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "| " + " | ".join(padded) + " |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def number(value: float) -> str:
    """A count, or a few milliseconds with their digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:.0f} x" if value >= 100 else f"{value:.2f} x"


def speeds(results: Results) -> str:
    """Requests a second, median and 99th percentile of every peer, the bytes of an answer, and the ratios."""
    others = results.peers[1:]
    head = ["workload", *(f"{p}, req/s · p50 · p99 ms · bytes" for p in results.peers)]
    head += [f"to {p}" for p in others]
    rows = [
        [
            f"{key} {WORKLOADS[key].title}",
            *(_speed(results, key, peer) for peer in results.peers),
            *(times(results.ratio(key, other)) for other in others),
        ]
        for key in results.loads
    ]
    return table(head, rows)


def _speed(results: Results, key: str, peer: str) -> str:
    what = ("rate", "p50_ms", "p99_ms", "answer_bytes")
    rate, p50, p99, size = (number(results.median(key, peer, each)) for each in what)
    return f"{rate} · {p50} · {p99} · {size}"


def processes(results: Results) -> str:
    """What each server's processes hold, and how soon they answer."""
    rows = [
        [
            peer,
            f"{results.rss_mib(peer):.0f} MiB",
            f"{results.pss_mib[peer]:.0f} MiB",
            f"{median(results.start_s[peer]):.2f} s" if peer in results.start_s else "",
        ]
        for peer in results.peers
    ]
    return table(["server", "RSS, peak", "PSS, at the end", "start to healthy"], rows)
