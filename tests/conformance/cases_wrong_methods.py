"""Methods and paths nothing serves."""

from tests.conformance.compare import GUEST, Case, listed, records
from tests.conformance.rows import product
from tests.row_ids import record_id

LINES, LINE = records("cart"), f"{records('cart')}/{record_id('tbl_cart', 1)}"
PRODUCTS, PRODUCT = records("product_list"), f"{records('product_list')}/{product(1)}"
BROKEN = {"headers": {"Content-Type": "application/json"}, "body": b"{bad"}


def asked(name: str, method: str, path: str, user: str = GUEST) -> Case:
    """A request without a body."""
    return Case(name, path, method, user=user)


CASES: list[Case] = [
    Case("PUT a list", "/collections/tbl_cart/records", "PUT", user="alice"),
    Case(
        "DELETE a product",
        "/collections/tbl_product_list/records/prod00000000001",
        "DELETE",
        user="alice",
    ),
    Case("unknown collection", "/collections/nope/records"),
    # Methods.
    *(
        asked(f"{method} on lines", method, LINES, "alice")
        for method in ("PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD")
    ),
    *(
        asked(f"{method} on a line", method, LINE, "alice")
        for method in ("POST", "PUT", "TRACE", "OPTIONS", "HEAD")
    ),
    *(
        asked(f"{method} on a product", method, PRODUCT, "alice")
        for method in ("POST", "PUT", "PATCH", "TRACE")
    ),
    asked("POST on products", "POST", PRODUCTS, "alice"),
    asked("DELETE a company", "DELETE", f"{records('company')}/comp00000000001", "alice"),
    asked("DELETE no company", "DELETE", f"{records('company')}/nope", "alice"),
    asked("DELETE an attachment", "DELETE", f"{records('attachments')}/atta00000000001", "alice"),
    asked("PATCH an attachment", "PATCH", f"{records('attachments')}/atta00000000001", "alice"),
    asked("DELETE a document", "DELETE", f"{records('document')}/docu00000000001", "alice"),
    asked("POST on users", "POST", records("auth_users"), "alice"),
    asked("DELETE a user", "DELETE", f"{records('auth_users')}/user00000000000", "alice"),
    asked("GET a refresh", "GET", "/collections/tbl_auth_users/auth-refresh", "alice"),
    asked("PUT health", "PUT", "/health"),
    asked("POST health", "POST", "/health"),
    Case("a broken body on products", PRODUCTS, "POST", user="alice", **BROKEN),
    Case("a broken body on a product", PRODUCT, "PATCH", user="alice", **BROKEN),
    Case("a broken body with PUT", LINES, "PUT", user="alice", **BROKEN),
    # Slashes.
    asked("a slash after a list", "GET", f"{LINES}/", "alice"),
    asked("a slash after a row", "GET", f"{LINE}/", "alice"),
    asked("POST with a slash", "POST", f"{LINES}/", "alice"),
    asked("a slash after health", "GET", "/health/"),
    asked("below a row", "GET", f"{LINE}/x", "alice"),
    asked("an encoded slash in an id", "GET", f"{LINES}/a%2Fb", "alice"),
    asked("an encoded slash in a path", "GET", "/collections/tbl_cart%2Frecords/x"),
    # Names and ids.
    asked("a collection in capitals", "GET", "/collections/TBL_PRODUCT_LIST/records"),
    asked(
        "a collection in mixed case", "GET", f"/collections/Tbl_Cart/records/{LINE[-15:]}", "alice"
    ),
    asked("a collection's id", "GET", "/collections/pbc_689708714/records"),
    asked("a collection's id in capitals", "GET", "/collections/PBC_689708714/records"),
    asked("an encoded collection", "GET", "/collections/%74bl_product%5Flist/records"),
    asked("an encoded id", "GET", f"{PRODUCTS}/%70rod00000000001"),
    asked("an id in capitals", "GET", f"{PRODUCTS}/PROD00000000001"),
    asked("an id with a space", "GET", f"{PRODUCTS}/{product(1)}%20"),
    asked("an id with a NUL", "GET", f"{PRODUCTS}/{product(1)}%00"),
    asked("an id in Chinese", "GET", f"{PRODUCTS}/%E4%BA%A7%E5%93%81"),
    asked("an id that is no UTF-8", "GET", f"{PRODUCTS}/%FF"),
    asked("an id that is a quote", "GET", f"{PRODUCTS}/'"),
    asked("a long id", "GET", f"{PRODUCTS}/{'a' * 2000}"),
    asked("an id with a modifier", "DELETE", f"{LINES}/{LINE[-15:]}:x", "alice"),
    asked("records in capitals", "GET", "/collections/tbl_cart/Records", "alice"),
    listed("a collection's name beside another", "product", filter="(("),
    # Collections that are not there.
    *(
        asked(f"{method} in no collection", method, "/collections/nope/records", "alice")
        for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD")
    ),
    *(
        asked(f"{method} a row of no collection", method, "/collections/nope/records/x", "alice")
        for method in ("GET", "PATCH", "DELETE", "POST")
    ),
    Case("a broken body in no collection", "/collections/nope/records", "POST", **BROKEN),
    asked("an encoded collection that is not there", "GET", "/collections/%E4%BA%A7/records"),
    # What only users have.
    *(
        asked(
            f"{route} in a collection without users", "POST", f"/collections/tbl_cart/{route}", user
        )
        for route, user in (
            *(("auth-with-password", "alice"), ("auth-with-oauth2", GUEST), ("request-otp", GUEST)),
            *(("auth-with-otp", GUEST), ("request-password-reset", "alice")),
            *(("confirm-password-reset", GUEST), ("request-verification", GUEST)),
            *(("confirm-verification", GUEST), ("confirm-email-change", "alice")),
            *(("request-email-change", "alice"), ("auth-refresh", "alice")),
        )
    ),
    asked("auth-methods without users", "GET", "/collections/tbl_cart/auth-methods"),
    asked("email change without a token", "POST", "/collections/tbl_cart/request-email-change"),
    *(
        asked(f"{route} in no collection", "POST", f"/collections/nope/{route}")
        for route in (
            "auth-with-password",
            "auth-with-oauth2",
            "request-otp",
            "request-email-change",
        )
    ),
    asked("auth-methods of no collection", "GET", "/collections/nope/auth-methods"),
    # Paths.
    *(
        asked(f"{method} nothing", method, "/nope", "alice")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
    ),
    asked("GET the root", "GET", "/"),
    asked("GET no route of a collection", "GET", "/collections/tbl_cart/nope", "alice"),
    asked("POST no route of a collection", "POST", "/collections/tbl_cart/nope", "alice"),
    asked("GET truncate", "GET", "/collections/tbl_cart/truncate", "alice"),
    asked("PUT a collection", "PUT", "/collections/tbl_cart", "alice"),
    asked("GET batch", "GET", "/batch"),
    asked("POST batch", "POST", "/batch", "alice"),
    Case("a batch of requests", "/batch", "POST", user="alice", json={"requests": []}),
    asked("GET a file of no row", "GET", "/files/tbl_attachments/nope/x.png"),
    asked("GET a file of no collection", "GET", "/files/nope/x/x.png"),
    asked("POST a file", "POST", "/files/tbl_attachments/atta00000000001/x.png"),
    asked("PUT realtime", "PUT", "/realtime"),
]
