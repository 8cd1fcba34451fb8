"""Reading what real PocketBases have left: folders, backups, a killed one's, and what is none or hostile.

Covers: bai_wx/transfer/pocketbase/
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest

from bai_wx.transfer.pocketbase import running
from bai_wx.transfer.pocketbase.layout import NEW_HINT, OLD_HINT, PocketBaseRefused
from bai_wx.transfer.pocketbase.leftovers import LeftOut, left_out
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import AS_IT_IS, Broken, PbData
from tests import pocketbase_versions
from tests.pocketbase_versions import BEFORE_FIELDS, NEWEST, PocketBase, binary
from tests.takeover.making import Made
from tests.takeover.names import record_id
from tests.takeover.shapes import PRODUCTS, STAFF, USERS

KEY = "k" * 32
MadeBy = Callable[[str], Made]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def data(made: Made, scratch: Path) -> Iterator[PbData]:
    """The data of each version, opened."""
    with PbData.open(made.pb_data, scratch) as data:
        yield data


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder, with its size and the time it was written."""
    found = ((path, path.stat()) for path in folder.rglob("*"))
    return {str(path): (info.st_size, info.st_mtime_ns) for path, info in found}


def test_collections_are_those_of_the_shop(made: Made, data: PbData) -> None:
    """Each by its name, with its kind and fields, PocketBase's own and views told apart."""
    assert data.version_hint == (OLD_HINT if made.version == BEFORE_FIELDS else NEW_HINT)
    for wanted in made.shop.shape.collections():
        found = data.collections[wanted.name]
        assert (found.id, found.type, found.is_system) == (wanted.id, wanted.kind, False)
        for field in wanted.fields:
            read = found.field(field.name)
            assert read is not None
            assert (read.type, read.is_many) == (field.kind, field.many)
    assert data.unknown_tables == ()


def test_every_token_is_signed_as_read(made: Made, data: PbData) -> None:
    """By the user's token key and the secret of the collection of users."""
    users = {row["id"]: row for _, row in data.rows(USERS)}
    secret = data.collections[USERS].auth_secret
    assert secret
    for token in made.tokens:
        said = jwt.decode(token.text, options={"verify_signature": False})
        key = users[said["id"]]["tokenKey"] + secret
        claims = jwt.decode(token.text, key, algorithms=["HS256"])
        assert claims["collectionId"] == data.collections[USERS].id
    staff = next(token for token in made.barred if token.how == "staff")
    [(_, person)] = data.rows(STAFF.name)
    assert jwt.decode(
        staff.text,
        person["tokenKey"] + str(data.collections[STAFF.name].auth_secret),
        algorithms=["HS256"],
    )


def test_rows_come_in_their_order_with_their_values(made: Made, data: PbData) -> None:
    """Every row, as it was sent to PocketBase; a run that goes on leaves out the first."""
    for name, count in made.rows.items():
        if data.collections[name].type != "view":
            assert data.count(name) == count == sum(1 for _ in data.rows(name))
    rows = list(data.rows(PRODUCTS))
    for place, (number, row) in enumerate(rows[: made.shop.size.products]):
        wanted = made.shop.product(place)
        assert {name: row[name] for name in wanted} == wanted
        assert data.row(PRODUCTS, row["id"]) == row
        assert number > (rows[place - 1][0] if place else 0)
    assert list(data.rows(PRODUCTS, after=rows[9][0])) == rows[10:]
    assert list(data.rows(PRODUCTS, only=["id"])) == [(n, {"id": row["id"]}) for n, row in rows]


def test_what_does_not_fit_is_given_as_it_is(made: Made, data: PbData) -> None:
    """The translation refuses it: the reader bends nothing."""
    row = {kind.name: values["id"] for kind, values in made.mangled}
    products = {row["id"]: row for _, row in data.rows(PRODUCTS)}
    assert products[row["a price that is a word"]]["prod_list_basic_price"] == "面议"
    broken = products[row["JSON that is broken"]]["prod_list_function"]
    assert isinstance(broken, Broken)
    odd = products[row["a text that is no UTF-8"]]["prod_list_remark"]
    assert odd.encode(errors="surrogateescape") == b"\xff\xfe\x80"


