"""The page of the first ten minutes: its code is typed, and runs where there is only the language and `wx`."""

from pathlib import Path

import pytest

from tests import node, quick_start
from tests.running import Server

ADDRESS = "http://127.0.0.1:8090"
TESTS = 4
TSCONFIG = """{
  "compilerOptions": {
    "target": "ES2018", "lib": ["ES2018"], "module": "CommonJS", "moduleResolution": "node10",
    "strict": true, "noEmit": true, "skipLibCheck": true,
    "typeRoots": ["%s"], "types": ["miniprogram-api-typings"]
  }
}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini program."""
    return quick_start.write(tmp_path_factory.mktemp("quick-start"))


def test_the_page_is_typed(app: Path) -> None:
    """By `tsc --strict` with WeChat's own typings."""
    (app / "tsconfig.json").write_text(TSCONFIG % (node.TOOLS / "node_modules"))
    node.run([f"{node.TOOLS_BIN}/tsc", "-p", str(app)], app)


def test_the_page_logs_in_lists_fills_a_cart_and_orders(app: Path, server: Server) -> None:
    """All tests of `clients/tests/quick-start.test.mjs` ran, and all passed."""
    bundled = [f"{node.TOOLS_BIN}/esbuild", f"{quick_start.SHOP}.ts", "--bundle", "--format=cjs"]
    form = ["--target=es2018", "--main-fields=main", "--outfile=shop.js"]
    node.run([*bundled, *form], app)
    script = app / "shop.js"
    script.write_text(script.read_text("utf-8").replace(ADDRESS, server.url), "utf-8")
    told = {"SCRIPT": str(script), "DATABASE": str(server.database)}
    run = node.run_suite(node.TOOLS, "quick-start", told)
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS, run.output
