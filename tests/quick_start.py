"""The mini program of docs/quick-start.md: its files, and the client as a registry would have it."""

import json
import re
import shutil
from pathlib import Path

from tests import node
from tests.tree import ROOT

PAGE = "docs/quick-start.md"
NAME = "bai-wx-miniprogram"
SHOP = "pages/shop/shop"
FILE = re.compile(r'^```\w+ title="miniprogram/(.+?)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def files() -> dict[str, str]:
    """The files that the page shows, by their path in the mini program."""
    return dict(FILE.findall((ROOT / PAGE).read_text("utf-8")))


def write(folder: Path) -> Path:
    """Write the mini program below an empty folder, with the client installed.

    Returns: where its app.json is.
    """
    client = node.build_client()
    app = folder / "miniprogram"
    needs = {"dependencies": {NAME: "*"}}
    template = {"app.json": {"pages": [SHOP]}, "package.json": needs}
    made = {name: json.dumps(content) for name, content in template.items()}
    for name, content in {"app.ts": "App({});\n", **made, **files()}.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(content, "utf-8")
    _install(client, app / "node_modules" / NAME)
    return app


def _install(client: Path, folder: Path) -> None:
    """Copy what a registry would have: `npm pack` builds first, while other tests read what was built."""
    listed = json.loads((client / "package.json").read_text("utf-8"))["files"]
    folder.mkdir(parents=True)
    shutil.copy(client / "package.json", folder)
    for name in listed:
        shutil.copytree(client / name, folder / name)
