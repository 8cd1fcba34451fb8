"""The blocks of the client's own README compile with its types: `tsc --strict`, WeChat's typings."""

from pathlib import Path

from tests import node
from tests.docs.pages import blocks, text
from tests.tree import ROOT

README = (node.CLIENT / "README.md").relative_to(ROOT).as_posix()
STRICT = ("--strict", "--noEmit", "--skipLibCheck", "--target", "ES2018", "--lib", "ES2018")
TYPES = ("--typeRoots", str(node.TOOLS / "node_modules"), "--types", "miniprogram-api-typings")


def test_every_block_compiles(client: Path, tmp_path: Path) -> None:
    """They are one module, in the page's order."""
    code = [code for language, code in blocks(text(README)) if language == "ts"]
    assert len(code) > 5
    (tmp_path / "readme.ts").write_text("\n".join(code), "utf-8")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "bai-wx-miniprogram").symlink_to(client)
    node.run(["tsc", *STRICT, *TYPES, "--moduleResolution", "node10", "readme.ts"], tmp_path)
