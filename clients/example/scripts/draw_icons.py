"""Draws the icons of the mini program from icons/*.svg: the tab bar's PNGs and the masks of ui-icon.

WeChat's tab bar takes PNG alone, one for each state and theme; a mask takes the colour of the text
beside it. Run with Playwright for Python and Chromium: `python clients/example/scripts/draw_icons.py`.
"""

import json
import shutil
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

EXAMPLE = Path(__file__).resolve().parent.parent
TABS = ("products", "documents", "cart", "me")
TAB_ICON_PX = 81  # as WeChat asks for
HEAD = """\
/* Made by scripts/draw_icons.py of icons/*.svg: change those. */
.icon {
  display: inline-block;
  flex: none;
  vertical-align: middle;
  background-color: currentColor;
  -webkit-mask: no-repeat center / 100% 100%;
}
"""


def glyph(name: str) -> str:
    """The SVG of an icon, as it lies in icons/."""
    return (EXAMPLE / f"icons/{name}.svg").read_text("utf-8").strip()


def mask_rule(name: str) -> str:
    """The rule that gives `.icon-<name>` its shape."""
    url = f"data:image/svg+xml,{quote(glyph(name), safe=' =:/')}".replace(" ", "%20")
    return f".icon-{name} {{\n  -webkit-mask-image: url('{url}');\n}}\n"


def write_masks() -> None:
    names = sorted(path.stem for path in (EXAMPLE / "icons").glob("*.svg"))
    rules = "\n".join([HEAD, *map(mask_rule, names)])
    (EXAMPLE / "components/icon/icon.wxss").write_text(rules, "utf-8")


def tab_icon(name: str, colour: str, *, selected: bool) -> str:
    """The icon as a page for the browser: outlined, and tinted inside where it is selected."""
    drawn = glyph(name).replace('stroke="#000"', f'stroke="{colour}"')
    if selected:
        drawn = drawn.replace('fill="none"', f'fill="{colour}" fill-opacity=".22"')
    side = f'width="{TAB_ICON_PX}" height="{TAB_ICON_PX}"'
    return f"<body style='margin:0'>{drawn.replace('<svg', f'<svg {side}', 1)}</body>"


def draw_tabs(browser: Browser) -> None:
    theme = json.loads((EXAMPLE / "theme.json").read_text("utf-8"))
    page = browser.new_page(viewport={"width": TAB_ICON_PX, "height": TAB_ICON_PX})
    for mode, colours in theme.items():
        for name in TABS:
            for selected in (False, True):
                colour = colours["tabBarSelectedColor" if selected else "tabBarColor"]
                key = f"tab{name.capitalize()}{'Selected' if selected else ''}"
                page.set_content(tab_icon(name, colour, selected=selected))
                page.screenshot(path=EXAMPLE / theme[mode][key], omit_background=True)


def main() -> None:
    write_masks()
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        draw_tabs(browser)
        browser.close()


if __name__ == "__main__":
    main()
