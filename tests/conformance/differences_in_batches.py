"""Where ours answers a batch otherwise on purpose."""

import json
from typing import Final

from tests.conformance.cases_batch import LINES, UPLOADS, adding, batch, form, inner, payload, sent
from tests.conformance.difference import Difference, Said

UNREADABLE: Final = Said(400, {"message": "Failed to read the submitted batch data."})
EMPTY: Final = Said(400, {"data": {"requests": {"code": "validation_required"}}})
FAILED: Final = Said(400, {"message": "Batch transaction failed."})
MADE: Final = Said(200)

_LOUD = json.dumps({"REQUESTS": [adding(0)]}).encode()
_TWICE = b'{"requests":[{"method":"DELETE","url":"/x","url":"%s"}]}' % LINES.encode()

BATCHES: Final = [
    # The contract's own addresses.
    Difference(
        batch("a batch of the contract's address", adding(0) | {"url": f"/pb{LINES}"}),
        ours=MADE,
        theirs=FAILED,
    ),
    # Keys have one spelling, as in every other body.
    Difference(sent("a batch with keys in capitals", _LOUD), ours=EMPTY, theirs=MADE),
    Difference(sent("a batch with a key twice", _TWICE), ours=FAILED, theirs=UNREADABLE),
    Difference(sent("a batch of null", b'{"requests":[null]}'), ours=UNREADABLE, theirs=Said(500)),
    Difference(sent("a batch and more", b'{"requests":[]} x'), ours=UNREADABLE, theirs=EMPTY),
    Difference(sent("a batch in XML", b"<a/>", "text/xml"), ours=UNREADABLE, theirs=EMPTY),
    # So PocketBase's Python SDK writes a batch, which PocketBase itself does not read.
    Difference(
        sent(
            "a batch as the Python SDK writes it",
            json.dumps({"@jsonPayload": json.dumps({"requests": [adding(0)]})}).encode(),
        ),
        ours=MADE,
        theirs=EMPTY,
    ),
    # The user knows the client's name of a file, not the one it would have been stored by.
    Difference(
        form(
            "a batch with a file of a wrong type",
            payload(inner("POST", UPLOADS)),
            ("requests.0.attachments_link", ("a.txt", b"text", "text/plain")),
        ),
        ours=FAILED,
        theirs=FAILED,
    ),
]
