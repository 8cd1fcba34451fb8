"""The rows of the old shop, in one of its shapes: the same for the same shape and size, every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from models.company import USCI_ALPHABET
from tests.takeover.names import business_id, openid, record_id
from tests.takeover.shapes import COMPANIES, PRODUCTS, USERS, Shape

Row = dict[str, Any]
CITIES: Final = (("山东省", "济南市"), ("浙江省", "杭州市"), ("广东省", "深圳市"))
GOODS: Final = ("智能开关面板", "智能窗帘电机", "温控器", "灯光模块", "网关")
DELETED_EVERY, OFF_SALE_EVERY, DISABLED_EVERY = 19, 11, 9
STEP: Final = 7
"""The products of an owner's lines are so many apart: no owner has two lines of one."""


@dataclass(frozen=True)
class Size:
    """How many rows; `files` of the attachments have one."""

    companies: int
    attachments: int
    files: int
    products: int
    documents: int
    users: int
    cart: int
    orders: int
    dictionaries: int
    foreign: int


SMALL: Final = Size(20, 24, 16, 60, 20, 12, 96, 48, 4, 9)
MEDIUM: Final = Size(120, 100, 40, 600, 200, 60, 1_800, 1_400, 10, 20)
LARGE: Final = Size(1_200, 900, 240, 8_000, 2_000, 600, 21_000, 18_000, 40, 500)


