"""Paths below `/pb/api` that many tests ask for."""

LOGIN, PROFILE, REFRESH = "/wechat/login", "/wechat/profile", "/system/refresh-token"

CART_RECORDS = "/collections/tbl_cart/records"
ORDER_RECORDS = "/collections/tbl_order/records"
COMPANIES = "/collections/tbl_company/records"
ATTACHMENTS = "/collections/tbl_attachments/records"
PRODUCTS = "/collections/tbl_product_list/records"
DOCUMENTS = "/collections/tbl_document/records"
