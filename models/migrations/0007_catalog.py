"""Documents and products as the owner's clients know them: texts joined by bars, states in Chinese.

A document's relations get names in the plural, and their old names hold the joined business ids. A state
that is not set was not shown so far; it becomes a draft, which is not shown either.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from peewee import Column, PostgresqlDatabase, Table

DOCUMENTS, PRODUCTS, ATTACHMENTS = "tbl_document", "tbl_product_list", "tbl_attachments"

RENAMED = (
    ("document_effect", "document_effect_date"),
    ("document_expiry", "document_expiry_date"),
    ("document_image", "document_images"),
    ("document_video", "document_videos"),
    ("document_file", "document_files"),
)
ADDED = (
    (DOCUMENTS, "document_create", ""),
    (DOCUMENTS, "document_hotel_type", ""),
    (DOCUMENTS, "document_image", ""),
    (DOCUMENTS, "document_video", ""),
    (DOCUMENTS, "document_file", ""),
    (PRODUCTS, "prod_list_function", "null"),
    (PRODUCTS, "prod_list_barcode", ""),
)
JOINED = {
    "document_image": "document_images",
    "document_video": "document_videos",
    "document_file": "document_files",
}
WORDS = ("document_keywords", "document_product_categories", "document_application_scenarios")
TAGS = ("prod_list_tags",)
STATES = {"draft": "草稿", "": "草稿", "published": "有效"}
STATES_BEFORE = {"草稿": "draft", "有效": "published"}

# By their names, as Peewee makes and shortens them.
INDEXES = {
    "tbl_document_is_delete_seq_document_status_document_effect_date": (
        '"is_delete", "seq", "document_status", "document_effect_date"'
    ),
    "tbl_document_is_delete_newest": '"is_delete", "created" DESC, "seq"',
    "tbl_document_is_delete_document_create_newest": '"is_delete", "document_create" DESC, "seq"',
}
INDEXES_BEFORE = {
    "tbl_document_document_status_is_delete_seq_document_effe_4290827": (
        '"document_status", "is_delete", "seq", "document_effect", "document_expiry"'
    ),
    "tbl_document_document_status_is_delete_newest": (
        '"document_status", "is_delete", "created" DESC, "seq"'
    ),
}

CHUNK = 500  # rows read at once

Row = dict[str, Any]


def up(migrator: Any, db: Any) -> None:
    """Rename, add, convert every row, and index anew."""
    _drop_indexes(db, INDEXES_BEFORE)
    for old, new in RENAMED:
        db.execute_sql(f'ALTER TABLE {DOCUMENTS} RENAME COLUMN "{old}" TO "{new}"')
    for table, column, default in ADDED:
        db.execute_sql(
            f"ALTER TABLE {table} ADD COLUMN \"{column}\" {_text(db)} NOT NULL DEFAULT '{default}'"
        )
    _convert(db, DOCUMENTS, (*JOINED.values(), *WORDS, "document_status", "created"), _document)
    _convert(db, PRODUCTS, TAGS, _words_joined)
    _create_indexes(db, INDEXES)


def down(migrator: Any, db: Any) -> None:
    """The way back. Texts are split at their bars; what the new columns hold is lost."""
    _drop_indexes(db, INDEXES)
    _convert(db, PRODUCTS, TAGS, _words_split)
    _convert(db, DOCUMENTS, (*WORDS, "document_status"), _document_before)
    for table, column, _ in reversed(ADDED):
        db.execute_sql(f'ALTER TABLE {table} DROP COLUMN "{column}"')
    for old, new in RENAMED:
        db.execute_sql(f'ALTER TABLE {DOCUMENTS} RENAME COLUMN "{new}" TO "{old}"')
    _create_indexes(db, INDEXES_BEFORE)


def _text(db: Any) -> str:
    return 'TEXT COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "TEXT"


def _drop_indexes(db: Any, names: Iterable[str]) -> None:
    for name in names:
        db.execute_sql(f'DROP INDEX "{name}"')


def _create_indexes(db: Any, indexes: dict[str, str]) -> None:
    for name, columns in indexes.items():
        db.execute_sql(f'CREATE INDEX "{name}" ON "{DOCUMENTS}" ({columns})')


def _convert(
    db: Any, name: str, read: tuple[str, ...], converted: Callable[[Any, Row], Row]
) -> None:
    """Write what is made of each row's columns, and read no more rows at once than memory has room for."""
    table: Any = Table(name, ("seq", *read), _database=db)
    for row in _rows(table):
        changed = (each for each in converted(db, row).items() if each[1] != row.get(each[0]))
        changes = {Column(table, column): value for column, value in changed}
        if changes:
            table.update(changes).where(table.seq == row["seq"]).execute()


def _rows(table: Any) -> Iterator[Row]:
    last = -1
    while found := list(table.select().where(table.seq > last).order_by(table.seq).limit(CHUNK)):
        yield from found
        last = found[-1]["seq"]


def _document(db: Any, row: Row) -> Row:
    return {
        **_words_joined(db, {name: row[name] for name in WORDS}),
        **{text: _business_ids(db, row[relation]) for text, relation in JOINED.items()},
        "document_status": STATES.get(row["document_status"], row["document_status"]),
        "document_create": row["created"],
    }


def _document_before(db: Any, row: Row) -> Row:
    state = row["document_status"]
    words = _words_split(db, {name: row[name] for name in WORDS})
    return {**words, "document_status": STATES_BEFORE.get(state, state)}


def _business_ids(db: Any, relation: str) -> str:
    """The business ids of a relation's rows, in its order; rows that are gone are left out."""
    record_ids = json.loads(relation or "[]")
    if not record_ids:
        return ""
    attachments: Any = Table(ATTACHMENTS, ("id", "attachments_id"), _database=db)
    rows = attachments.select().where(attachments.id << record_ids)
    found = {row["id"]: row["attachments_id"] for row in rows}
    return "|".join(found[each] for each in record_ids if each in found)


def _words_joined(db: Any, row: Row) -> Row:
    return {name: _joined(text) for name, text in row.items() if name != "seq"}


def _words_split(db: Any, row: Row) -> Row:
    return {name: _split(text) for name, text in row.items() if name != "seq"}


def _joined(text: str) -> str:
    """The text for a JSON list of texts. Other JSON, which the contract had no place for, stays as it is."""
    value = json.loads(text or "null")
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return "|".join(value) if is_list else text


def _split(text: str) -> str:
    words = text.split("|") if text else None
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))
