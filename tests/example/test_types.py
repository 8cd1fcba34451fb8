"""The example compiles with `tsc --strict`, WeChat's own typings and the client's."""

import json
from pathlib import Path

from tests import node
from tests.example.phone import EXAMPLE


def test_the_example_is_typed(tmp_path: Path) -> None:
    node.install_once(node.TOOLS)
    packages = {"bai-wx-miniprogram": [str(node.CLIENT / "src/index.ts")]}
    config = {
        "extends": str(EXAMPLE / "tsconfig.json"),
        "compilerOptions": {"typeRoots": [str(node.TOOLS / "node_modules")], "paths": packages},
        "include": [str(EXAMPLE / folder) for folder in ("*.ts", "components", "pages", "utils")],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    node.run(["tsc", "-p", str(tmp_path)], tmp_path)