def test_files_come_with_their_md5(made: Made, data: PbData) -> None:
    """What a row names and its storage has; nothing outside, and nothing that is not there."""
    rows = {row["id"]: row for _, row in data.rows("tbl_attachments")}
    for record, md5 in made.files.items():
        found = data.file("tbl_attachments", record, rows[record]["attachments_link"])
        assert found is not None
        assert found.md5 == md5
        assert found.original_name == rows[record]["attachments_filename"]
    first = next(iter(made.files))
    for name in ("gone_0123456789.png", "../../../data.db", "..", "", "/etc/passwd"):
        assert data.file("tbl_attachments", first, name) is None
    assert not data.keeps_files_on_s3


def test_what_is_left_behind_is_told(made: Made, data: PbData) -> None:
    """Collections, fields, views, who manages it, and hooks, each by name and count."""
    size = made.shop.size
    told = {(each.kind, each.name): each.count for each in left_out(data, SourceMapping.of(data))}
    assert told["collection", "tbl_roles"] == size.foreign
    assert told["collection", STAFF.name] == 1
    assert told["view", "view_goods"] == 1
    assert told["field", "tbl_document.document_embedding"] >= size.documents
    assert told["field", "tbl_company.company_website"] >= size.companies
    assert told["hooks", "pb_hooks"] == 1
    assert sum(count for (kind, _), count in told.items() if kind == "superusers") == 1
    assert not {name for kind, name in told if kind == "field"} & {f"{USERS}.password"}


def test_nothing_is_written_into_the_source(made: Made, scratch: Path) -> None:
    """Neither a WAL nor a lock, and no time changes."""
    before = listing(made.folder)
    with PbData.open(made.pb_data, scratch) as data:
        assert sum(1 for _ in data.rows(PRODUCTS))
    assert listing(made.folder) == before


@pytest.fixture
def copy(made_by: MadeBy, tmp_path: Path) -> PocketBase:
    """The newest version in a folder of the test's own, stopped."""
    pocketbase = PocketBase(NEWEST, tmp_path / "copy")
    shutil.copytree(made_by(NEWEST).pb_data, pocketbase.pb_data)
    return pocketbase


def test_a_running_pocketbase_is_refused_by_name(copy: PocketBase, scratch: Path) -> None:
    """With its databases open, and by its command line when it has closed them."""
    with copy.running():
        with pytest.raises(PocketBaseRefused, match=r"a PocketBase runs on .*pb_data \(process \d"):
            PbData.open(copy.pb_data, scratch)
        other = copy.folder / "other"
        other.mkdir()
        shutil.copy(copy.database, other)
        PbData.open(other, scratch).close()
    PbData.open(copy.pb_data, scratch).close()


