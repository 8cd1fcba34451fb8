"""The two shapes in which a hand-made PocketBase holds the shop.

`JOINED` is the older one: nearly everything is a text, ids and words are joined by bars, other rows are
named by their business ids, states by Chinese words. `RELATED` is what a team makes of it that knows
PocketBase: relations, single choices, lists in JSON, and the names of the contract's first edition.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from tests.takeover.names import business_id, record_id
from tests.takeover.schema import Collection, Field, numbers, texts

ATTACHMENTS, COMPANIES, PRODUCTS = "tbl_attachments", "tbl_company", "tbl_product_list"
USERS: Final = "tbl_auth_users"
PUBLIC: Final = {"listRule": "", "viewRule": ""}


@dataclass(frozen=True)
class Shape:
    """How references, lists, states and some fields are written; the collections that result."""

    name: str
    is_related: bool
    on_sale: str
    off_sale: str
    in_effect: str
    draft: str
    order_states: tuple[str, str, str, str]
    effect_date: str
    expiry_date: str

    def one(self, kind: str, number: int) -> str:
        """A reference to a row: by its record id, or by its business id."""
        return record_id(kind, number) if self.is_related else business_id(kind, number)

    def many(self, kind: str, numbers: Iterable[int]) -> Any:
        """References to several rows: a list of record ids, or business ids joined by bars."""
        named = [self.one(kind, number) for number in numbers]
        return named if self.is_related else "|".join(named)

    def words(self, *words: str) -> Any:
        """Words: a list in JSON, or joined by bars."""
        return list(words) if self.is_related else "|".join(words)

    def collections(self) -> list[Collection]:
        """The shop's collections and those that have no place with us, targets first."""
        made: list[Callable[[Shape], Collection]] = [
            _companies, _attachments, _products, _documents, _users, _cart, _orders, _dictionaries,
        ]  # fmt: skip
        return [each(self) for each in made] + [*FOREIGN]

    def state(self, name: str, *words: str) -> Field:
        """A state: a single choice, or a text."""
        return Field(name, "select", words=words) if self.is_related else Field(name)

    def relation(self, name: str, target: str, *, many: bool = False) -> Field:
        """A reference: a relation, or a text."""
        if not self.is_related:
            return Field(name)
        return Field(name, "relation", many=many, target=target)

    def list_of_words(self, name: str) -> Field:
        """Words: JSON, or a text."""
        return Field(name, "json" if self.is_related else "text")


JOINED: Final = Shape(
    "joined",
    is_related=False,
    on_sale="上架",
    off_sale="下架",
    in_effect="有效",
    draft="草稿",
    order_states=("待确认", "已确认", "已完成", "已取消"),
    effect_date="document_effect_date",
    expiry_date="document_expiry_date",
)
RELATED: Final = Shape(
    "related",
    is_related=True,
    on_sale="on_sale",
    off_sale="off_sale",
    in_effect="published",
    draft="draft",
    order_states=("pending", "confirmed", "completed", "cancelled"),
    effect_date="document_effect",
    expiry_date="document_expiry",
)
SHAPES: Final = {"0.40.6": RELATED, "0.30.4": RELATED, "0.23.12": JOINED, "0.22.27": JOINED}


def _prefixed(prefix: str, *names: str) -> list[Field]:
    return texts(*(f"{prefix}_{name}" for name in names))


def _companies(shape: Shape) -> Collection:
    fields = [
        *_prefixed("company", "id", "name", "type", "entity", "usci", "nationality"),
        *_prefixed("company", "nationality_code", "province", "province_code", "city", "city_code"),
        *_prefixed("company", "district", "district_code", "postalcode", "add", "status", "level"),
        *_prefixed("company", "owner_openid", "remark", "website"),
        *numbers("is_delete"),
    ]
    return Collection(COMPANIES, tuple(fields), rules=PUBLIC)


def _attachments(shape: Shape) -> Collection:
    fields = [
        *_prefixed("attachments", "id", "filename", "filetype", "md5", "owner", "ocr", "status"),
        *_prefixed("attachments", "remark"),
        Field("attachments_link", "file"),
        *numbers("attachments_size", "is_delete"),
    ]
    return Collection(ATTACHMENTS, tuple(fields), rules=PUBLIC)


