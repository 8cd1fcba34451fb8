"""The loader: it keeps what the owner fixed, makes one bundle, and checks a contract once.

Covers: bai_wx/contract/kept.py
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from bai_wx.contract import kept, loader
from bai_wx.contract.files import ContractError
from bai_wx.contract.loader import CONTRACT_ROOT
from tests.contract.operations import BUNDLE, OPERATIONS, nodes

SEED = Path(__file__).parent.parent / "data" / "openapi-wx.seed.yaml"


# --- what the owner fixed ---


def seed() -> dict[str, Any]:
    """The owner's root document."""
    return dict(yaml.safe_load(SEED.read_bytes()))


def test_every_path_of_the_seed_keeps_its_target() -> None:
    """The root still points each of the 23 paths to the place the owner named."""
    root = yaml.safe_load(CONTRACT_ROOT.read_bytes())
    fixed = seed()["paths"]
    assert len(fixed) == 23
    assert {path: root["paths"].get(path) for path in fixed} == fixed


def test_every_schema_of_the_seed_keeps_its_name_and_target() -> None:
    """The root still lists each of the 56 schemas, and the bundle has each under its name."""
    root = yaml.safe_load(CONTRACT_ROOT.read_bytes())
    fixed = seed()["components"]["schemas"]
    assert len(fixed) == 56
    assert {name: root["components"]["schemas"].get(name) for name in fixed} == fixed
    assert fixed.keys() <= BUNDLE["components"]["schemas"].keys()


def test_the_info_text_tells_of_no_defect_the_server_does_not_have() -> None:
    """The seed admits physical deletes and visible deleted rows; ours has neither."""
    assert "物理删除" not in BUNDLE["info"]["description"]
    assert "软删除" in BUNDLE["info"]["description"]


# --- the bundle ---


def test_the_bundle_is_openapi_3_1() -> None:
    """The validator finds nothing, and neither does JSON Schema's own meta-schema."""
    assert list(OpenAPIV31SpecValidator(BUNDLE).iter_errors()) == []
    for schema in BUNDLE["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_only_references_to_named_schemas_remain() -> None:
    """Whoever reads the bundle needs no file and resolves nothing but schemas."""
    references = {node["$ref"] for node in nodes(BUNDLE) if isinstance(node.get("$ref"), str)}
    names = {f"#/components/schemas/{name}" for name in BUNDLE["components"]["schemas"]}
    assert references
    assert references <= names


def test_forms_and_parameters_are_written_out() -> None:
    """Connexion reads these schemas itself and follows no reference there."""
    for _, _, operation in OPERATIONS.values():
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get("multipart/form-data", {})
        assert not any("$ref" in node for node in nodes([form, operation.get("parameters", [])]))


def test_loading_twice_gives_the_same_text() -> None:
    """The order of keys is the files' order, so that ETags and diffs hold still."""
    assert list(nodes(loader.load())) == list(nodes(BUNDLE))
    assert str(loader.load()) == str(BUNDLE)


# --- how references are followed ---

SMALL = """
openapi: 3.1.0
info: {title: small, version: '1'}
paths:
  /trees:
    post:
      operationId: plant
      x-max-body: 65536
      parameters:
        - name: size
          in: query
          schema: {$ref: '#/components/schemas/Size', maximum: 5}
        - name: colour
          in: query
          schema: {$ref: '#/components/schemas/Colour', description: its own}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Tree'}
            example: {name: {$ref: only text}}
          multipart/form-data:
            schema: {type: object, properties: {size: {$ref: '#/components/schemas/Size'}}}
      responses: {'204': {description: planted}}
components:
  schemas:
    Tree:
      type: object
      properties:
        example: {$ref: '#/components/schemas/Size'}
        branches: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Size: {type: integer, minimum: 1, maximum: 9}
    Colour: {type: string, description: a colour}
    Planted: {type: string, const: 2026-11-23}
"""


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    """A contract of one operation and one recursive schema."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return loader.load(tmp_path / "small.yaml")


def test_recursive_schema_stays_a_reference(small: dict[str, Any]) -> None:
    """A tree of trees is loaded, and a property may be called `example`."""
    size, tree = {"$ref": "#/components/schemas/Size"}, {"$ref": "#/components/schemas/Tree"}
    properties = small["components"]["schemas"]["Tree"]["properties"]
    assert properties == {"example": size, "branches": {"type": "array", "items": tree}}


def test_text_in_examples_is_no_reference(small: dict[str, Any]) -> None:
    """An example is data, whatever it looks like, and a date stays the text it is."""
    media = small["paths"]["/trees"]["post"]["requestBody"]["content"]["application/json"]
    assert media["example"] == {"name": {"$ref": "only text"}}
    assert small["components"]["schemas"]["Planted"]["const"] == "2026-11-23"


def test_keys_beside_a_written_out_reference(small: dict[str, Any]) -> None:
    """An annotation replaces the target's, a constraint is added to it."""
    size, colour = (p["schema"] for p in small["paths"]["/trees"]["post"]["parameters"])
    assert colour == {"type": "string", "description": "its own"}
    assert size == {"maximum": 5, "allOf": [{"type": "integer", "minimum": 1, "maximum": 9}]}


def test_form_is_written_out(small: dict[str, Any]) -> None:
    """The schema in a form holds no reference."""
    content = small["paths"]["/trees"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]
    assert form["properties"]["size"] == {"type": "integer", "minimum": 1, "maximum": 9}


# --- what a start remembers ---

START = """
import sys
from pathlib import Path
from bai_wx.contract import kept, loader
def seen():
    return {file: file.stat().st_mtime_ns for file in Path(sys.argv[2]).rglob("*")}
before = seen()
loader.load(Path(sys.argv[1]), cache=Path(sys.argv[2]))
assert "openapi_spec_validator" not in sys.modules  # it takes memory, and a child has it
print(before != seen())
"""


def start(root: Path, cache: Path) -> str:
    """Load a contract in a new process; says whether it was validated, and that remembered."""
    command = [sys.executable, "-c", START, str(root), str(cache)]
    repository = CONTRACT_ROOT.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=repository, check=True)
    return done.stdout.strip()


