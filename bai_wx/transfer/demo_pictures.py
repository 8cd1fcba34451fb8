"""The pictures of the demo shop's products: flat drawings of rounded boxes.

They fill their square, so that a client may round its corners as it likes.
"""

import io
from collections.abc import Iterator
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

SIDE_PX: Final = 480
FINENESS: Final = 2
"""Drawn so many times larger, then averaged: Pillow's own edges are jagged."""

COLOURS: Final = 48  # a palette keeps each picture below 8 KiB
PAPER: Final = "#f6f7f6"
INK: Final = "#20262b"

DIGITS: Final = {
    "2": "top right middle left-below bottom",
    "4": "left right middle right-below",
    "6": "top left middle right-below left-below bottom",
}
STROKE: Final = 1.6


class Box(NamedTuple):
    """A rounded box in hundredths of the picture, and what it is painted with."""

    left: float
    top: float
    right: float
    bottom: float
    corner: float
    paint: str

    def moved(self, down: float, grown: float) -> "Box":
        """The same box lower, and larger on each side."""
        return Box(
            self.left - grown,
            self.top + down - grown,
            self.right + grown,
            self.bottom + down + grown,
            self.corner + grown,
            self.paint,
        )


def _digit(left: float, top: float, digit: str) -> Iterator[Box]:
    """A digit of seven strokes, as a thermostat shows it."""
    right, bottom, middle = left + 5.8, top + 12, top + 6
    half = STROKE / 2
    strokes = {
        "top": (left, top, right, top + STROKE),
        "middle": (left, middle - half, right, middle + half),
        "bottom": (left, bottom - STROKE, right, bottom),
        "left": (left, top, left + STROKE, middle),
        "right": (right - STROKE, top, right, middle),
        "left-below": (left, middle, left + STROKE, bottom),
        "right-below": (right - STROKE, middle, right, bottom),
    }
    for name in DIGITS[digit].split():
        yield Box(*strokes[name], half, "white")


PARTS: Final[dict[str, tuple[Box, ...]]] = {
    "switch": (
        Box(22, 22, 78, 78, 7, "body"),
        Box(24, 24, 76, 76, 5.5, "white"),
        *(Box(x, 24, x + 0.6, 76, 0, "seam") for x in (41, 58.4)),
        *(Box(x, 66, x + 5.5, 67.6, 0.8, "accent") for x in (30, 47.3, 64.6)),
    ),
    "thermostat": (
        Box(22, 22, 78, 78, 10, "body"),
        Box(24, 24, 76, 76, 8.5, "white"),
        Box(31, 31, 69, 69, 19, "accent"),
        Box(32.6, 32.6, 67.4, 67.4, 17.4, "dark"),
        *_digit(42.5, 43, "2"),
        *_digit(51, 43, "6"),
        Box(46, 61, 54, 62.4, 0.7, "accent"),
    ),
    "sensor": (
        Box(34, 60, 66, 78, 6, "stand"),
        Box(28, 22, 72, 66, 22, "body"),
        Box(30, 24, 70, 64, 20, "white"),
        Box(39, 33, 61, 55, 11, "seam"),
        Box(40.6, 34.6, 59.4, 53.4, 9.4, "dark"),
        Box(45, 37.5, 50, 42.5, 2.5, "glint"),
        Box(48.8, 58.6, 51.2, 61, 1.2, "accent"),
    ),
    "gateway": (
        *(Box(x, 24, x + 3, 52, 1.5, "stand") for x in (28, 69)),
        Box(16, 44, 84, 74, 6, "body"),
        Box(18, 46, 82, 72, 4.5, "white"),
        Box(18, 62, 82, 72, 4.5, "tint"),
        *(Box(x, 53, x + 3, 56, 1.5, "accent") for x in (24, 30.5)),
        Box(37, 53, 40, 56, 1.5, "seam"),
        *(Box(62, y, 76, y + 1.2, 0.6, "seam") for y in (52.6, 55.6)),
    ),
    "single": (
        Box(22, 22, 78, 78, 7, "body"),
        Box(24, 24, 76, 76, 5.5, "white"),
        Box(46, 66, 54, 67.6, 0.8, "accent"),
    ),
    "scene": (
        Box(22, 22, 78, 78, 7, "body"),
        Box(24, 24, 76, 76, 5.5, "white"),
        Box(24, 49.7, 76, 50.3, 0, "seam"),
        *(Box(x, 24, x + 0.6, 76, 0, "seam") for x in (41, 58.4)),
        *(Box(x, y, x + 3, y + 3, 1.5, "accent") for y in (43.5, 69.5) for x in (31.2, 48.5, 65.8)),
    ),
    "card": (
        Box(38, 10, 62, 40, 3, "metal"),
        Box(28, 24, 72, 84, 7, "body"),
        Box(30, 26, 70, 82, 5.5, "white"),
        Box(36, 32, 64, 34, 1, "dark"),
        Box(43, 51, 57, 65, 7, "accent"),
        Box(44.4, 52.4, 55.6, 63.6, 5.6, "white"),
        Box(48.5, 56.5, 51.5, 59.5, 1.5, "accent"),
    ),
    "floor": (
        Box(15, 30, 85, 70, 7, "body"),
        Box(17, 32, 83, 68, 5.5, "white"),
        Box(22, 37, 60, 63, 4, "dark"),
        *_digit(33, 44, "2"),
        *_digit(42, 44, "4"),
        Box(54, 44, 56, 46, 1, "accent"),
        *(Box(68, y, 76, y + 8, 4, "tint") for y in (38, 54)),
        Box(70, 41.4, 74, 42.6, 0.6, "accent"),
        Box(71.4, 40, 72.6, 44, 0.6, "accent"),
        Box(70, 57.4, 74, 58.6, 0.6, "accent"),
    ),
    "door": (
        Box(30, 20, 53, 80, 6, "body"),
        Box(31.5, 21.5, 51.5, 78.5, 4.5, "white"),
        Box(58, 32, 70, 68, 4.5, "body"),
        Box(59.5, 33.5, 68.5, 66.5, 3, "white"),
        Box(40.3, 28, 42.7, 30.4, 1.2, "accent"),
        *(Box(x, 46, x + 1, 54, 0.5, "seam") for x in (48, 62)),
    ),
    "hub": (
        Box(22, 22, 78, 78, 28, "body"),
        Box(24.5, 24.5, 75.5, 75.5, 25.5, "white"),
        Box(37, 37, 63, 63, 13, "accent"),
        Box(38.2, 38.2, 61.8, 61.8, 11.8, "white"),
        Box(48, 48, 52, 52, 2, "accent"),
        *(Box(x, 68, x + 2, 70, 1, "seam") for x in (45, 49, 53)),
    ),
    "lock": (
        Box(37, 13, 63, 87, 6, "body"),
        Box(37, 13, 63, 87, 6, "dark"),
        Box(39, 15, 61, 85, 4.5, "panel"),
        *(Box(x, y, x + 3, y + 3, 1.5, "key") for y in (25, 32, 39) for x in (42.5, 48.5, 54.5)),
        Box(45, 48, 55, 58, 5, "accent"),
        Box(46.4, 49.4, 53.6, 56.6, 3.6, "panel"),
        Box(45, 67, 80, 73, 3, "metal"),
        Box(45, 65, 57, 75, 5, "metal"),
    ),
    "lamp": (
        Box(22, 22, 78, 78, 28, "body"),
        Box(25, 25, 75, 75, 25, "white"),
        Box(32, 32, 68, 68, 18, "seam"),
        Box(33.4, 33.4, 66.6, 66.6, 16.6, "glow"),
        Box(41, 41, 59, 59, 9, "core"),
    ),
}
"""The parts of each picture, drawn in this order; bodies throw the shadow."""

