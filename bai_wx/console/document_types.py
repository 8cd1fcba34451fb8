"""The types a document can be given: words of the dictionaries that documents use, as `dictionary@word`."""

from typing import Final

from bai_wx.console.dictionary_words import BAR, LISTS, rows_of
from models.dict import Dictionary
from models.documents import Document

AT: Final = "@"
MOST: Final = 1_000  # texts of documents that are looked at


def types() -> list[str]:
    """The types that documents have, then the other words in use of the same dictionaries."""
    texts = Document.select(Document.document_type).where(Document.undeleted(Document)).distinct()
    used = {
        each for row in texts.limit(MOST) for each in row.document_type.split(BAR) if AT in each
    }
    names = {each.partition(AT)[0] for each in used}
    found = Dictionary.select().where(
        Dictionary.dict_name << list(names), Dictionary.undeleted(Dictionary)
    )
    words = [
        f"{row.dict_name}{AT}{word['value']}"
        for row in found
        for word in rows_of({name: getattr(row, name) for name in LISTS})
        if word["is_used"]
    ]
    return list(dict.fromkeys([*words, *sorted(used)]))
