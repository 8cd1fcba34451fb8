"""The blocks of the client's own README, in its order: they compile, and what they do is done."""

from pathlib import Path

from tests import node
from tests.docs.pages import blocks, text
from tests.running import Server
from tests.tree import ROOT

README = (node.CLIENT / "README.md").relative_to(ROOT).as_posix()
ADDRESS = "https://shop.example.com"
SUITE = "package-readme"
FUNCTIONS = "shop, order, profile, calls, search, batch"
STRICT = ("--strict", "--noEmit", "--skipLibCheck", "--target", "ES2018", "--lib", "ES2018")
TYPES = ("--typeRoots", str(node.TOOLS / "node_modules"), "--types", "miniprogram-api-typings")


def test_the_blocks_are_a_shop(client: Path, server: Server, tmp_path: Path) -> None:
    """`tsc --strict` with WeChat's typings; then a phone on which the page is copied runs each of them."""
    code = [code for language, code in blocks(text(README)) if language == "ts"]
    module = "\n".join([*code, f"export {{ {FUNCTIONS} }};\n"]).replace(ADDRESS, server.url)
    (tmp_path / "readme.ts").write_text(module, "utf-8")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "bai-wx-miniprogram").symlink_to(client)
    node.run(["tsc", *STRICT, *TYPES, "--moduleResolution", "node10", "readme.ts"], tmp_path)
    form = ["--bundle", "--format=cjs", "--target=es2018", "--main-fields=miniprogram,main"]
    node.run(["esbuild", "readme.ts", *form, "--outfile=readme.js"], tmp_path)
    run = node.run_suite(node.TOOLS, SUITE, {"MODULE": str(tmp_path / "readme.js")})
    assert run.status == 0, run.output
    assert run.counts["pass"] == run.counts["tests"] > 5, run.output
