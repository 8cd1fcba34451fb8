"""CONTRIBUTING.md is followed as it is written, in copies of the checkout: its blocks are the script.

A block that begins "```yaml FILE" is a new file, "```yaml FILE KEY:" belongs under that line of it, and
"```bash NAME" is what is typed.
"""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import node
from tests.console.visitor import Visitor
from tests.databases import without_sql
from tests.followed import copy_of, typed
from tests.missing import missing
from tests.running import Client, Server
from tests.tree import ROOT

pytestmark = without_sql

CLIENT = "clients/miniprogram"
NEEDS_NODE = "client"
"""What is typed in the client's folder needs Node: it has a test of its own."""

COUPONS = "/collections/tbl_coupon/records"
DICTIONARIES = "/collections/tbl_system_dict/records"
BLOCK = re.compile(r"^```(\w+) ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A block of the page: its language, what it is, and its text."""

    language: str
    what: str
    text: str


def chapter(title: str) -> list[Block]:
    """The blocks of a chapter that are part of the script."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    _, _, rest = page.partition(f"\n## {title}\n")
    return [Block(*found) for found in BLOCK.findall(rest.partition("\n## ")[0])]


def follow(copy: Path, title: str) -> str:
    """Do what a chapter says, but for what needs Node. Returns: what its commands said."""
    said = ""
    for block in chapter(title):
        if block.what == NEEDS_NODE:
            continue
        if block.language == "bash":
            said += typed(copy, block.text)
        else:
            write(copy, block)
    return said


def write(copy: Path, block: Block) -> None:
    """Write a file, or a part of one below the line that the block names."""
    name, _, key = block.what.partition(" ")
    path = copy / name
    if not key:
        path.write_text(block.text, "utf-8")
        return
    before, line, after = re.split(
        rf"^( *{key}\n)", path.read_text("utf-8"), maxsplit=1, flags=re.M
    )
    path.write_text(before + line + block.text + after, "utf-8")


def test_the_tour_shows_what_it_says(tmp_path: Path) -> None:
    """The contract and the model disagree, the change is compatible, and all is well again afterwards."""
    said = follow(copy_of(tmp_path), "The first ten minutes")
    assert "500 in the contract (spec/openapi-wx/products.yaml:" in said
    assert "1000 in the model (models/products.py:" in said
    assert "refused, with both places" in said
    assert "0 breaking, 2 compatible changes in 2 operations" in said
    assert "every operation has its function" in said
    assert "4 passed" in said


@pytest.fixture(scope="module")
def coupons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the collection that the page adds."""
    copy = copy_of(tmp_path_factory.mktemp("coupons"))
    said = follow(copy, "To add a collection")
    assert "models/coupon.py" in said
    assert "5 passed" in said
    return copy


@pytest.fixture(scope="module")
def served(coupons: Path) -> Iterator[Server]:
    """The server of that checkout."""
    with contextlib.chdir(coupons), Server(coupons.parent / "home") as server:
        yield server


@pytest.fixture(scope="module")
def alice(served: Server) -> Client:
    """A user."""
    return Client(served.url).login("coupon-alice")


@pytest.fixture(scope="module")
def bob(served: Server) -> Client:
    """Another one."""
    return Client(served.url).login("coupon-bob")


def made(client: Client, code: str, **fields: Any) -> dict[str, Any]:
    """A coupon of the client's own."""
    body = {"coupon_owner": client.openid, "coupon_code": code, **fields}
    answer = client.request("POST", COUPONS, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def found(client: Client, **query: Any) -> list[dict[str, Any]]:
    """The records of a client's list."""
    answer = client.get(COUPONS, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_coupon_is_its_owners(alice: Client, bob: Client, served: Server) -> None:
    """Others do not see it, count it, change it or make one in its owner's name."""
    own = made(alice, "OWN")
    path = f"{COUPONS}/{own['id']}"
    assert own["coupon_id"].startswith("CP-")
    assert own["coupon_state"] == "unused"
    assert alice.get(path).json() == own
    for other in (bob, Client(served.url)):
        assert found(other, filter=f"id='{own['id']}'") == []
        assert other.get(path).status_code == 404
        assert other.request("PATCH", path, json={"coupon_state": "used"}).status_code == 404
        assert other.request("DELETE", path).status_code == 404
        forged = {"coupon_owner": alice.openid, "coupon_code": "FORGED"}
        assert other.request("POST", COUPONS, json=forged).status_code == 400


def test_coupons_are_filtered_sorted_and_expanded(alice: Client) -> None:
    """Amounts are yuan, a moment is a moment, a relation leads to its row."""
    [product] = alice.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    made(alice, "TEN", coupon_amount=10.5, coupon_product=product["id"])
    made(alice, "TWO", coupon_amount=2, coupon_expiry="2026-12-01 00:00:00.000Z")
    many = found(alice, filter="coupon_amount >= 2", sort="-coupon_amount")
    assert [each["coupon_code"] for each in many] == ["TEN", "TWO"]
    [dated] = found(alice, filter="coupon_expiry > '2026-11-01'")
    assert dated["coupon_code"] == "TWO"
    [ten] = found(alice, filter="coupon_product.prod_list_name != ''", expand="coupon_product")
    assert ten["expand"]["coupon_product"]["id"] == product["id"]


def test_what_a_coupon_may_not_be_is_refused(alice: Client) -> None:
    """Field by field; a code stands once among the owner's coupons that are not deleted."""
    first = made(alice, "ONCE")
    body = {
        "coupon_owner": alice.openid,
        "coupon_code": "ONCE",
        "coupon_product": "zzzzzzzzzzzzzzz",
    }
    told = alice.request("POST", COUPONS, json=body).json()["data"]
    assert told["coupon_product"]["code"] == "validation_missing_rel_records"
    del body["coupon_product"]
    told = alice.request("POST", COUPONS, json=body).json()["data"]
    assert told["coupon_code"]["code"] == "validation_not_unique"
    assert alice.request("DELETE", f"{COUPONS}/{first['id']}").status_code == 204
    assert made(alice, "ONCE")["id"] != first["id"]


def test_a_coupon_that_is_not_shown_is_gone(alice: Client, served: Server) -> None:
    """`x-visible` and the soft delete: the row stays in the database."""
    void, deleted = made(alice, "VOID"), made(alice, "GONE")
    served.change("tbl_coupon", void["id"], coupon_state="void")
    path = f"{COUPONS}/{deleted['id']}"
    assert alice.request("PATCH", path, json={"is_delete": 1}).status_code == 200
    for each in (void, deleted):
        assert alice.get(f"{COUPONS}/{each['id']}").status_code == 404
    assert served.row("tbl_coupon", deleted["id"])["is_delete"] == 1


def test_the_console_shows_the_collection(alice: Client, served: Server) -> None:
    """By itself: no page of it was written. Its titles are the contract's."""
    coupon = made(alice, "CONSOLE")
    arguments = ("operator", "create", "wang", "--role", "editor", "--make-password", "--json")
    operator = Visitor(served.url)
    operator.log_in("wang", json.loads(served.command(*arguments).stdout)["password"])
    listed = operator.get("/console/tbl_coupon/list?q=CONSOLE").text
    assert "CONSOLE" in listed
    assert "券码" in listed
    page = f"/console/tbl_coupon/edit?pk={coupon['id']}"
    [seen] = re.findall(r'name="_seen" value="([^"]+)"', operator.get(page).text)
    form = {"_seen": seen, "coupon_code": "CHANGED", "coupon_owner": alice.openid}
    form |= {"coupon_amount": "12.50", "coupon_state": "unused", "coupon_product": ""}
    assert operator.post(page, form).status_code == 303
    [changed] = found(alice, filter="coupon_code='CHANGED'")
    assert changed["coupon_amount"] == 12.5


def test_commands_know_the_collection(alice: Client, served: Server, tmp_path: Path) -> None:
    """Its migration fits its model; export, import and undelete take it without having been told."""
    coupon = made(alice, "MOVED", coupon_amount=9.9)
    served.command("migrate", "--check")
    counts = json.loads(served.command("export", str(tmp_path), "--json").stdout)["exported"]
    lines = (tmp_path / "tbl_coupon.jsonl").read_text("utf-8").splitlines()
    assert counts["tbl_coupon"] == len(lines) > 0
    assert coupon["id"] in {json.loads(line)["id"] for line in lines}
    served.take({"tbl_coupon": [{"coupon_owner": alice.openid, "coupon_code": "TAKEN"}]})
    assert [each["coupon_code"] for each in found(alice, filter="coupon_code='TAKEN'")] == ["TAKEN"]
    assert alice.request("DELETE", f"{COUPONS}/{coupon['id']}").status_code == 204
    served.command("undelete", "tbl_coupon", coupon["coupon_id"])
    assert alice.get(f"{COUPONS}/{coupon['id']}").status_code == 200


USE = """
import { createClient } from './dist';
const api = createClient({ baseUrl: 'https://shop.example.com', transport: wx });
export async function mine(coupon_owner: string): Promise<string[]> {
  const made = await api.coupon_create({ coupon_owner, coupon_code: 'NEW', coupon_amount: 9.9 });
  const state: 'unused' | 'used' | 'void' = made.coupon_state;
  await api.coupon_update(made.id, { coupon_state: 'used' });
  await api.coupon_delete(made.id);
  // @ts-expect-error: a coupon has a code
  await api.coupon_create({ coupon_owner });
  const { items } = await api.coupon_list({ filter: `coupon_state = '${state}'`, expand: 'coupon_product' });
  return items.map((each) => each.expand?.coupon_product?.prod_list_name ?? each.coupon_code);
}
"""


@pytest.mark.long
def test_the_client_has_the_coupons(coupons: Path, served: Server) -> None:
    """Types and calls are there without a hand: `tsc --strict` takes them, and a phone makes them."""
    if shutil.which("npm") is None:
        missing("no Node: tox -e clients brings it")
    folder = coupons / CLIENT
    made = node.build_client()
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(made / "node_modules")
    [block] = [each for each in chapter("To add a collection") if each.what == NEEDS_NODE]
    assert "bytes minified" in typed(coupons, block.text)
    (folder / "use.ts").write_text(USE, "utf-8")
    strict = ["--strict", "--noEmit", "--target", "ES2018", "--lib", "ES2018"]
    node.run(
        [
            "tsc",
            *strict,
            "--moduleResolution",
            "node10",
            "--types",
            "miniprogram-api-typings",
            "use.ts",
        ],
        folder,
    )
    built = {"SERVER_URL": served.url, "CLIENT": str(folder / "miniprogram_dist" / "index.js")}
    run = node.run_suite(node.TOOLS, "coupons", built)
    assert run.status == 0, run.output
    assert run.counts["pass"] == 1, run.output


def test_an_operation_is_added(coupons: Path, served: Server) -> None:
    """A hook gets a stub that answers an honest 501."""
    said = follow(coupons, "To add an operation")
    assert "handlers/coupon.py" in said
    assert "6 passed" in said
    assert "def coupon_use(" in (coupons / "handlers" / "coupon.py").read_text("utf-8")


# --- the dictionary is made anew ---

DICTIONARY = ("models/dict.py", "handlers/dict.py")
NUMBERED = (
    "models/migrations/*_system_dict.py",
    "tests/conformance/pb_migrations/*_system_dict.js",
)


@pytest.mark.long
def test_the_dictionary_is_made_anew(tmp_path: Path) -> None:
    """In a copy that it was taken out of, the command writes what the project has."""
    copy = copy_of(tmp_path)
    steps = [next(copy.glob(pattern)) for pattern in NUMBERED]
    before = [path.read_text("utf-8") for path in [*map(copy.joinpath, DICTIONARY), *steps]]
    for path in [*map(copy.joinpath, DICTIONARY), *steps]:
        path.unlink()
    page = copy / "docs" / "api.md"
    lines = page.read_text("utf-8").splitlines(keepends=True)
    page.write_text("".join(line for line in lines if "tbl_system_dict" not in line), "utf-8")
    typed(
        copy, "bai-wx scaffold && bai-wx scaffold --check && pytest -q tests/api/test_scaffolded.py"
    )
    steps = [next(copy.glob(pattern)) for pattern in NUMBERED]
    after = [path.read_text("utf-8") for path in [*map(copy.joinpath, DICTIONARY), *steps]]
    assert after == before
    assert "`dict_list` | optional |" in page.read_text("utf-8")
    # A key of its own: with that of the tests it would be given today's tables, of the steps that are gone.
    with contextlib.chdir(copy), Server(tmp_path / "home", BAI_WX_DATA_KEY="") as server:
        guest = Client(server.url)
        [level] = guest.get(DICTIONARIES, params={"filter": "dict_name='users_level'"}).json()[
            "items"
        ]
        assert guest.request("PATCH", f"{DICTIONARIES}/{level['id']}", json={}).status_code == 403