def test_second_start_skips_validation(spec: Path, tmp_path: Path) -> None:
    """An unchanged contract is validated once, a changed one again."""
    root = spec / "openapi-wx.yaml"
    (home := tmp_path / "home").mkdir()
    assert [start(root, home), start(root, home)] == ["True", "False"]
    root.write_text(root.read_text().replace("生产环境", "正式环境"))
    assert start(root, home) == "True"


def test_broken_contract_is_not_remembered(spec: Path, tmp_path: Path) -> None:
    """It is refused at every start, not only at the first."""
    root = spec / "openapi-wx.yaml"
    root.write_text(root.read_text().replace("openapi: 3.1.0", "openapi: 3.0.3"))
    for _ in range(2):
        with pytest.raises(ContractError):
            loader.load(root, cache=tmp_path / "home")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[:-1], id="cut"),
        pytest.param(lambda text: text.replace(b"3.1.0", b"3.1.1"), id="another bundle"),
        pytest.param(lambda text: b"0" * 64 + text[64:], id="another hash"),
        pytest.param(lambda text: b"", id="empty"),
        pytest.param(lambda text: text[:64], id="that of a release before"),
    ],
)
def test_what_is_kept_is_believed_whole_or_not_at_all(
    spec: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    """Whatever has become of the file, the contract is what the YAML says."""
    root, file = spec / "openapi-wx.yaml", tmp_path / kept.NAME
    bundle = loader.load(root, cache=tmp_path)
    good = file.read_bytes()
    assert kept.kept(tmp_path, root) == bundle
    file.write_bytes(spoil(good))
    assert kept.kept(tmp_path, root) is None
    assert loader.load(root, cache=tmp_path) == bundle
    assert file.read_bytes() == good
    assert [path.name for path in tmp_path.glob(f"*{kept.NAME}*")] == [kept.NAME]


def test_each_file_of_the_contract_counts(spec: Path, tmp_path: Path) -> None:
    """A change of any is seen; so is a file that has gone."""
    root = spec / "openapi-wx.yaml"
    loader.load(root, cache=tmp_path)
    for path in [root, *sorted((spec / "openapi-wx").glob("*.yaml"))]:
        text = path.read_bytes()
        path.write_bytes(text + b"# changed\n")
        assert kept.kept(tmp_path, root) is None, path
        path.write_bytes(text)
        assert kept.kept(tmp_path, root) is not None
    path.unlink()
    assert kept.kept(tmp_path, root) is None


def test_unwritable_cache_does_not_stop_the_start(tmp_path: Path) -> None:
    """The cache saves time and may fail."""
    (tmp_path / "file").write_text("not a directory")
    assert loader.load(cache=tmp_path / "file" / "home") == BUNDLE