def test_one_that_nobody_asks_is_known_by_its_command(
    copy: PocketBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After minutes it closes its databases, and has no lock on them any more."""
    monkeypatch.setattr(running, "DATABASES", ())
    assert running.process_on(copy.pb_data) is None
    with copy.running():
        assert running.process_on(copy.pb_data)
        assert running.process_on(copy.folder) is None


def test_a_killed_ones_wal_is_read_from_a_copy(copy: PocketBase, scratch: Path) -> None:
    """What it wrote last stands in the WAL alone, which stays as it is."""
    copy.start()
    token = copy.superuser_token()
    row = {"id": record_id("role", 99), "role_id": "R-99"}
    copy.create("tbl_roles", [row], token)
    process = running.process_on(copy.pb_data)
    assert process
    os.kill(process, signal.SIGKILL)
    copy.stop()
    before = listing(copy.pb_data)
    assert before[f"{copy.database}-wal"][0]
    with PbData.open(copy.pb_data, scratch) as data:
        found = data.row("tbl_roles", row["id"])
        assert found is not None
        assert found["role_id"] == "R-99"
    assert listing(copy.pb_data) == before


def test_a_backup_has_what_the_folder_has(
    made_by: MadeBy, copy: PocketBase, tmp_path: Path
) -> None:
    """One that PocketBase made, and one of the folder, packed by hand."""
    made = made_by(NEWEST)
    with copy.running():
        copy.ask("POST", "/api/backups", {"name": "evening.zip"}, copy.superuser_token())
    backups = [copy.pb_data / "backups" / "evening.zip"]
    backups.append(Path(shutil.make_archive(str(tmp_path / "hand"), "zip", copy.folder, "pb_data")))
    for place, backup in enumerate(backups):
        scratch = tmp_path / f"scratch{place}"
        scratch.mkdir()
        with PbData.open(backup, scratch) as data:
            assert data.count(PRODUCTS) == made.rows[PRODUCTS]
            rows = [row for _, row in data.rows("tbl_attachments") if row["attachments_md5"]]
            found = data.file("tbl_attachments", rows[0]["id"], rows[0]["attachments_link"])
            assert found is not None
            assert found.md5 == rows[0]["attachments_md5"].lower()
            assert found.path.is_relative_to(scratch)


@pytest.mark.parametrize("version", [NEWEST, "0.23.12"])
def test_an_old_folder_is_migrated_on_a_copy(
    version: str, made_by: MadeBy, scratch: Path, tmp_path: Path
) -> None:
    """By a newer binary: the same secret, the same rows. Where it cannot, the folder is read as it is."""
    made = made_by(BEFORE_FIELDS)
    before = listing(made.folder)
    other = tmp_path / "plain"
    other.mkdir()
    with (
        PbData.open(made.pb_data, other) as plain,
        PbData.open(made.pb_data, scratch, binary=binary(version)) as data,
    ):
        assert plain.how_read == AS_IT_IS
        assert data.version_hint == OLD_HINT
        assert data.how_read.endswith("migrated")
        assert data.collections[USERS].auth_secret == plain.collections[USERS].auth_secret
        assert data.collections[USERS].id == plain.collections[USERS].id
        for name in (PRODUCTS, "tbl_cart"):
            assert list(data.rows(name)) == list(plain.rows(name))
    assert listing(made.folder) == before


def test_a_binary_that_fails_is_told(made_by: MadeBy, scratch: Path) -> None:
    """The folder is read as it is."""
    with PbData.open(made_by(BEFORE_FIELDS).pb_data, scratch, binary=Path("/bin/false")) as data:
        assert data.how_read.startswith(f"{AS_IT_IS}, as /bin/false did not migrate a copy")
        assert data.count(PRODUCTS)


class Encrypting(PocketBase):
    """A PocketBase that encrypts its settings."""

    def _line(self, *arguments: str) -> list[str]:
        return [*super()._line(*arguments), "--encryptionEnv", "PB_ENCRYPTION_KEY"]


@pytest.mark.parametrize("version", [NEWEST, BEFORE_FIELDS])
def test_encrypted_settings_open_with_their_key(
    version: str, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0.22 keeps the secret of tokens in them; newer ones have it in the collection, plain."""
    monkeypatch.setattr(pocketbase_versions, "ENVIRONMENT", {"PB_ENCRYPTION_KEY": KEY})
    pocketbase = Encrypting(version, tmp_path)
    folder = pocketbase.pb_data
    pocketbase.add_superuser()
    with pocketbase.running():
        smtp = {"enabled": True, "host": "smtp.example.com", "port": 587}
        pocketbase.ask("PATCH", "/api/settings", {"smtp": smtp}, pocketbase.superuser_token())
    with PbData.open(folder, scratch) as data:
        assert data.settings is None
        assert LeftOut("settings", "encrypted", 1) in left_out(data, SourceMapping.of(data))
        shut = data.collections["users"].auth_secret
    with PbData.open(folder, scratch, encryption_key=KEY) as data:
        assert LeftOut("settings", "smtp", 1) in left_out(data, SourceMapping.of(data))
        assert data.collections["users"].auth_secret
        assert shut in (None, data.collections["users"].auth_secret)
        assert (shut is None) == (version == BEFORE_FIELDS)
    with pytest.raises(PocketBaseRefused, match="by another key"):
        PbData.open(folder, scratch, encryption_key="other" * 6 + "xx")
    with pytest.raises(PocketBaseRefused, match="has 32 characters"):
        PbData.open(folder, scratch, encryption_key="short")


def test_how_long_tokens_hold_is_read(data: PbData) -> None:
    """PocketBase 0.22 says it for all collections together, in settings that may be encrypted."""
    said = data.collections[USERS].auth_lifetime_s
    assert (said == 0) if data.version_hint == OLD_HINT else (said > 24 * 3600)
