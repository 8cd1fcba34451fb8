"""The READMEs' lines of the client are typed, and order a product of the demo shop."""

from pathlib import Path

import pytest

from tests import node
from tests.docs.pages import READMES, blocks, text
from tests.running import Server

ADDRESS = "https://shop.example.com"
SUITE = "readme"
TYPES = ("--typeRoots", str(node.TOOLS / "node_modules"), "--types", "miniprogram-api-typings")
STRICT = ("--strict", "--noEmit", "--skipLibCheck", "--target", "ES2018", "--lib", "ES2018")


@pytest.mark.parametrize("readme", READMES)
def test_the_clients_lines_order_a_product(
    readme: str, client: Path, server: Server, tmp_path: Path
) -> None:
    """With WeChat's own typings, then in the realm that holds only the language and `wx`."""
    [lines] = [code for language, code in blocks(text(readme)) if language == "ts"]
    source = f"{lines.replace(ADDRESS, server.url)}\nexport {{ buy }};\n"
    (tmp_path / "buy.ts").write_text(source, "utf-8")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "bai-wx-miniprogram").symlink_to(client)
    node.run(["tsc", *STRICT, *TYPES, "--moduleResolution", "node10", "buy.ts"], tmp_path)
    form = ["--bundle", "--format=cjs", "--target=es2018", "--main-fields=miniprogram,main"]
    node.run(["esbuild", "buy.ts", *form, "--outfile=buy.js"], tmp_path)
    environment = {"MODULE": str(tmp_path / "buy.js"), "USER_NAME": readme.partition(".")[2]}
    run = node.run_suite(node.TOOLS, SUITE, environment)
    assert run.status == 0, run.output
    assert run.counts["pass"] == 1, run.output
