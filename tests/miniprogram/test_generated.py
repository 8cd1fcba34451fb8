"""The client was generated from the contract of this checkout; its Chinese texts are the server's."""

import re
from pathlib import Path

import orjson
import pytest

from bai_wx.contract import loader
from tests import node
from tests.docs.pages import part, rows, unquoted

GENERATED = ("contract.d.ts", "operations.ts")
STATUS_LINE = re.compile(r"^  (\d{3}): '(\w+) ([^']+)'( \+ LATER)?,$", re.MULTILINE)
LATER = re.compile(r"^const LATER = '(.+)';$", re.MULTILINE)


@pytest.fixture(scope="module")
def made(client: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `npm run generate` writes now."""
    folder = tmp_path_factory.mktemp("generated")
    contract = folder / "contract.json"
    contract.write_bytes(orjson.dumps(loader.published(loader.load())))
    node.run(["node", "scripts/generate.mjs", str(contract), str(folder)], client)
    return folder


@pytest.mark.parametrize("name", GENERATED)
def test_the_contract_is_generated_anew(made: Path, client: Path, name: str) -> None:
    """Otherwise: `npm run generate` in clients/miniprogram, and commit what it writes."""
    assert (made / name).read_text("utf-8") == (client / "src" / name).read_text("utf-8")


def test_native_failures_say_what_hooks_say() -> None:
    """The table of `errors.ts` has code and text of docs/errors.md, status by status."""
    source = (node.CLIENT / "src" / "errors.ts").read_text("utf-8")
    [later] = LATER.findall(source)
    lines = STATUS_LINE.findall(source)
    told = {(status, code, text + (later if more else "")) for status, code, text, more in lines}
    assert len(told) > 5
    page = rows(part("docs/errors.md", "errors"))
    assert told <= {(status, unquoted(code), toast) for code, status, toast, *_ in page}
