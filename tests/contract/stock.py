"""Real ids for generated requests: what the shop has, and what the actor owns.

Random ids meet nothing but 404. So a part of the requests Schemathesis makes is given ids that
exist, where the generated value was valid anyway; what is meant to be wrong stays wrong.
"""

import base64
import random
from collections.abc import Callable
from typing import Any

from tests.running import Client

Item = dict[str, Any]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REFRESHED_EVERY = 5  # draws; a row may be gone meanwhile, which is a case as well
FEWEST_ROWS = 5
USCI_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Stock:
    """Draws ids of one user's rows; replenishes the cart and the orders when they run low."""

    def __init__(self, client: Client, seed: str) -> None:
        self._known = client
        self._kept: dict[str, tuple[int, list[Item]]] = {}
        self.openid = client.openid
        self.gone: set[str] = set()  # record ids that were deleted on the way
        self.random = random.Random(seed)

    @property
    def _client(self) -> Client:
        """On a connection of its own: one kept for later may have been closed meanwhile."""
        return Client(self._known.url, self._known.token, self._known.openid)

    def any_of(self, collection: str) -> Item:
        """A row of a public collection."""
        return self._draw(collection, lambda: self._listed(collection))

    def own_company(self) -> Item:
        """A company the actor may change."""
        return self._draw("own company", lambda: [self._new_company()])

    def own(self, collection: str, make: Callable[[], list[Item]]) -> Item:
        """A row of the actor's own in any collection; `make` makes some when they run low."""

        def rows() -> list[Item]:
            found = self._listed(collection)
            return found if len(found) >= FEWEST_ROWS else found + make()

        return self._draw(f"own {collection}", rows)

    def created(self, collection: str, bodies: list[Item]) -> list[Item]:
        """The rows that native creates of these bodies made."""
        path = f"/collections/{collection}/records"
        answers = [self._client.hook(path, body) for body in bodies]
        return [answer.json() for answer in answers if answer.status_code == 200]

    def line(self) -> Item:
        """A line of the actor's cart, mostly an active one."""
        return self._draw("line", self._lines)

    def order(self) -> Item:
        """An order of the actor's, mostly a pending one."""
        return self._draw("order", self._orders)

    def product_not_in_cart(self) -> Item:
        """A product without an active line; the oldest line goes if every product has one."""
        lines = self._active_lines()
        free = self._not_in(lines)
        if free:
            return self.random.choice(free)
        self._client.hook("/cart/delete", {"cart_id": lines[0]["cart_id"]})
        self.gone.add(lines[0]["pb_id"])
        return {"id": lines[0]["cart_product_id"]}

    def free_products(self) -> list[Item]:
        """The products without an active line; there may be none."""
        return self._not_in(self._active_lines())

    def _active_lines(self) -> list[Item]:
        asked = {"perPage": 100, "cart_status": "active", "sort": "created"}
        lines: list[Item] = self._client.data("/cart/list", asked)["items"]
        return lines

    def _not_in(self, lines: list[Item]) -> list[Item]:
        taken = {line["cart_product_id"] for line in lines}
        return [p for p in self._listed("tbl_product_list") if p["id"] not in taken]

    def active_line(self) -> Item:
        """A line that nobody has ordered yet."""
        made = self._put_into_cart(1)
        return made[0] if made else self.line()

    def new_lines(self) -> list[str]:
        """The `cart_id`s of one to three lines, active until somebody orders or deletes them."""
        return [line["cart_id"] for line in self._put_into_cart(self.random.randint(1, 3))]

    def usci(self) -> str:
        """A unified social credit code whose check digit is right."""
        body = "91440300" + "".join(self.random.choices(USCI_ALPHABET, k=9))
        weighed = sum(USCI_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
        return body + USCI_ALPHABET[-weighed % 31]

    def _draw(self, name: str, load: Callable[[], list[Item]]) -> Item:
        uses, items = self._kept.get(name, (0, []))
        if uses % REFRESHED_EVERY == 0 or not items:
            items = load()
        self._kept[name] = (uses + 1, items)
        return self.random.choice(items)

    def _listed(self, collection: str) -> list[Item]:
        page = self._client.get(f"/collections/{collection}/records?perPage=200")
        items: list[Item] = page.json()["items"]
        return items

    def _lines(self) -> list[Item]:
        items: list[Item] = self._client.data("/cart/list", {"perPage": 50})["items"]
        if sum(line["cart_status"] == "active" for line in items) >= FEWEST_ROWS:
            return items
        return items + self._put_into_cart(FEWEST_ROWS)

    def _put_into_cart(self, count: int) -> list[Item]:
        products = self.random.sample(self._listed("tbl_product_list"), count)
        bodies = [{"cart_product_id": p["id"], "cart_product_quantity": 1} for p in products]
        answers = [self._client.hook("/cart/create", body) for body in bodies]
        return [answer.json()["data"] for answer in answers if answer.status_code == 200]

    def _orders(self) -> list[Item]:
        items: list[Item] = self._client.data("/order/list", {"perPage": 50})["items"]
        if sum(order["order_status"] == "pending" for order in items) >= FEWEST_ROWS:
            return items
        return items + [self._new_order() for _ in range(FEWEST_ROWS)]

    def _new_order(self) -> Item:
        product = self.any_of("tbl_product_list")
        items = [{"prod_list_id": product["prod_list_id"], "quantity": 1}]
        order: Item = self._client.data(
            "/order/create", {"order_source": "product", "items": items}
        )
        return order

    def _new_company(self) -> Item:
        body = {"company_name": f"{self._client.openid} 的公司"}
        answer = self._client.hook("/collections/tbl_company/records", body)
        company: Item = answer.json()
        return company
