"""Requests that upload files, and that fetch them."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from tests.replay import pictures
from tests.replay.asking import asked, authorization, multipart, query
from tests.replay.known import File, Known
from tests.replay.wire import Headers, Request

ATTACHMENTS: Final = "/pb/api/collections/tbl_attachments/records"
RANGES: Final = (
    *("bytes=0-", "bytes=0-99", "bytes=5-5", "bytes=-10", "bytes=100-50", "bytes=999999999-"),
    *("bytes=0-1,4-5", "bytes=-0", "lines=1-2", "bytes=a-b", "bytes = 0-9", "bytes=0-999999999"),
)
THUMBS: Final = ("100x100", "200x200", "400x400", "750x0", "100x100t", "0x0", "99x99", "x", "")
MOST_BYTES: Final = 10 * 1024 * 1024
OLD, LATE = "Mon, 01 Jan 2024 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"


def upload(draw: Random, known: Known) -> Request:
    """A file that is kept."""
    return _upload(draw, known, "upload", draw.choice(pictures.kept()))


def refused_upload(draw: Random, known: Known) -> Request:
    """A file that is not: its kind, a picture that is damaged, or no file at all."""
    if draw.random() < 0.8:
        return _upload(draw, known, "refused upload", draw.choice(pictures.refused()))
    headers = authorization(draw, known, "alice")
    fields: list[tuple[str, Any]] = draw.choice(
        (
            [("attachments_remark", "no file")],
            [("attachments_link", "a text, no file")],
            [("attachments_link", (f"{n}.pdf", pictures.PDF, "application/pdf")) for n in "ab"],
            [("nope", ("a.pdf", pictures.PDF, "application/pdf"))],
        )
    )
    kind, body = multipart(fields)
    body = body if draw.random() < 0.7 else body[:-20]
    return Request("refused upload", "POST", ATTACHMENTS, (*headers, *kind), body)


def _upload(draw: Random, known: Known, family: str, file: tuple[str, bytes, str]) -> Request:
    fields: list[tuple[str, Any]] = [("attachments_link", file)]
    if draw.random() < 0.5:
        remark = draw.choice(("头像", "x" * 1000, "x" * 1001, "a\nb", ""))
        fields.insert(draw.randrange(2), ("attachments_remark", remark))
    if draw.random() < 0.2:
        fields.append(("attachments_status", "invalid"))
    kind, body = multipart(fields)
    headers = authorization(draw, known, known.anybody(draw))
    if draw.random() < 0.1:
        headers = (*headers, ("Idempotency-Key", f"file {draw.randrange(10**6)}"))
    target = ATTACHMENTS + draw.choice(("", "", "", "?fields=*", "?expand=x"))
    is_chunked = draw.random() < 0.1
    return Request(family, "POST", target, (*headers, *kind), body, is_chunked=is_chunked)


def too_large(draw: Random, known: Known) -> Request:
    """A file about as large as files may be, on a connection of its own."""
    sizes = (12_000_000, MOST_BYTES - len(pictures.PDF), MOST_BYTES)
    size = sizes[known.sent % len(sizes)]
    file = ("big.pdf", pictures.PDF + b"~zeros%d~" % size, "application/pdf")
    kind, body = multipart([("attachments_link", file)])
    headers = (*authorization(draw, known, "alice"), *kind)
    return Request("large upload", "POST", ATTACHMENTS, headers, body, is_alone=True)


def download(draw: Random, known: Known) -> Request:
    """A file, its beginning, its thumbnail, or the news that it is the one that is known."""
    recent = list(known.files.values())
    file = draw.choice(recent[-12:] if draw.random() < 0.6 else recent)
    ask = query(
        thumb=draw.choice(THUMBS) if draw.random() < 0.4 else None,
        download=draw.choice(("1", "true", "0", "x")) if draw.random() < 0.15 else None,
    )
    target = file.target + (f"?{ask}" if ask else "")
    method = "HEAD" if draw.random() < 0.12 else "GET"
    if "thumb" in ask:  # it may have been made in the same second as its file, or later
        file = replace(file, date="")
    headers = _conditions(draw, file) if draw.random() < 0.5 else ()
    return asked("download", method, target, headers)


def _conditions(draw: Random, file: File) -> Headers:
    etag, date = file.etag or '"none"', file.date or OLD
    values = {
        "Range": draw.choice(RANGES),
        "If-None-Match": draw.choice((etag, f"W/{etag}", f'"a", {etag}', "*", '"other"', "x")),
        "If-Match": draw.choice((etag, f"W/{etag}", "*", '"other"')),
        "If-Modified-Since": draw.choice((date, date, OLD, LATE, "yesterday")),
        "If-Unmodified-Since": draw.choice((date, OLD, LATE)),
        "If-Range": draw.choice((etag, date, '"other"')),
    }
    chosen = draw.sample(list(values), draw.choice((1, 1, 1, 2)))
    chosen += ["Range"] if "If-Range" in chosen and "Range" not in chosen else []
    return tuple((name, values[name]) for name in chosen)


def no_file(draw: Random, known: Known) -> Request:
    """A file that is not there."""
    file = draw.choice(list(known.files))
    target = draw.choice(
        (
            f"{file}x",
            file.replace("tbl_attachments", "tbl_nope"),
            file.replace("tbl_attachments", "tbl_product_list"),
            file.replace("tbl_attachments", "pbc_2934568924"),
            file.rpartition("/")[0] + "/..%2Fsecret",
            file.rpartition("/")[0] + "/",
            "/pb/api/files/tbl_attachments/nope/x.png",
            "/pb/api/files/tbl_attachments",
        )
    )
    return asked("no file", "GET", target)


UPLOADS: Final[dict[Callable[[Random, Known], Request], int]] = {
    upload: 34,
    refused_upload: 12,
    download: 110,
    no_file: 8,
}
"""What is asked, and how often; `too_large` goes once or twice into a recording."""
