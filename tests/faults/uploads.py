"""Where uploads and cart lines go, for those who write their requests themselves."""

from tests.paths import ATTACHMENTS, CART_RECORDS

RECORDS = f"/pb/api{ATTACHMENTS}"
LINES = f"/pb/api{CART_RECORDS}"
