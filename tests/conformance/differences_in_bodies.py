"""Where ours reads a body otherwise on purpose."""

from typing import Any, Final

from tests.conformance.bodies import END, FORM, GOOD, MULTIPART, NAME, deep, part
from tests.conformance.compare import ORDER, OWN, Case, created, records
from tests.conformance.difference import Difference, Said
from tests.conformance.samples import PDF

COMPANIES, UPLOADS = records("company"), records("attachments")
LINK: Final = ("attachments_link", ("document.pdf", PDF, "application/pdf"))
MADE: Final = Said(200, {"company_name": "x"})
REFUSED: Final = Said(400, {"message": "Something went wrong while processing your request."})
UNSUPPORTED: Final = Said(400, {"message": "Unsupported Content-Type."})


def _company(name: str, body: bytes, kind: str = "application/json", **more: Any) -> Case:
    headers = {"Content-Type": kind}
    return Case(name, COMPANIES, "POST", user=OWN, headers=headers, body=body, **more)


def _upload(name: str, *parts: Any) -> Case:
    fields = {"fields": "attachments_filename,attachments_remark"}
    return Case(name, UPLOADS, "POST", user=OWN, query=fields, multipart=[*parts])


IN_JSON: Final = [
    Difference(_company("text after the object", GOOD + b" more"), ours=REFUSED, theirs=MADE),
    Difference(_company("a second object", GOOD + b"{}"), ours=REFUSED, theirs=MADE),
    Difference(
        _company("a key twice", b'{"company_name":"y","company_name":"x"}'),
        ours=MADE,
        theirs=REFUSED,
    ),
    Difference(
        _company("a key twice further in", b'{"company_name":"x","z":{"a":1,"a":2}}'),
        ours=MADE,
        theirs=REFUSED,
    ),
    # Our reader of JSON, orjson, goes down 1,024 levels.
    Difference(_company("very deep JSON", deep(2000)), ours=REFUSED, theirs=MADE),
    # It takes a whole number for an integer, which has no negative 0.
    Difference(
        _company("minus nothing", b'{"company_name":-0}'),
        ours=Said(200, {"company_name": "0"}),
        theirs=Said(200, {"company_name": "-0"}),
    ),
    Difference(
        created(
            "a text that is half a list",
            "order",
            ORDER | {"order_source": '["product",1]'},
        ),
        ours=Said(400, {"data": {"order_source": {"code": "validation_invalid_value"}}}),
        theirs=Said(400, {"data": {"order_source": {"code": "validation_too_many_values"}}}),
    ),
]

OF_TYPES: Final = [
    # Media types have no case.
    Difference(
        _company("a media type in capitals", GOOD, "Application/JSON"),
        ours=MADE,
        theirs=UNSUPPORTED,
    ),
    Difference(
        _company("a form's type in capitals", b"company_name=x", FORM.upper()),
        ours=MADE,
        theirs=UNSUPPORTED,
    ),
    Difference(
        _company("XML's type in capitals", b"<a/>", "Application/XML"),
        ours=REFUSED,
        theirs=UNSUPPORTED,
    ),
    # Go reads a form's type and text where the method has a body, and nowhere else.
    Difference(
        Case(
            "GET with a form of half a type",
            f"{COMPANIES}/comp00000000001",
            headers={"Content-Type": f"{FORM}; charset"},
            body=b"company_name=x",
        ),
        ours=REFUSED,
        theirs=Said(200, {"id": "comp00000000001"}),
    ),
]

IN_FORMS: Final = [
    # A form is UTF-8, as JSON is to both.
    Difference(
        _company("a form that is no UTF-8", b"company_name=x&company_city=%ff", FORM),
        ours=REFUSED,
        theirs=MADE,
    ),
    Difference(
        _company("a part that is no UTF-8", part(NAME, b"\xff") + END, MULTIPART),
        ours=REFUSED,
        theirs=Said(200, {"company_name": "\ufffd"}),
    ),
    Difference(
        Case(
            "JSON beside a broken query",
            COMPANIES,
            "POST",
            user=OWN,
            json={"company_name": "x"},
            query="company_type=%zz",
        ),
        ours=REFUSED,
        theirs=MADE,
    ),
    # A payload's value takes the place of a text, whatever its type.
    Difference(
        Case(
            "a payload of another type",
            COMPANIES,
            "POST",
            user=OWN,
            form=[("company_type", "a"), ("@jsonPayload", '{"company_name":"x","company_type":3}')],
        ),
        ours=Said(200, {"company_type": "3"}),
        theirs=REFUSED,
    ),
    # What multipart forms could hold by the book, and no client of ours writes.
    Difference(
        _company("a form of bare line feeds", (part(NAME) + END).replace(b"\r", b""), MULTIPART),
        ours=REFUSED,
        theirs=MADE,
    ),
    Difference(
        _company(
            "a quoted-printable part",
            part(NAME + b"\r\nContent-Transfer-Encoding: quoted-printable", b"a=3Db") + END,
            MULTIPART,
        ),
        ours=Said(200, {"company_name": "a=3Db"}),
        theirs=Said(200, {"company_name": "a=b"}),
    ),
    Difference(
        _company("a form cut in a header", part(NAME)[:40], MULTIPART),
        ours=REFUSED,
        theirs=Said(400, {"message": "Failed to create record."}),
    ),
]

IN_UPLOADS: Final = [
    # Ours names the file as the client did; PocketBase the one it would have stored.
    Difference(
        _upload("a text for a document", ("attachments_link", ("a.txt", b"hello", "text/plain"))),
        ours=Said(
            400,
            {
                "data": {
                    "attachments_link": {
                        "code": "validation_invalid_mime_type",
                        "message": '"a.txt" mime type must be one of: image/jpeg, image/png,'
                        " image/webp, image/gif, application/pdf, video/mp4.",
                    }
                }
            },
        ),
        theirs=Said(400, {"data": {"attachments_link": {"code": "validation_invalid_mime_type"}}}),
    ),
    # As browsers write a quotation mark in a file's name.
    Difference(
        _upload("a quotation mark in a name", ("attachments_link", ('q".pdf', *LINK[1][1:]))),
        ours=Said(200, {"attachments_filename": 'q".pdf'}),
        theirs=Said(200, {"attachments_filename": "q%22.pdf"}),
    ),
    Difference(
        _upload("an upload's payload of null", LINK, ("@jsonPayload", "null")),
        ours=Said(200, {"attachments_filename": "document.pdf"}),
        theirs=Said(500),
    ),
    Difference(
        Case(
            "an upload without a body",
            UPLOADS,
            "POST",
            user=OWN,
            headers={"Content-Type": MULTIPART},
        ),
        ours=Said(400, {"message": "Failed to create record."}),
        theirs=Said(400, {"message": "Failed to read the submitted data."}),
    ),
]

BODIES: Final = [*IN_JSON, *OF_TYPES, *IN_FORMS, *IN_UPLOADS]
