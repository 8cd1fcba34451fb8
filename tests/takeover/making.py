"""Makes the `pb_data` of a shop that ran on PocketBase: by its real binary, with users who logged in.

Collections, rows and files go through its API, tokens come from it. Only users' rows (a password each
costs a fifth of a second), moments of the past and mangled rows are written by SQL.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.api.pictures import MP4, PDF, picture
from tests.pocketbase_versions import PocketBase
from tests.takeover import mangled, tables
from tests.takeover.mangled import Mangled
from tests.takeover.names import letters, openid, record_id
from tests.takeover.schema import definitions
from tests.takeover.shapes import SHAPES, STAFF, USERS
from tests.takeover.shop import SMALL, Row, Shop, Size

HOOKS: Final = Path(__file__).parent / "pb_hooks"
PASSWORD: Final = "a user's password"
WITH_PASSWORDS: Final = 1
"""So many users are made by the API and log in with a password: 0.22 takes half a second for each."""

IMPERSONATED: Final = 3
DAY_S: Final = 86_400
KINDS: Final = (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif"))
ALTERED: Final = "a file that was altered"
"""Its bytes are not those whose MD5 PocketBase noted."""

ORPHAN: Final = "orphan_0123456789.png"


@dataclass(frozen=True)
class Token:
    """A token that PocketBase gave out, and how."""

    how: str
    openid: str
    text: str


@dataclass
class Made:
    """A stopped PocketBase's data, and what there is to find in it."""

    version: str
    shop: Shop
    pb_data: Path
    tokens: list[Token] = field(default_factory=list)
    """Of users who may still come in."""

    barred: list[Token] = field(default_factory=list)
    """Of users who may not, and of others than users."""

    files: dict[str, str] = field(default_factory=dict)
    """By the attachment's record id: the MD5 of its file."""

    mangled: list[tuple[Mangled, Row]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows each collection has, mangled ones too."""

    @property
    def folder(self) -> Path:
        """Where `pb_data` and the hooks lie."""
        return self.pb_data.parent


def make(version: str, folder: Path, size: Size = SMALL) -> Made:
    """Make the data of a version in a folder. PocketBase is stopped afterwards."""
    pocketbase = PocketBase(version, folder)
    made = Made(version, Shop(SHAPES[version], size), pocketbase.pb_data)
    hooks = "0.22" if pocketbase.is_old else "0.23"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HOOKS / hooks, pocketbase.hooks)
    pocketbase.add_superuser()
    with pocketbase.running():
        _Maker(pocketbase, made).fill()
    with closing(sqlite3.connect(pocketbase.database)) as connection, connection:
        _age(connection, made)
        _mangle(connection, made)
        made.rows = dict(_counts(connection, made))
    _spoil_files(made)
    return made


class _Maker:
    """Fills a running PocketBase."""

    def __init__(self, pocketbase: PocketBase, made: Made) -> None:
        self._pb, self._made, self._shop = pocketbase, made, made.shop
        self._token = pocketbase.superuser_token()

    def fill(self) -> None:
        """Make everything that goes through the API, and log everybody in."""
        found = definitions(self._shop.shape.collections(), is_old=self._pb.is_old)
        body = {"collections": found, "deleteMissing": False}
        self._pb.ask("PUT", "/api/collections/import", body, self._token)
        self._pb.allow_batches(self._token)
        rows = self._shop.rows()
        self._files()
        for collection, some in rows.items():
            self._pb.create(collection, some, self._token)
        self._users()
        self._log_in()

    def _files(self) -> None:
        for number in range(self._shop.size.files):
            name, data = file_of(number)
            md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
            row = self._shop.attachment(number) | {
                "attachments_filename": name,
                "attachments_filetype": TYPES[name.rpartition(".")[2]],
                "attachments_size": len(data),
                "attachments_md5": md5.upper() if number % 2 else md5,
            }
            texts = {key: str(value) for key, value in row.items()}
            form = {"attachments_link": (name, data)}
            path = "/api/collections/tbl_attachments/records"
            record = self._pb.upload(path, texts, form, self._token)
            self._made.files[record["id"]] = md5
            if number < len(KINDS):  # a thumbnail, which PocketBase stores beside the file
                stored = f"/api/files/tbl_attachments/{record['id']}/{record['attachments_link']}"
                self._pb.send("GET", f"{stored}?thumb=100x100")

    def _users(self) -> None:
        """The first by the API; the others after the first one's row, so that no password is hashed again."""
        rows = [self._shop.user(n) for n in range(self._shop.size.users)]
        secret = {"password": PASSWORD, "passwordConfirm": PASSWORD}
        by_api = [each | _account(each) | secret for each in rows[:WITH_PASSWORDS]]
        self._pb.create(USERS, by_api, self._token)
        person = {"id": record_id("staff", 0), "email": "staff@example.com", "staff_name": "员工"}
        self._pb.create(STAFF.name, [person | secret], self._token)
        with closing(sqlite3.connect(self._pb.database, timeout=10)) as connection, connection:
            copies = rows[WITH_PASSWORDS:]
            tables.insert(connection, USERS, _like_the_first(connection, copies))

    def _log_in(self) -> None:
        """Everybody by the shop's own login; some by PocketBase's ways too."""
        for number in range(self._shop.size.users):
            user = self._shop.user(number)
            is_barred = user["is_delete"] or user["users_status"] != "active"
            kept = self._made.barred if is_barred else self._made.tokens
            answer = self._pb.ask("POST", "/pb/api/wechat/login", {"users_wx_code": openid(number)})
            kept.append(Token("login", openid(number), answer["token"]))
        self._log_in_with_passwords()
        if not self._pb.is_old:
            self._impersonate()
        self._made.barred.append(Token("superuser", "", self._token))
        staff = self._with_password(STAFF.name, "staff@example.com")
        self._made.barred.append(Token("staff", "", staff["token"]))

    def _log_in_with_passwords(self) -> None:
        for number in range(WITH_PASSWORDS):
            email = _account(self._shop.user(number))["email"]
            token = self._with_password(USERS, email)["token"]
            path = f"/api/collections/{USERS}/auth-refresh"
            refreshed = self._pb.ask("POST", path, {}, token)["token"]
            for how, text in (("password", token), ("refresh", refreshed)):
                self._made.tokens.append(Token(how, openid(number), text))

    def _with_password(self, collection: str, email: str) -> Any:
        body = {"identity": email, "password": PASSWORD}
        return self._pb.ask("POST", f"/api/collections/{collection}/auth-with-password", body)

    def _impersonate(self) -> None:
        for number in range(IMPERSONATED):
            path = f"/api/collections/{USERS}/impersonate/{record_id('user', number)}"
            answer = self._pb.ask("POST", path, {"duration": 30 * DAY_S}, self._token)
            self._made.tokens.append(Token("impersonate", openid(number), answer["token"]))


TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
}


