"""Values that must be unique."""

from tests.conformance.compare import CART, Case, created
from tests.conformance.samples import USCI

CASES: list[Case] = [
    created("second active line", "cart", CART, own={"tbl_cart": {}}),
    created("id taken", "company", {"id": "comp00000000001", "company_name": "x"}),
    created("credit code taken", "company", {"company_name": "x", "company_usci": USCI[1]}),
]