@dataclass(frozen=True)
class Shop:
    """Rows of a size in a shape. Files are uploaded apart: `attachments` has the rows without them."""

    shape: Shape
    size: Size

    def rows(self) -> dict[str, list[Row]]:
        """The rows the API creates, by collection; users and files are made otherwise."""
        size = self.size
        return {
            COMPANIES: [self.company(n) for n in range(size.companies)],
            "tbl_attachments": [self.attachment(n) for n in range(size.files, size.attachments)],
            PRODUCTS: [self.product(n) for n in range(size.products)],
            "tbl_document": [self.document(n) for n in range(size.documents)],
            "tbl_cart": [self.cart_line(n) for n in range(size.cart)],
            "tbl_order": [self.order(n) for n in range(size.orders)],
            "tbl_system_dict": [self.dictionary(n) for n in range(size.dictionaries)],
            **dict(self._foreign()),
        }

    def _foreign(self) -> Iterator[tuple[str, list[Row]]]:
        for name, kind, texts in FOREIGN_ROWS:
            made = [
                {"id": record_id(kind, n), **{key: f"{value} {n}" for key, value in texts.items()}}
                for n in range(self.size.foreign)
            ]
            yield name, made

    def company(self, n: int) -> Row:
        """A company; every second one has a user who made it."""
        province, city = CITIES[n % len(CITIES)]
        return {
            "id": record_id("company", n),
            "company_id": business_id("company", n),
            "company_name": f"{city}贝伊科技有限公司 {n}",
            "company_type": "有限责任公司",
            "company_usci": usci(n) if n % 3 else "",
            "company_province": province,
            "company_city": city,
            "company_add": f"{city}高新区 {n} 号",
            "company_status": ("有效", "active", "")[n % 3],
            "company_owner_openid": openid(n % self.size.users) if n % 2 else "",
            "company_website": f"https://example.com/{n}",
            "is_delete": _deleted(n),
        }

    def attachment(self, n: int) -> Row:
        """An attachment."""
        return {
            "id": record_id("attachment", n),
            "attachments_id": business_id("attachment", n),
            "attachments_filename": f"图 {n}.png",
            "attachments_filetype": "image/png",
            "attachments_owner": openid(n % self.size.users) if n % 2 else "",
            "attachments_status": ("valid", "有效", "")[n % 3],
            "is_delete": 0,
        }

    def product(self, n: int) -> Row:
        """A product; its price is a whole number of fen."""
        parameters = [{"name": "电压", "value": "220", "unit": "V", "category": "电气", "sort": 1}]
        return {
            "id": record_id("product", n),
            "prod_list_id": business_id("product", n),
            "prod_list_name": f"{GOODS[n % len(GOODS)]} {n}",
            "prod_list_modelnumber": f"BLV-{n:05}",
            "prod_list_icon": self.shape.one("attachment", n % self.size.attachments)
            if n % 2
            else "",
            "prod_list_description": "墙面安装，<b>免布线</b>。",
            "prod_list_parameters": parameters if n % 4 else None,
            "prod_list_function": {"调光": True} if n % 5 == 0 else None,
            "prod_list_category": GOODS[n % len(GOODS)],
            "prod_list_sort": n,
            "prod_list_basic_price": price_fen(n) / 100,
            "prod_list_status": self.shape.off_sale
            if n % OFF_SALE_EVERY == 3
            else self.shape.on_sale,
            "prod_list_tags": self.shape.words("精选", "清仓") if n % 3 else self.shape.words(),
            "prod_list_barcode": f"69{n:011}",
            "is_delete": _deleted(n),
        }

    def document(self, n: int) -> Row:
        """A document; some are drafts, some expired, some to come."""
        most = self.size.attachments
        pictures = [(n + k) % most for k in range(n % 4)]
        return {
            "id": record_id("document", n),
            "document_id": business_id("document", n),
            "document_title": f"{GOODS[n % len(GOODS)]}安装说明 {n}",
            "document_content": f"<p>第 {n} 版。</p>" * (1 + n % 5),
            "document_type": "资料类型@说明书|资料类型@安装" if n % 2 else "",
            "document_hotel_type": "度假酒店",
            "document_image": self.shape.many("attachment", pictures),
            "document_file": self.shape.many("attachment", [n % most]),
            "document_keywords": self.shape.words("开关", "安装"),
            "document_product_categories": self.shape.words("灯具"),
            "document_owner": openid(n % self.size.users) if n % 5 == 0 else "",
            "document_share_count": n % 50,
            "document_status": self.shape.draft if n % 7 == 5 else self.shape.in_effect,
            self.shape.effect_date: "2024-01-01 00:00:00.000Z" if n % 2 else "",
            self.shape.expiry_date: "2024-06-01 00:00:00.000Z" if n % 6 == 1 else "",
            "document_embedding": [0.25, -0.5, n / 8],
            "is_delete": _deleted(n),
        }

    def user(self, n: int) -> Row:
        """A user; its token key and password are PocketBase's matter."""
        company = self.shape.one("company", n % self.size.companies) if n % 2 else ""
        return {
            "id": record_id("user", n),
            "openid": openid(n),
            "unionid": f"uOLD{n}" if n % 2 else "",
            "users_id": business_id("user", n),
            "users_name": f"客户 {n}" if n % 4 else "",
            "users_phone": f"138{n:08}" if n % 3 else "",
            "users_picture": business_id("attachment", 2 * n % self.size.attachments)
            if n % 3 == 1
            else "",
            "users_type": "注册用户" if n % 4 else "游客",
            "users_idtype": "WeChat",
            "users_status": "disabled" if n % DISABLED_EVERY == 5 else "active",
            "users_rank_level": n % 4,
            "company" if self.shape.is_related else "company_id": company,
            "is_delete": int(n % DISABLED_EVERY == 7),
        }

    def cart_line(self, n: int) -> Row:
        """A line of a cart; every third one is ordered."""
        user, k = n % self.size.users, n // self.size.users
        product = (user * 13 + k * STEP) % self.size.products
        return {
            "id": record_id("cart", n),
            "cart_id": business_id("cart", n),
            "cart_number": "客厅" if n % 2 else "",
            "cart_create": _moment(n),
            "cart_owner": openid(user),
            "cart_product_id": self.shape.one("product", product),
            "cart_product_quantity": 1 + n % 9,
            "cart_at_price": price_fen(product) / 100,
            "cart_status": "ordered" if k % 3 == 2 else "active",
            "cart_remark": "靠门一侧" if n % 5 == 0 else "",
            "is_delete": _deleted(n),
        }

    def order(self, n: int) -> Row:
        """An order of one to three products; its snapshot has one of the forms that clients send."""
        bought = [((n + k) % self.size.products, 1 + (n + k) % 4) for k in range(1 + n % 3)]
        total = sum(price_fen(product) * quantity for product, quantity in bought)
        return {
            "id": record_id("order", n),
            "order_id": business_id("order", n),
            "order_number": f"2024{n:010}",
            "order_create": _moment(n),
            "order_owner": openid(n % self.size.users),
            "order_source": ("cart", "product")[n % 2],
            "order_source_id": "|".join(business_id("product", product) for product, _ in bought),
            "order_status": self.shape.order_states[n % 4],
            "order_snap": SNAPSHOTS[n % len(SNAPSHOTS)](bought, total),
            "order_amount": total / 100,
            "is_delete": int(n % DELETED_EVERY == 7),
        }

    def dictionary(self, n: int) -> Row:
        """A dictionary; the second one has the words of the users' levels."""
        if n == 1:
            words = {"dict_name": "users_level", "dict_word_enum": '["normal","vip"]'}
            return (
                self.dictionary(0)
                | words
                | {
                    "id": record_id("dictionary", n),
                    "system_dict_id": business_id("dictionary", n),
                    "dict_word_description": '["普通用户","贵宾"]',
                }
            )
        return {
            "id": record_id("dictionary", n),
            "system_dict_id": business_id("dictionary", n),
            "dict_name": f"资料分类 {n}",
            "dict_word_enum": '["说明书","安装"]' if n % 2 else "说明书|安装",
            "dict_word_description": "说明书|安装指南",
            "dict_word_is_enabled": "true|true",
            "dict_word_sort_order": "1|2",
            "is_delete": 0,
        }