SHADOW: Final = ((4, 2.4, 0.17), (3.4, 1.6, 0.21), (2.8, 0.8, 0.25))
"""Layers of the shadow: how far down, how much larger, how dark."""


def draw_picture(key: str, colour: str) -> bytes:
    """The product's picture as PNG, the same bytes every time."""
    side = SIDE_PX * FINENESS
    image = Image.new("RGB", (side, side), _mixed(colour, PAPER, 0.13))
    pen = ImageDraw.Draw(image)
    for box, fill in (*_shadow(key, colour), *_parts(key, colour)):
        *edges, corner, _ = box
        pen.rounded_rectangle([edge * side / 100 for edge in edges], corner * side / 100, fill)
    small = image.reduce(FINENESS)
    flat = small.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    flat.save(buffer, "PNG")
    return buffer.getvalue()


def _parts(key: str, colour: str) -> Iterator[tuple[Box, str]]:
    paints = _paints(colour)
    for box in PARTS[key]:
        yield box, paints[box.paint]


def _shadow(key: str, colour: str) -> Iterator[tuple[Box, str]]:
    shade = _mixed(colour, INK, 0.5)
    for down, grown, darkness in SHADOW:
        for box in PARTS[key]:
            if box.paint == "body":
                yield box.moved(down, grown), _mixed(shade, PAPER, darkness)


def _paints(colour: str) -> dict[str, str]:
    return {
        "accent": colour,
        "body": _mixed(colour, "#ffffff", 0.03),
        "core": "#fff6df",
        "dark": "#252b31",
        "glint": "#6b7680",
        "glow": "#ffe2a0",
        "key": "#8b949c",
        "metal": "#c3c9ce",
        "panel": "#31383f",
        "seam": _mixed(colour, "#dfe3e6", 0.1),
        "stand": _mixed(colour, "#b4bcc2", 0.14),
        "tint": _mixed(colour, "#ffffff", 0.14),
        "white": "#ffffff",
    }


def _mixed(colour: str, other: str, share: float) -> str:
    """So much of one colour, the rest of the other."""
    channels = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return f"#{bytes(round(a * share + b * (1 - share)) for a, b in channels).hex()}"
