"""What the contract's answers hold, and how a refusal of a hook reads."""

import requests

# What PocketBase says.
GENERIC = "Something went wrong while processing your request."
CREATE_REFUSED = "Failed to create record."
UPDATE_REFUSED = "Failed to update record."
DELETE_REFUSED = "Failed to delete record."
MISSING = "The requested resource wasn't found."
SUPERUSERS = "Only superusers can perform this action."
MEDIA = "Unsupported Content-Type."
TOO_LARGE = "Request entity too large."
NO_TOKEN = "The request requires valid record authorization token."

USER_INFO = {
    "pb_id",
    "users_id",
    "openid",
    "users_name",
    "users_phone",
    "users_phone_masked",
    "users_phone_verified",
    "users_picture",
    "users_picture_url",
    "users_title_picture",
    "users_title_picture_url",
    "users_id_pic_a",
    "users_id_pic_a_url",
    "users_id_pic_b",
    "users_id_pic_b_url",
    "users_id_number",
    "users_type",
    "users_idtype",
    "users_status",
    "users_rank_level",
    "users_level",
    "users_level_name",
    "users_tag",
    "users_parent_id",
    "users_convers_id",
    "company_id",
    "company",
    "created",
    "updated",
}
CART_RECORD = {
    "pb_id",
    "created",
    "updated",
    "cart_id",
    "cart_number",
    "cart_create",
    "cart_owner",
    "cart_product_id",
    "cart_product_quantity",
    "cart_at_price",
    "cart_status",
    "cart_remark",
    "is_delete",
    "product_name",
    "product_modelnumber",
    "product_basic_price",
    "product",
}
ORDER_RECORD = {
    "pb_id",
    "created",
    "updated",
    "order_id",
    "order_number",
    "order_create",
    "order_owner",
    "order_source",
    "order_source_id",
    "order_status",
    "order_snap",
    "order_amount",
    "order_remark",
    "is_delete",
}


def code(answer: requests.Response) -> tuple[int, str]:
    """Status and machine code of a hook's refusal."""
    return answer.status_code, answer.json()["data"]["code"]
