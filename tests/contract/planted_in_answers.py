"""Planted changes of what is answered, and of both directions at once."""

from tests.contract.planted import (
    CART,
    CART_RECORD,
    CARTS,
    COMPANY,
    FILES,
    GONE,
    LOGIN,
    PRODUCT_FIELDS,
    PRODUCTS,
    SCHEMAS,
    SYSTEM,
    Planted,
    in_every_cart_answer,
    in_every_company,
    in_every_product,
    only,
)

IN_ANSWERS = [
    Planted(
        "an answered key is gone",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series"),
        GONE,
        in_every_product("breaking {at}.prod_list_series: property removed"),
    ),
    Planted(
        "an answered key is new, though the answer was closed",
        CART,
        (*CART_RECORD, "properties", "cart_colour"),
        {"type": "string"},
        in_every_cart_answer("compatible {at}.cart_colour: property added"),
    ),
    Planted(
        "an answered key may be missing",
        CART,
        (*SCHEMAS, "CartDeleteData", "required"),
        ["cart_id"],
        only("POST /pb/api/cart/delete", "breaking 200.data.is_delete: no longer required"),
    ),
    Planted(
        "an answered key is always there",
        PRODUCTS,
        (*SCHEMAS, "PocketBaseProductListRecord", "required"),
        ["is_delete"],
        in_every_product("compatible {at}.is_delete: required now"),
    ),
    Planted(
        "an enum of answers and of requests is wider",
        CART,
        (*SCHEMAS, "CartStatus", "enum"),
        ["active", "ordered", "lost"],
        {
            **in_every_cart_answer('breaking {at}.cart_status: enum gained "lost"'),
            "POST /pb/api/cart/list": {
                'breaking 200.data.items[].cart_status: enum gained "lost"',
                'compatible body.cart_status: enum gained "lost"',
            },
        },
    ),
    Planted(
        "an enum of answers and of requests is narrower",
        CART,
        (*SCHEMAS, "CartStatus", "enum"),
        ["active"],
        {
            **in_every_cart_answer('compatible {at}.cart_status: enum lost "ordered"'),
            "POST /pb/api/cart/list": {
                'compatible 200.data.items[].cart_status: enum lost "ordered"',
                'breaking body.cart_status: enum lost "ordered"',
            },
        },
    ),
    Planted(
        "an enum became a free text",
        FILES,
        ("components", "headers", "AcceptRanges", "schema", "enum"),
        GONE,
        only(
            "GET /pb/api/files/{collection}/{recordId}/{filename}",
            *(
                f'breaking {status} header accept-ranges: enum ["bytes"] → none'
                for status in ("200", "206")
            ),
        ),
    ),
    Planted(
        "an answered value is of another type",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series"),
        {"type": "integer"},
        in_every_product("breaking {at}.prod_list_series: type string → integer"),
    ),
    Planted(
        "an answered value may be null",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series"),
        {"type": ["string", "null"], "maxLength": 50},
        in_every_product("breaking {at}.prod_list_series: null is a new alternative"),
    ),
    Planted(
        "an answered value is never null again",
        LOGIN,
        (*SCHEMAS, "UserInfo", "properties", "company"),
        {"$ref": "#/components/schemas/CompanyInfo"},
        {
            operation: {
                "compatible 200.data.user.company: null is no longer among the alternatives"
            }
            for operation in ("POST /pb/api/wechat/login", "POST /pb/api/wechat/profile")
        },
    ),
    Planted(
        "an answered text may be longer",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series", "maxLength"),
        80,
        in_every_product("breaking {at}.prod_list_series: maxLength 50 → 80"),
    ),
    Planted(
        "an answered text is never as long",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series", "maxLength"),
        10,
        in_every_product("compatible {at}.prod_list_series: maxLength 50 → 10"),
    ),
    Planted(
        "an answer may have other keys",
        SYSTEM,
        (*SCHEMAS, "UsersCountData", "additionalProperties"),
        GONE,
        only("GET /pb/api/system/users-count", "compatible 200.data: opened: any other key"),
    ),
    Planted(
        "a success is gone",
        CART,
        ("paths", "cartRecordById", "delete", "responses", "204"),
        GONE,
        only(f"DELETE {CARTS}/{{recordId}}", "breaking 204: status removed"),
    ),
    Planted(
        "a refusal is gone",
        CART,
        ("paths", "cartCreate", "post", "responses", "409"),
        GONE,
        only("POST /pb/api/cart/create", "compatible 409: status removed"),
    ),
    Planted(
        "a refusal is new",
        CART,
        ("paths", "cartList", "post", "responses", "501"),
        {"description": "功能开发中。"},
        only("POST /pb/api/cart/list", "compatible 501: status added"),
    ),
    Planted(
        "a header of an answer is gone",
        FILES,
        ("paths", "fileDownload", "get", "responses", "200", "headers", "ETag"),
        GONE,
        only(
            "GET /pb/api/files/{collection}/{recordId}/{filename}",
            "breaking 200 header etag: header removed",
        ),
    ),
    Planted(
        "a media type of an answer is gone",
        FILES,
        ("paths", "fileDownload", "get", "responses", "200", "content", "image/gif"),
        GONE,
        only(
            "GET /pb/api/files/{collection}/{recordId}/{filename}",
            "breaking 200 image/gif: image/gif removed",
            "breaking 206 image/gif: image/gif removed",
        ),
    ),
    Planted(
        "only the owner sees rows",
        COMPANY,
        (*SCHEMAS, "PocketBaseCompanyRecord", "x-owner"),
        "company_owner_openid",
        in_every_company("breaking {at}: x-owner none → company_owner_openid"),
    ),
    Planted(
        "fewer rows are shown",
        COMPANY,
        (*SCHEMAS, "PocketBaseCompanyRecord", "x-visible"),
        "company_status = 'active'",
        in_every_company("breaking {at}: x-visible none → company_status = 'active'"),
    ),
    Planted(
        "a value is private",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series", "x-private"),
        True,
        in_every_product("breaking {at}.prod_list_series: x-private none → true"),
    ),
    Planted(
        "a value can be expanded",
        PRODUCTS,
        (*PRODUCT_FIELDS, "prod_list_series", "x-relation"),
        "tbl_attachments",
        in_every_product("compatible {at}.prod_list_series: x-relation none → tbl_attachments"),
    ),
]
