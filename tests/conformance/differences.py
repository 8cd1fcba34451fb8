"""Where ours answers otherwise on purpose, as `docs/pocketbase-differences.md` lists it."""

from tests.conformance.compare import GUEST, ORDER, OWN, Case, created, listed, records
from tests.conformance.difference import Difference as Difference
from tests.conformance.difference import Said
from tests.conformance.differences_in_batches import BATCHES
from tests.conformance.differences_in_bodies import BODIES
from tests.conformance.rows import USERS, product

_COMPANY, _PRODUCTS = records("company"), records("product_list")
_PRODUCT = f"{_PRODUCTS}/{product(1)}"
_USERS = "/collections/tbl_auth_users"
_LINES = "tbl_cart_via_cart_product_id"

DIFFERENCES: list[Difference] = [
    # A leaked token must end some day.
    Difference(
        Case(
            "a token without exp",
            records("cart"),
            user="alice",
            headers={"Authorization": "{endless}"},
        ),
        ours=Said(200, {"items": [], "totalItems": 0}),
        theirs=Said(200, {"totalItems": 37}),
    ),
    *BODIES,
    *BATCHES,
    # A query that cannot be read whole is refused: a filter lost with it would answer every row.
    *(
        Difference(
            Case(name, _PRODUCTS, query=query),
            ours=Said(400, {"message": "Something went wrong while processing your request."}),
            theirs=Said(200, {"totalItems": total}),
        )
        for name, query, total in (
            ("a bad escape", "perPage=1&filter=%zz", 33),
            ("a bad escape in a name", "%zz=1", 33),
            ("half an escape", "x=%2", 33),
            ("a raw semicolon", "perPage=1;page=2", 33),
            ("a raw semicolon in a filter", "filter=prod_list_name='a;b'", 33),
            ("a query that is no UTF-8", "filter=prod_list_name='%FF'", 0),
            ("a surrogate in a query", "x=%ED%A0%80", 33),
        )
    ),
    Difference(
        Case(
            "a query of a form that is no UTF-8",
            f"{_COMPANY}?company_city=%FF",
            "POST",
            user=OWN,
            form={"company_name": "x"},
        ),
        ours=Said(400),
        theirs=Said(200, {"company_name": "x"}),
    ),
    # PocketBase's numbers run over.
    Difference(
        Case("the last page there can be", _PRODUCTS, query={"page": 2**63 - 1}),
        ours=Said(200, {"items": [], "page": 2**63 - 1, "totalItems": 33}),
        theirs=Said(200, {"page": 2**63 - 1, "totalItems": 33}),
    ),
    Difference(
        Case("the longest excerpt", _PRODUCT, query={"fields": f"id:excerpt({2**63 - 1})"}),
        ours=Said(400),
        theirs=Said(200, {"id": ""}),
    ),
    # Amounts are compared in fen, after rounding: a client sums floats.
    Difference(
        created("another amount by a tenth of a fen", "order", ORDER | {"order_amount": 0.201}),
        ours=Said(200, {"order_amount": 0.2}),
        theirs=Said(400, {"data": {"order_amount": {"code": "validation_amount_mismatch"}}}),
    ),
    # No answer is a redirection: older base libraries of WeChat cannot follow one.
    *(
        Difference(Case(name, path, method), ours=Said(404), theirs=Said(307))
        for name, method, path in (
            ("two slashes", "GET", "/collections//tbl_product_list/records"),
            ("two slashes before an id", "GET", f"{_PRODUCTS}//{product(1)}"),
            ("two slashes with POST", "POST", "/collections//tbl_cart/records"),
            ("dots in a path", "GET", "/collections/../health"),
            ("the redirection of OAuth2", "GET", "/oauth2-redirect"),
        )
    ),
    # Nobody is told by a page of plain text, or asked not to expect what no server does.
    Difference(
        Case("a path that cannot be decoded", f"{_PRODUCTS}/%zz"),
        ours=Said(404, {"data": {}, "status": 404}),
        theirs=Said(400),
    ),
    Difference(
        Case("an expectation nobody knows", _PRODUCTS, headers={"Expect": "x"}),
        ours=Said(200, {"totalItems": 33}),
        theirs=Said(417),
    ),
    # A mini program cannot send PATCH or DELETE, so a POST may mean them.
    Difference(
        Case(
            "a POST that means DELETE",
            f"{records('cart')}/{{tbl_cart}}",
            "POST",
            user=OWN,
            own={"tbl_cart": {}},
            headers={"X-HTTP-Method-Override": "DELETE"},
        ),
        ours=Said(204),
        theirs=Said(404),
    ),
    # The operator has a console and a command line; there are no superusers and no passwords.
    *(
        Difference(Case(name, path, method, user=user), ours=Said(status), theirs=Said(other))
        for name, method, path, user, status, other in (
            ("guest asks for a collection", "GET", "/collections/tbl_cart", GUEST, 403, 401),
            ("guest empties one", "DELETE", "/collections/tbl_cart/truncate", GUEST, 403, 401),
            ("guest changes a collection", "PATCH", "/collections/tbl_cart", GUEST, 403, 401),
            ("guest asks for no collection", "GET", "/collections/nope", GUEST, 404, 401),
            ("guest lists collections", "GET", "/collections", GUEST, 404, 401),
            ("user lists collections", "GET", "/collections", "alice", 404, 403),
            ("guest reads settings", "GET", "/settings", GUEST, 404, 401),
            ("user reads logs", "GET", "/logs", "alice", 404, 403),
            ("user asks for backups", "POST", "/backups", "alice", 404, 403),
            ("guest runs SQL", "POST", "/sql", GUEST, 404, 401),
            ("realtime without a client", "POST", "/realtime", "alice", 404, 400),
            ("guest impersonates", "POST", f"{_USERS}/impersonate/x", GUEST, 403, 401),
            ("password login", "POST", f"{_USERS}/auth-with-password", GUEST, 403, 400),
            ("ways to log in", "GET", f"{_USERS}/auth-methods", GUEST, 403, 200),
            ("password reset", "POST", f"{_USERS}/request-password-reset", GUEST, 403, 400),
            ("PocketBase's own users", "GET", "/collections/users/records", GUEST, 404, 200),
            ("its superusers", "GET", "/collections/_superusers/records", GUEST, 404, 403),
        )
    ),
    Difference(
        Case("user asks for a collection", "/collections/tbl_cart", user="alice"),
        ours=Said(403, {"message": "Only superusers can perform this action."}),
        theirs=Said(
            403, {"message": "The authorized record is not allowed to perform this action."}
        ),
    ),
    Difference(
        Case("OAuth2 login", f"{_USERS}/auth-with-oauth2", "POST"),
        ours=Said(403, {"message": "Only superusers can perform this action."}),
        theirs=Said(
            403, {"message": "The collection is not configured to allow OAuth2 authentication."}
        ),
    ),
    # A disabled user's token ends at once everywhere.
    Difference(
        Case("a disabled user asks for a file token", "/files/token", "POST", user="dave"),
        ours=Said(401),
        theirs=Said(200),
    ),
    Difference(
        Case("a disabled user refreshes", f"{_USERS}/auth-refresh", "POST", user="dave"),
        ours=Said(401),
        theirs=Said(200, {"record": {"users_status": "disabled"}}),
    ),
    # PocketBase hides a product from Bob for Alice's lines of it, which tells of them.
    Difference(
        listed("sort through another's lines", "product_list", "bob", sort=f"{_LINES}.cart_number"),
        ours=Said(200, {"totalItems": 33}),
        theirs=Said(200, {"totalItems": 15}),
    ),
    Difference(
        listed("lines of nobody", "product_list", "bob", filter=f"{_LINES}.id = null"),
        ours=Said(200, {"totalItems": 18}),
        theirs=Said(200, {"totalItems": 0}),
    ),
    # Nor do drafts and deleted documents that show the icon.
    Difference(
        listed(
            "an icon's documents, none",
            "product_list",
            filter="prod_list_icon.tbl_document_via_document_videos.id=''",
        ),
        ours=Said(200, {"totalItems": 16}),
        theirs=Said(200, {"totalItems": 12}),
    ),
    # Nor do another's lines, or deleted ones, count where all lines are asked.
    Difference(
        listed(
            "all lines of a product", "product_list", "bob", filter=f"{_LINES}.cart_remark!='x'"
        ),
        ours=Said(200, {"totalItems": 33}),
        theirs=Said(200, {"totalItems": 15}),
    ),
    # Nor do rows that are not shown: invalid attachments, others' identity papers, drafts, products off sale.
    Difference(
        listed("!~ of many", "document", filter="document_files.attachments_filename!~'picture'"),
        ours=Said(200, {"totalItems": 6}),
        theirs=Said(200, {"totalItems": 5}),
    ),
    Difference(
        listed("< of many", "document", filter="document_videos.attachments_size<9000"),
        ours=Said(200, {"totalItems": 6}),
        theirs=Said(200, {"totalItems": 4}),
    ),
    Difference(
        listed(
            "value first, all of many", "document", filter="8000>=document_images.attachments_size"
        ),
        ours=Said(200, {"totalItems": 6}),
        theirs=Said(200, {"totalItems": 3}),
    ),
    # Whose a company is, ours tells its owner alone, and no filter of another user finds it.
    *(
        Difference(
            listed(
                f"{user} finds another's company by {name}",
                "company",
                user,
                filter=f"id~'comp0000000000'&&{text}",
            ),
            ours=Said(200, {"totalItems": 0}),
            theirs=Said(200, {"totalItems": 3}),
        )
        for user in (GUEST, "bob")
        for name, text in {
            "an owner": "company_owner_openid!=''",
            "its owner": f"company_owner_openid='{USERS['alice']}'",
            "its owner, a value first": f"'{USERS['alice']}'=company_owner_openid",
            "a part of its owner": "company_owner_openid~'alice'",
            "its owner in small letters": "company_owner_openid:lower~'oalice'",
            "an owner's place among texts": "company_owner_openid>'a'",
        }.items()
    ),
    # PocketBase takes a NUL for the end of a filter and drops the conditions after it.
    Difference(
        listed("a NUL ends a filter", "product_list", filter="(prod_list_sort=2)\0 && nope=1"),
        ours=Said(400),
        theirs=Said(200, {"totalItems": 3}),
    ),
]

REFUSED_NULS = {
    "NUL as a name": "company_name",
    "NUL as a new remark": "cart_remark",
    "body: an escaped NUL": "company_name",
    "a form's NUL": "company_name",
}
"""On PostgreSQL alone, whose texts hold none: the cases of the table, and the field that is refused."""


def refused_nul(case: Case) -> Difference:
    """What both sides say to a NUL there."""
    refused = {REFUSED_NULS[case.name]: {"code": "validation_invalid_format"}}
    return Difference(case, ours=Said(400, {"data": refused}), theirs=Said(200))