def file_of(number: int) -> tuple[str, bytes]:
    """The file of an attachment: its name and its bytes, no two alike."""
    match number % 6:
        case 4:
            return f"手册 {number}.pdf", PDF + b"%% %d\n" % number
        case 5:
            return f"video {number}.mp4", MP4 + number.to_bytes(4)
        case place:
            kind, suffix = KINDS[place]
            return f"图 {number}.{suffix}", picture(kind, 20 + number, 30)


def _account(user: Mapping[str, Any]) -> Row:
    """What PocketBase wants of everybody who logs in."""
    return {
        "email": f"{user['id']}@wx.example.com",
        "username": f"wx{user['id']}",
        "tokenKey": letters(f"token key {user['id']}", 50),
    }


def _like_the_first(connection: sqlite3.Connection, rows: list[Row]) -> Iterator[Row]:
    """Whole rows of users: the columns of PocketBase's own as the first user has them."""
    names = tables.columns(connection, USERS)
    first = connection.execute(f"SELECT * FROM {USERS} ORDER BY rowid LIMIT 1").fetchone()
    own = dict(zip(names, first, strict=True))
    for row in rows:
        yield {**own, **_account(row), **row}


def _age(connection: sqlite3.Connection, made: Made) -> None:
    """Let the rows have been created over a year."""
    for collection in made.shop.shape.collections():
        if collection.kind != "view":
            tables.spread_moments(connection, collection.name)


def _mangle(connection: sqlite3.Connection, made: Made) -> None:
    """Write a mangled row of every kind."""
    made.mangled = list(mangled.rows(made.shop))
    moments = {"created": "2025-06-01 08:00:00.000Z", "updated": "2025-06-01 08:30:00.000Z"}
    for kind, row in made.mangled:
        whole = moments | row
        if kind.collection == USERS:
            [whole] = _like_the_first(connection, [whole])
        tables.insert(connection, kind.collection, [whole])


def _counts(connection: sqlite3.Connection, made: Made) -> Iterator[tuple[str, int]]:
    for collection in made.shop.shape.collections():
        [count] = connection.execute(f"SELECT COUNT(*) FROM {collection.name}").fetchone()
        yield collection.name, count


def _spoil_files(made: Made) -> None:
    """Alter the bytes of the last attachment's file, and leave a file that belongs to no row."""
    altered = list(made.files)[-1]
    [path] = (path for path in stored(made, altered) if path.suffix != ".attrs")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    del made.files[altered]
    row = {"id": altered}
    kind = Mangled(ALTERED, "tbl_attachments", {}, mangled.TOLD, "attachments_link")
    made.mangled.append((kind, row))
    orphan = path.parent.parent / record_id("orphan", 0) / ORPHAN
    orphan.parent.mkdir()
    orphan.write_bytes(b"nobody's")


def stored(made: Made, attachment: str) -> list[Path]:
    """What lies in the folder of an attachment's file, but for thumbnails."""
    folders = made.pb_data.glob(f"storage/*/{attachment}")
    return [path for folder in folders for path in folder.iterdir() if path.is_file()]