FOREIGN_ROWS: Final = (
    ("tbl_operation_log", "log", {"log_who": "员工", "log_what": "修改"}),
    ("tbl_roles", "role", {"role_id": "R", "role_name": "角色"}),
    ("tbl_document_embedding", "embedding", {"chunk": "片段"}),
)

Bought = list[tuple[int, int]]
"""Products by number, and how many of each."""


def _whole(bought: Bought, total: int) -> Any:
    """The contract's snapshot."""
    items = [
        {
            "prod_list_id": business_id("product", product),
            "prod_list_name": f"{GOODS[product % len(GOODS)]} {product}",
            "prod_list_modelnumber": f"BLV-{product:05}",
            "quantity": quantity,
            "at_price": price_fen(product) / 100,
            "subtotal": price_fen(product) * quantity / 100,
        }
        for product, quantity in bought
    ]
    return {"items": items, "total": total / 100}


def _lines(bought: Bought, total: int) -> Any:
    """Cart lines as the client holds them."""
    return [
        {
            "cart_product_id": business_id("product", product),
            "product_name": f"{GOODS[product % len(GOODS)]} {product}",
            "product_modelnumber": f"BLV-{product:05}",
            "cart_product_quantity": quantity,
            "cart_at_price": price_fen(product) / 100,
        }
        for product, quantity in bought
    ]


SNAPSHOTS: Final = (_whole, _lines)


def price_fen(product: int) -> int:
    """The price of a product; never 0, often with odd fen."""
    return 1 + (product * 7_919 + 12_345) % 999_999


def usci(n: int) -> str:
    """A unified social credit code whose check digit is right (GB 32100-2015)."""
    code = f"91370100MA3{n:06}"
    total = sum(USCI_ALPHABET.index(each) * pow(3, at, 31) for at, each in enumerate(code))
    return code + USCI_ALPHABET[-total % 31]


def _deleted(n: int) -> int:
    return int(n % DELETED_EVERY == 11)


def _moment(n: int) -> str:
    """A moment of 2024, ever later."""
    return f"2024-{1 + n // 28 % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:00.{n % 1000:03}Z"


__all__ = ["LARGE", "SMALL", "USERS", "Row", "Shop", "Size"]
