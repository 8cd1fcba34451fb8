"""Makes the pictures of the example that the READMEs show: `python -m tests.example.pictures [FOLDER]`.

They are the renderer's, drawn by Chromium from the shipped pages, not WeChat's. A picture is small enough to
be kept in the repository: its colours are as many as a screen of this design needs.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests import browser
from tests.example import phone
from tests.example.world import Lived, live
from tests.running import Server
from tests.tree import ROOT

FOLDER = ROOT / "docs" / "pictures"
SHOWN = {
    "example-light": (False, ("products/products", "product/product", "cart/cart", "order/order")),
    "example-dark": (True, ("products/products", "checkout/checkout", "orders/orders", "me/me")),
}
WIDTH, GAP, EDGE = 390, 24, 24
COLOURS, EXACT = 256, 128
GROUND = {False: "#e3e6e1", True: "#2a302d"}


def main() -> None:
    """Make all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        Server(Path(home) / "home") as server,
        phone.renderer(phone.EXAMPLE, server.url) as url,
        browser.launched() as chromium,
    ):
        lived = live(server, "pictures")
        for name, (dark, pages) in SHOWN.items():
            with phone.visit(chromium, url, user=lived.user, dark=dark) as visited:
                together(screens(visited, lived, pages, Path(home)), dark).save(
                    folder / f"{name}.png", optimize=True
                )


def screens(
    visited: phone.Phone, lived: Lived, pages: tuple[str, ...], folder: Path
) -> list[Image.Image]:
    """One screen of each page."""
    visited.open(phone.pages_of(phone.EXAMPLE)[0])
    visited.log_in()
    shown = []
    for page in pages:
        visited.open(lived.address(f"pages/{page}"))
        visited.screenshot(folder / "screen.png")
        shown.append(Image.open(folder / "screen.png").convert("RGB"))
    return shown


def together(shown: list[Image.Image], dark: bool) -> Image.Image:
    """The screens beside each other, in few colours."""
    height = round(shown[0].height * WIDTH / shown[0].width)
    size = (len(shown) * (WIDTH + GAP) - GAP + 2 * EDGE, height + 2 * EDGE)
    whole = Image.new("RGB", size, GROUND[dark])
    for place, screen in enumerate(shown):
        small = screen.resize((WIDTH, height), Image.Resampling.LANCZOS)
        whole.paste(small, (EDGE + place * (WIDTH + GAP), EDGE))
    return whole.quantize(palette=palette_of(whole), dither=Image.Dither.NONE)


def palette_of(picture: Image.Image) -> Image.Image:
    """The colours that fill most of the picture, as they are, and of the others the most different ones."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    exact = [part for _, colour in counted[:EXACT] for part in colour]
    others = picture.quantize(COLOURS - EXACT, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact, *others])
    return palette


if __name__ == "__main__":
    main()
