"""The three lines of the demo's home page work as they stand there."""

import html
import json
import re
import subprocess

from tests.pages.test_site import get, text
from tests.running import Server

LINE = re.compile(r"<pre[^>]*>(.*?)</pre>")


def test_the_lines_of_the_page_work_in_a_shell(server: Server) -> None:
    lines = [html.unescape(line) for line in LINE.findall(text(get(server, "/")))]
    assert len(lines) == 3
    script = "\n".join(f"{line}; echo" for line in lines)
    done = subprocess.run(
        ["bash", "-euc", script], capture_output=True, text=True, timeout=30, check=True
    )
    token, products, cart = filter(None, done.stdout.splitlines())
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token)
    assert len(json.loads(products)["items"]) == 3
    assert json.loads(cart)["data"]["cart_product_quantity"] == 2
