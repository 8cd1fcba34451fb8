"""Results as a picture: SVG with its words as text, small enough for the README."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.results import Results
from bench.workloads import WORKLOADS

COLOURS = ("#1a7f64", "#9aa5b1", "#d9a441", "#7b5ea7", "#c0504d", "#4f81bd")
STYLE: Any = {
    "svg.fonttype": "none",  # words stay words: small, and found by a search
    "svg.hashsalt": "bench",  # the same numbers make the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
YARDSTICK = "PocketBase"
PLAIN = "p"
"""How the keys of the plain forms end, which are too far apart to be drawn beside the others."""


def draw_speeds(results: Results, file: Path) -> None:
    """Draw each workload's requests a second, PocketBase's being 1; every bar says its number."""
    keys = [key for key in results.loads if not key.endswith(PLAIN)]
    yardstick = YARDSTICK if YARDSTICK in results.peers else results.peers[0]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 0.62 * len(keys) + 1.1), layout="constrained")
        axes = figure.subplots()
        thickness = 0.8 / len(results.peers)
        for n, peer in enumerate(results.peers):
            rates = [results.median(key, peer, "rate") for key in keys]
            heights = [
                rate / results.median(key, yardstick, "rate")
                for key, rate in zip(keys, rates, strict=True)
            ]
            places = [place + n * thickness for place in range(len(keys))]
            bars = axes.barh(places, heights, thickness * 0.92, color=COLOURS[n], label=peer)
            axes.bar_label(bars, [f" {rate:,.0f}" for rate in rates], fontsize=7.5, color="#444")
        _name_rows(axes, keys, thickness * (len(results.peers) - 1) / 2)
        axes.axvline(1, color="#666", linewidth=0.8, linestyle=":")
        axes.set_xlabel(
            f"requests a second, as a multiple of {yardstick}'s; the number beside a bar is req/s"
        )
        figure.legend(loc="outside upper left", ncols=len(results.peers), frameon=False)
        _save(figure, file)


def _name_rows(axes: Axes, keys: Sequence[str], middle: float) -> None:
    names = [f"{key} {WORKLOADS[key].title}" for key in keys]
    axes.set_yticks([place + middle for place in range(len(keys))], names)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()


Lines = Mapping[str, Mapping[float, float]]
"""Points by the name of their line."""


def draw_lines(
    panels: Sequence[tuple[str, str, Lines]], across: str, file: Path, *, limit: float | None = None
) -> None:
    """Draw panels of lines over a logarithmic scale `across`: each its title, what is measured, lines.

    `limit` is drawn where no line should go above it.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.4 * len(panels), 4), layout="constrained")
        row = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, measured, lines) in zip(row, panels, strict=True):
            _draw_panel(axes, lines)
            axes.set_title(title, fontsize=9)
            axes.set_xlabel(across)
            axes.set_ylabel(measured)
            if limit is not None:
                axes.axhline(limit, color="#666", linewidth=0.8, linestyle=":")
        _save(figure, file)


def _draw_panel(axes: Axes, lines: Lines) -> None:
    half = -(-len(lines) // 2)  # whole lines, then broken ones in the same colours
    for n, (name, points) in enumerate(lines.items()):
        xs = sorted(points)
        axes.plot(
            xs,
            [points[x] for x in xs],
            ("-", "--")[n // half],
            marker="o",
            markersize=3,
            linewidth=1.2,
            color=COLOURS[n % half % len(COLOURS)],
            label=name,
        )
    places = sorted({x for points in lines.values() for x in points})
    axes.set_xscale("log")
    axes.set_xticks(places, [f"{x:g}" for x in places])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=7)


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None})
