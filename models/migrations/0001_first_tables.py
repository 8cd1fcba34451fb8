"""The first tables: seven collections and the idempotency keys.

A frozen copy of the models of that day: it never changes, whatever becomes of theirs.
"""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CompositeKey,
    Database,
    IntegerField,
    Model,
    TextField,
)


class Record(Model):
    seq = AutoField()
    id = TextField(unique=True)
    created = TextField()
    updated = TextField()
    is_delete = IntegerField()

    class Meta:
        legacy_table_names = False


class User(Record):
    openid = TextField(unique=True)
    unionid = TextField()
    users_id = TextField(unique=True)
    users_name = TextField()
    users_phone = TextField()
    users_picture = TextField()
    users_type = TextField()
    users_status = TextField()
    users_rank_level = IntegerField()
    company = TextField()
    token_key = TextField()

    class Meta:
        table_name = "tbl_auth_users"
        indexes = ((("is_delete", "seq"), False),)


class Company(Record):
    company_id = TextField(unique=True)
    company_name = TextField()
    company_type = TextField()
    company_entity = TextField()
    company_usci = TextField()
    company_nationality = TextField()
    company_province = TextField()
    company_city = TextField()
    company_postalcode = TextField()
    company_add = TextField()
    company_status = TextField()
    company_level = TextField()
    company_owner_openid = TextField()
    company_remark = TextField()

    class Meta:
        table_name = "tbl_company"
        indexes = (
            (("is_delete", "seq"), False),
            (("is_delete", "created", "seq"), False),
            (("is_delete", "company_name", "seq"), False),
        )


class Attachment(Record):
    attachments_id = TextField(unique=True)
    attachments_link = TextField()
    attachments_filename = TextField()
    attachments_filetype = TextField()
    attachments_size = IntegerField()
    attachments_md5 = TextField()
    attachments_owner = TextField()
    attachments_ocr = TextField()
    attachments_status = TextField()
    attachments_remark = TextField()

    class Meta:
        table_name = "tbl_attachments"
        indexes = (
            (("attachments_status", "is_delete", "seq"), False),
            (("attachments_status", "is_delete", "created", "seq"), False),
        )


class Product(Record):
    prod_list_id = TextField(unique=True)
    prod_list_name = TextField()
    prod_list_modelnumber = TextField()
    prod_list_icon = TextField()
    prod_list_description = TextField()
    prod_list_feature = TextField()
    prod_list_parameters = TextField()
    prod_list_plantype = TextField()
    prod_list_category = TextField()
    prod_list_sort = IntegerField()
    prod_list_comm_type = TextField()
    prod_list_series = TextField()
    prod_list_basic_price = BigIntegerField()
    prod_list_status = TextField()
    prod_list_tags = TextField()
    prod_list_remark = TextField()

    class Meta:
        table_name = "tbl_product_list"
        indexes = (
            (("prod_list_status", "is_delete", "seq"), False),
            (("prod_list_status", "is_delete", "prod_list_sort", "seq"), False),
            (("prod_list_status", "is_delete", "created", "seq"), False),
            (("prod_list_status", "is_delete", "prod_list_basic_price", "seq"), False),
        )


class Document(Record):
    document_id = TextField(unique=True)
    document_title = TextField()
    document_subtitle = TextField()
    document_summary = TextField()
    document_content = TextField()
    document_type = TextField()
    document_image = TextField()
    document_video = TextField()
    document_file = TextField()
    document_owner = TextField()
    document_relation_model = TextField()
    document_keywords = TextField()
    document_product_categories = TextField()
    document_application_scenarios = TextField()
    document_share_count = IntegerField()
    document_download_count = IntegerField()
    document_favorite_count = IntegerField()
    document_status = TextField()
    document_effect = TextField()
    document_expiry = TextField()
    document_remark = TextField()

    class Meta:
        table_name = "tbl_document"
        indexes = (
            (("document_status", "is_delete", "seq", "document_effect", "document_expiry"), False),
            (("document_status", "is_delete", "created", "seq"), False),
        )


class CartLine(Record):
    cart_id = TextField(unique=True)
    cart_number = TextField()
    cart_create = TextField()
    cart_owner = TextField()
    cart_product_id = TextField()
    cart_product_quantity = IntegerField()
    cart_at_price = BigIntegerField()
    cart_status = TextField()
    cart_remark = TextField()

    class Meta:
        table_name = "tbl_cart"
        indexes = (
            (("cart_owner", "is_delete", "seq"), False),
            (("cart_owner", "is_delete", "created", "seq"), False),
            (("cart_owner", "is_delete", "cart_status", "created", "seq"), False),
        )


class Order(Record):
    order_id = TextField(unique=True)
    order_number = TextField(unique=True)
    order_create = TextField()
    order_owner = TextField()
    order_source = TextField()
    order_source_id = TextField()
    order_status = TextField()
    order_snap = TextField()
    order_amount = BigIntegerField()
    order_remark = TextField()
    order_keywords = TextField()

    class Meta:
        table_name = "tbl_order"
        indexes = (
            (("order_owner", "is_delete", "seq"), False),
            (("order_owner", "is_delete", "created", "seq"), False),
            (("order_owner", "is_delete", "order_status", "created", "seq"), False),
        )


class IdempotencyKey(Model):
    owner = TextField()
    key = TextField()
    fingerprint = TextField()
    status = IntegerField()
    body = BlobField()
    created = TextField(index=True)

    class Meta:
        legacy_table_names = False
        table_name = "idempotency_key"
        primary_key = CompositeKey("owner", "key")


Company.add_index(
    Company.index(Company.company_usci, unique=True, name="tbl_company_usci_unique").where(
        (Company.is_delete == 0) & (Company.company_usci != "")
    )
)
CartLine.add_index(
    CartLine.index(
        CartLine.cart_owner,
        CartLine.cart_product_id,
        unique=True,
        name="tbl_cart_one_active_line",
    ).where((CartLine.is_delete == 0) & (CartLine.cart_status == "active"))
)

TABLES = (User, Company, Attachment, Product, Document, CartLine, Order, IdempotencyKey)


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES[::-1], safe=False)
