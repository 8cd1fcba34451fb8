"""The example's design: colours stand in app.wxss alone, and what is written in them can be read."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from tests.example.phone import EXAMPLE

STYLES = sorted([*EXAMPLE.glob("pages/*/*.wxss"), *EXAMPLE.glob("components/*/*.wxss")])
GENERATED = EXAMPLE / "components/icon/icon.wxss"
APP = (EXAMPLE / "app.wxss").read_text("utf-8")
LIGHT, DARK = APP.split("@media (prefers-color-scheme: dark)")
DEFINED = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(")

THEMES = {
    "light": dict(DEFINED.findall(LIGHT)),
    "dark": dict(DEFINED.findall(LIGHT)) | dict(DEFINED.findall(DARK)),
}
READABLE = 4.5
"""The least contrast of text, after WCAG 2.2 AA; what is large or no text needs less."""

TEXTS = [
    *product(("text", "text-2", "text-3"), ("bg", "surface", "fill")),
    *product(("primary", "price", "danger"), ("surface",)),
    ("primary", "primary-soft"),
    ("on-primary", "primary"),
    ("danger", "danger-soft"),
    ("warning", "warning-soft"),
    ("on-badge", "badge"),
    ("on-toast", "toast"),
]


def luminance(colour: str) -> float:
    """Of `#rrggbb`, from 0 to 1."""
    channels = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(text: str, ground: str) -> float:
    """From 1 to 21."""
    darker, lighter = sorted((luminance(text), luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[text], colours[ground]) >= READABLE


def test_every_colour_has_a_dark_one() -> None:
    light = {name for name, value in DEFINED.findall(LIGHT) if COLOUR.search(value)}
    assert light - {name for name, _ in DEFINED.findall(DARK)} == {
        "on-badge",
        "on-banner",
        "on-picture",
    }


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.stem)
def test_styles_name_variables_that_there_are_and_no_colours(file: Path) -> None:
    style = file.read_text("utf-8")
    assert set(re.findall(r"var\(--([a-z0-9-]+)", style)) <= set(THEMES["light"])
    assert file == GENERATED or not COLOUR.findall(style)


def test_both_themes_of_the_bars_have_the_same_names_and_pictures() -> None:
    themes = json.loads((EXAMPLE / "theme.json").read_text("utf-8"))
    assert set(themes["light"]) == set(themes["dark"])
    pictures = [v for theme in themes.values() for v in theme.values() if v.endswith(".png")]
    assert [picture for picture in pictures if not (EXAMPLE / picture).is_file()] == []
    assert [theme["navigationBarBackgroundColor"] for theme in themes.values()] == [
        THEMES[name]["bg"] for name in themes
    ]
