"""Documents and products as the owner's clients know them: texts joined by bars, states in Chinese.

A document's relations get names in the plural, and their old names hold the joined business ids. A state
that is not set was not shown so far; it becomes a draft, which is not shown either.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from peewee import PostgresqlDatabase

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
WORDS = (
    (DOCUMENTS, "document_keywords"),
    (DOCUMENTS, "document_product_categories"),
    (DOCUMENTS, "document_application_scenarios"),
    (PRODUCTS, "prod_list_tags"),
)
STATES = {"draft": "草稿", "": "草稿", "published": "有效"}
STATES_BEFORE = {"草稿": "draft", "有效": "published"}

# By their names, as Peewee makes and shortens them.
INDEXES = {
    "tbl_document_is_delete_seq_document_status_document_effe_136b2ff": (
        '"is_delete", "seq", "document_status", "document_effect_date", "document_expiry_date"'
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

Converted = Callable[[Any, Sequence[str]], Iterable[str]]
"""Makes the texts of a column of others."""


def up(migrator: Any, db: Any) -> None:
    """Rename, add, convert every row, and index anew."""
    _drop_indexes(db, INDEXES_BEFORE)
    for old, new in RENAMED:
        db.execute_sql(f'ALTER TABLE {DOCUMENTS} RENAME COLUMN "{old}" TO "{new}"')
    for table, column, default in ADDED:
        db.execute_sql(
            f"ALTER TABLE {table} ADD COLUMN \"{column}\" {_text(db)} NOT NULL DEFAULT '{default}'"
        )
    db.execute_sql(f"UPDATE {DOCUMENTS} SET document_create = created")
    _name_states(db, STATES)
    for text, relation in JOINED.items():
        _convert(db, DOCUMENTS, relation, text, _business_ids)
    _replace_words(db, ("null", "[]"), "")
    _convert_words(db, _joined)
    _create_indexes(db, INDEXES)


def down(migrator: Any, db: Any) -> None:
    """The way back. Texts are split at their bars, and other JSON is as it was before.

    A bar inside a word parts it. What the new columns hold is lost.
    """
    _drop_indexes(db, INDEXES)
    _convert_words(db, _split)
    _replace_words(db, ("",), "null")
    _name_states(db, STATES_BEFORE)
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


def _name_states(db: Any, names: Mapping[str, str]) -> None:
    for old, new in names.items():
        sql = f"UPDATE {DOCUMENTS} SET document_status = {db.param} WHERE document_status = {db.param}"
        db.execute_sql(sql, (new, old))


def _replace_words(db: Any, old: Iterable[str], new: str) -> None:
    for table, column in WORDS:
        for text in old:
            sql = f"UPDATE {table} SET {column} = {db.param} WHERE {column} = {db.param}"
            db.execute_sql(sql, (new, text))


def _convert_words(db: Any, converted: Callable[[str], str]) -> None:
    for table, column in WORDS:
        _convert(db, table, column, column, lambda _, texts: map(converted, texts))


def _convert(db: Any, table: str, read: str, written: str, converted: Converted) -> None:
    """Write what is made of a column's texts, and read no more rows at once than memory has room for."""
    update = f"UPDATE {table} SET {written} = {db.param} WHERE seq = {db.param}"
    for rows in _chunks(db, table, read):
        made = converted(db, [text for _, text in rows])
        for (seq, _), new in zip(rows, made, strict=True):
            db.execute_sql(update, (new, seq))


def _chunks(db: Any, table: str, column: str) -> Iterator[list[tuple[int, str]]]:
    """The rows that hold something in the column."""
    sql = (
        f"SELECT seq, {column} FROM {table} WHERE seq > {db.param} AND {column} NOT IN ('', '[]')"
        f" ORDER BY seq LIMIT {CHUNK}"
    )
    last = -1
    while rows := db.execute_sql(sql, (last,)).fetchall():
        yield rows
        last = rows[-1][0]


def _business_ids(db: Any, relations: Sequence[str]) -> Iterator[str]:
    """The business ids of each relation's rows, in its order; rows that are gone are left out."""
    listed = [json.loads(relation) for relation in relations]
    wanted = sorted({record_id for record_ids in listed for record_id in record_ids})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        marks = ", ".join([db.param] * len(some))
        sql = f"SELECT id, attachments_id FROM {ATTACHMENTS} WHERE id IN ({marks})"
        found.update(db.execute_sql(sql, tuple(some)).fetchall())
    return ("|".join(found[each] for each in ids if each in found) for ids in listed)


def _joined(text: str) -> str:
    """The text for a JSON list of texts. Other JSON, which the contract had no place for, stays as it is."""
    value = json.loads(text)
    if isinstance(value, str):
        return value
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return "|".join(value) if is_list else text


def _split(text: str) -> str:
    """The JSON list for a text of words; JSON that stayed as it was stays so again."""
    if _is_other_json(text):
        return text
    return json.dumps(text.split("|"), ensure_ascii=False, separators=(",", ":"))


def _is_other_json(text: str) -> bool:
    if not text.startswith(("[", "{")):
        return False  # a word, even one like `5` or `true`
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
