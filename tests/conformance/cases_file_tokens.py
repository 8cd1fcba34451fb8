"""Protected files: their token, and what opens by it."""

from tests.conformance.compare import JSON_TYPE, Case
from tests.conformance.rows import IDENTITY_PAPERS, PAPER, attachment
from tests.row_ids import record_id

TOKEN = "/files/token"
FILE = f"/files/tbl_attachments/{PAPER}"


def opened(
    name: str, query: str = "", user: str = "guest", method: str = "GET", **more: str
) -> Case:
    """The file of Alice's identity paper is asked for."""
    return Case(name, FILE, method, query=query, user=user, headers=more)


def _views() -> list[Case]:
    """Each paper, as everybody."""
    return [
        Case(
            f"{user} views the paper of {owner}",
            f"/collections/tbl_attachments/records/{attachment(number)}",
            user=user,
            # Ours shows an owner to the owner alone; here nobody else sees the row.
        )
        for number, owner in IDENTITY_PAPERS.items()
        for user in ("guest", "alice", "bob", "dave")
    ]


CASES: list[Case] = [
    Case("alice asks for a file token", TOKEN, "POST", user="alice"),
    Case("a guest asks for one", TOKEN, "POST"),
    Case("a token is asked for by GET", TOKEN, user="alice"),
    Case(
        "a token is asked for with nonsense",
        TOKEN,
        "POST",
        user="alice",
        body=b"{",
        headers=JSON_TYPE,
    ),
    Case("fields of a token", TOKEN, "POST", query="fields=token", user="alice"),
    Case("other fields of a token", TOKEN, "POST", query="fields=id", user="alice"),
    Case("unknown fields of a token", TOKEN, "POST", query="fields=token:nope(1)", user="alice"),
    opened("no token"),
    opened("no token, as its owner", user="alice"),
    opened("an empty token", "token="),
    opened("a token that is none", "token=nope"),
    opened("its owner's token", "token={file of alice}"),
    opened("its owner's token, as bob", "token={file of alice}", "bob"),
    opened("its owner's token, HEAD", "token={file of alice}", method="HEAD"),
    opened("no token, HEAD", method="HEAD"),
    opened("its owner's token, a range", "token={file of alice}", Range="bytes=0-9"),
    opened("no token, a range", Range="bytes=0-9"),
    opened("bob's token", "token={file of bob}"),
    opened("its owner's auth token", "token={auth of alice}"),
    opened("two tokens, the right one first", "token={file of alice}&token=nope"),
    opened("two tokens, the right one last", "token=nope&token={file of alice}"),
    *_views(),
    Case(
        "a token of another record",
        f"/files/tbl_attachments/{record_id('tbl_attachments', 7)}/x.png",
    ),
]
