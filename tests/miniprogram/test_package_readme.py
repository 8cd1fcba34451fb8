"""The blocks of the client's own README: they compile, what they do is done, and its test passes."""

from pathlib import Path

from tests import node
from tests.docs.pages import blocks, text
from tests.running import Server
from tests.tree import ROOT

README = (node.CLIENT / "README.md").relative_to(ROOT).as_posix()
ADDRESS, DEMO = "https://shop.example.com", "http://127.0.0.1:8090"
SUITE, OF_THE_PAGE = "package-readme", "cart"
FUNCTIONS = "shop, order, profile, calls, search, batch"
STRICT = ("--strict", "--noEmit", "--skipLibCheck", "--target", "ES2018", "--lib", "ES2018")
TYPES = ("--typeRoots", str(node.TOOLS / "node_modules"), "--types", "miniprogram-api-typings")


def test_the_blocks_are_a_shop(client: Path, server: Server, tmp_path: Path) -> None:
    """`tsc --strict` with WeChat's typings; then a phone on which the page is copied runs each of them."""
    code = [code for language, code in blocks(text(README)) if language == "ts"]
    module = "\n".join([*code, f"export {{ {FUNCTIONS} }};\n"]).replace(ADDRESS, server.url)
    (tmp_path / "readme.ts").write_text(module, "utf-8")
    _install(client, tmp_path)
    node.run(["tsc", *STRICT, *TYPES, "--moduleResolution", "node10", "readme.ts"], tmp_path)
    form = ["--bundle", "--format=cjs", "--target=es2018", "--main-fields=miniprogram,main"]
    node.run(["esbuild", "readme.ts", *form, "--outfile=readme.js"], tmp_path)
    run = node.run_suite(node.TOOLS, SUITE, {"MODULE": str(tmp_path / "readme.js")})
    assert run.status == 0, run.output
    assert run.counts["pass"] == run.counts["tests"] > 5, run.output


def test_the_pages_test_passes_in_node(client: Path, server: Server, tmp_path: Path) -> None:
    """Its transport is all there is of `wx`: a token that the server refuses is replaced."""
    [suite] = [code for language, code in blocks(text(README)) if language == "js"]
    assert DEMO in suite
    (tmp_path / f"{OF_THE_PAGE}.test.mjs").write_text(suite.replace(DEMO, server.url), "utf-8")
    _install(client, tmp_path)
    run = node.run_suite(tmp_path, OF_THE_PAGE, {})
    assert run.status == 0, run.output
    assert run.counts["pass"] == 1, run.output


def _install(client: Path, folder: Path) -> None:
    """Put the client where the folder's modules look for it."""
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "bai-wx-miniprogram").symlink_to(client)