def _products(shape: Shape) -> Collection:
    fields = [
        *_prefixed("prod_list", "id", "name", "modelnumber", "description", "feature", "plantype"),
        *_prefixed("prod_list", "category", "comm_type", "series", "barcode", "remark"),
        shape.relation("prod_list_icon", ATTACHMENTS),
        shape.state("prod_list_status", shape.on_sale, shape.off_sale),
        shape.list_of_words("prod_list_tags"),
        Field("prod_list_parameters", "json"),
        Field("prod_list_function", "json"),
        *numbers("prod_list_sort", "prod_list_basic_price", "is_delete"),
    ]
    return Collection(PRODUCTS, tuple(fields), rules=PUBLIC)


def _documents(shape: Shape) -> Collection:
    pictures = (f"document_{kind}" for kind in ("image", "video", "file"))
    words = ("keywords", "product_categories", "application_scenarios")
    fields = [
        *_prefixed("document", "id", "title", "subtitle", "summary", "type", "hotel_type", "owner"),
        *_prefixed("document", "relation_model", "remark"),
        Field("document_content", "editor"),
        *(shape.relation(name, ATTACHMENTS, many=True) for name in pictures),
        *(shape.list_of_words(f"document_{name}") for name in words),
        *numbers("document_share_count", "document_download_count", "document_favorite_count"),
        shape.state("document_status", shape.in_effect, shape.draft),
        Field(shape.effect_date, "date"),
        Field(shape.expiry_date, "date"),
        Field("document_embedding", "json"),
        *numbers("is_delete"),
    ]
    return Collection("tbl_document", tuple(fields), rules=PUBLIC)


def _users(shape: Shape) -> Collection:
    fields = [
        *texts("openid", "unionid"),
        *_prefixed("users", "id", "name", "phone", "picture", "title_picture", "id_pic_a"),
        *_prefixed("users", "id_pic_b", "id_number", "type", "idtype", "status", "level", "tag"),
        *_prefixed("users", "parent_id", "convers_id"),
        *numbers("users_rank_level", "is_delete"),
        shape.relation("company" if shape.is_related else "company_id", COMPANIES),
    ]
    return Collection(USERS, tuple(fields), "auth")


def _cart(shape: Shape) -> Collection:
    fields = [
        *_prefixed("cart", "id", "number", "owner", "remark"),
        Field("cart_create", "date"),
        shape.relation("cart_product_id", PRODUCTS),
        shape.state("cart_status", "active", "ordered"),
        *numbers("cart_product_quantity", "cart_at_price", "is_delete"),
    ]
    return Collection("tbl_cart", tuple(fields))


def _orders(shape: Shape) -> Collection:
    fields = [
        *_prefixed("order", "id", "number", "owner", "source", "source_id", "remark"),
        Field("order_create", "date"),
        shape.state("order_status", *shape.order_states),
        Field("order_snap", "json"),
        *numbers("order_amount", "is_delete"),
    ]
    return Collection("tbl_order", tuple(fields))


def _dictionaries(shape: Shape) -> Collection:
    fields = [
        *texts("system_dict_id"),
        *_prefixed("dict", "name", "word_enum", "word_description", "word_is_enabled"),
        *_prefixed("dict", "word_sort_order", "parent_id", "remark"),
        *numbers("is_delete"),
    ]
    # Without moments where the version lets a collection do without them.
    return Collection("tbl_system_dict", tuple(fields), dated=not shape.is_related, rules=PUBLIC)


LOG: Final = Collection(
    "tbl_operation_log", (*texts("log_who", "log_what"), Field("log_more", "json"))
)
ROLES: Final = Collection("tbl_roles", tuple(texts("role_id", "role_name")))
EMBEDDINGS: Final = Collection("tbl_document_embedding", (*texts("chunk"), Field("vector", "json")))
STAFF: Final = Collection("tbl_staff", tuple(texts("staff_name")), "auth")
"""Other people who log in: their tokens are none of ours."""

VIEW: Final = Collection(
    "view_goods",
    kind="view",
    query="SELECT id, prod_list_name, prod_list_basic_price FROM tbl_product_list",
    rules=PUBLIC,
)
FOREIGN: Final = (LOG, ROLES, EMBEDDINGS, STAFF, VIEW)
"""What the shop's PocketBase has beside, and we have no place for."""
