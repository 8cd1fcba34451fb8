"""Bad uploads: files of other kinds, forms without a file, forms too large."""

from collections.abc import Iterator

from tests.answers import CREATE_REFUSED, MEDIA, TOO_LARGE
from tests.api.bad_inputs import Bad
from tests.api.bad_native import GUESTS, generic
from tests.api.bad_writes import REQUIRED, TOO_LONG, Problems
from tests.api.pictures import PNG
from tests.sent import FORM, JSON, MEBIBYTE, TEXT

# --- uploads ---------------------------------------------------------------------------------------------
MIME = "validation_invalid_mime_type"
NO_FILE = "validation_invalid_file"
TOO_HEAVY = "validation_file_size_limit"
LINK = "attachments_link"


def part(name: str, data: bytes, filename: str = "", media: str = "") -> bytes:
    """One part of a form whose boundary is `b`."""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"'.encode()
    head += f'; filename="{filename}"'.encode() if filename else b""
    head += f"\r\nContent-Type: {media}".encode() if media else b""
    return head + b"\r\n\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form whose boundary is `b`."""
    return b"".join(parts) + b"--b--\r\n"


GOOD_PART = part(LINK, PNG, "a.png", "image/png")
REFUSED_FILES: dict[str, tuple[bytes, str, str]] = {
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", MIME),
    "an SVG called PNG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", MIME),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "a.html", MIME),
    "plain text": (b"hello", "a.txt", MIME),
    "a program": (b"MZ" + b"\x00" * 200, "a.exe", MIME),
    "an archive": (b"PK\x03\x04" + b"\x00" * 200, "a.zip", MIME),
    "a BMP": (b"BM" + b"\x00" * 200, "a.bmp", MIME),
    "10 MiB and a byte": (PNG.ljust(10 * MEBIBYTE + 1, b"\x00"), "a.png", TOO_HEAVY),
}
REFUSED_FORMS: dict[str, tuple[Problems | None, bytes]] = {
    "no file": ({LINK: REQUIRED}, form(part("attachments_remark", b"x"))),
    "no body": ({LINK: REQUIRED}, b""),
    "an empty form": ({LINK: REQUIRED}, form()),
    "an empty file": (None, form(part(LINK, b"", "a.png", "image/png"))),
    "a file under another name": ({LINK: REQUIRED}, form(part("file", PNG, "a.png"))),
    "a text instead of a file": ({LINK: NO_FILE}, form(part(LINK, b"a.png"))),
    "a remark of 1,001 characters": (
        {"attachments_remark": TOO_LONG},
        form(GOOD_PART, part("attachments_remark", b"x" * 1001)),
    ),
}


def _uploads() -> Iterator[Bad]:
    operation = "attachment_create"
    for who in GUESTS:
        claim, raw = f"{who} uploads", form(GOOD_PART)
        yield Bad(operation, claim, 400, CREATE_REFUSED, {}, who=who, raw=raw, headers=FORM)
    for claim, (data, name, code) in REFUSED_FILES.items():
        raw = form(part(LINK, data, name, "image/png"))
        yield Bad(operation, claim, 400, CREATE_REFUSED, {LINK: code}, raw=raw, headers=FORM)
    for claim, (problems, raw) in REFUSED_FORMS.items():
        yield Bad(operation, claim, 400, CREATE_REFUSED, problems, raw=raw, headers=FORM)
    claim, body = "JSON instead of a form", {LINK: "a.png"}
    yield Bad(operation, claim, 400, CREATE_REFUSED, None, body=body)
    yield generic(operation, "a form cut short", raw=GOOD_PART[:60], headers=FORM)
    media = {"Content-Type": "multipart/form-data"}
    yield generic(operation, "a form without its boundary", raw=form(GOOD_PART), headers=media)
    yield generic(operation, "a broken JSON body", raw=b"{bad", headers=JSON)
    yield Bad(operation, "a text body", 400, MEDIA, {}, raw=b"hi", headers=TEXT)
    large = (GOOD_PART, *(b"\x00" * MEBIBYTE,) * 12)
    claim, whole = "a form of 12 MiB", b"".join(large)
    yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=whole, headers=FORM)
    claim = "a chunked form of 12 MiB"
    yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=large, headers=FORM)


ROWS = list(_uploads())
