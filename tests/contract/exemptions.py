"""What a request that fits the contract may be refused with: PocketBase's manners and rules of the business.

`schemathesis.toml` names the statuses; here stands what exactly an answer says: `message`, `field code`,
`code` or `code field`. A fitting request that is refused with anything else fails the run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.answers import CREATE_REFUSED, GENERIC, MISSING
from tests.contract import natives
from tests.databases import IS_POSTGRES

LISTS = " ".join(natives.named("list"))
VIEWS = " ".join(natives.named("view"))
CREATES = " ".join(natives.named("create"))
UPDATES = " ".join(natives.named("update"))
UNREADABLE = "Failed to read the submitted batch data."


@dataclass(frozen=True)
class Exemption:
    """One row: which operations may refuse a request that fits by saying one of these things, and why."""

    operations: str  # operationIds
    says: tuple[str, ...]
    reason: str

    def names(self, operation_id: str) -> bool:
        """Whether the row is about this operation."""
        return operation_id in self.operations.split()


EXEMPTIONS = (
    # PocketBase's manners.
    Exemption(
        LISTS,
        (GENERIC,),
        "filter, sort and the modifiers of fields are languages: not every text is an expression "
        "over known fields",
    ),
    Exemption(
        f"{VIEWS} {CREATES} {UPDATES} auth_refresh file_token health",
        (GENERIC,),
        "fields takes any text, but an unknown modifier in it is 400 in PocketBase",
    ),
    Exemption(
        CREATES,
        ("Failed to create record.",),
        "a create its rule refuses (a guest, another owner) is 400 in PocketBase, not 401 or 403",
    ),
    Exemption(
        CREATES,
        ("id validation_not_unique",),
        "a client may choose the record id, but not one that is taken",
    ),
    Exemption(
        UPDATES,
        ("id validation_pk_change",),
        "what is no field is ignored, but `id` is one, and PocketBase refuses another value of it",
    ),
    *(
        Exemption(
            " ".join(spec.operations[v].id for v in ("create", "update") if v in spec.operations),
            natives.refusals(spec),
            f"{name}: a row that a relation names must be there, what is unique must not",
        )
        for name, spec in natives.COLLECTIONS.items()
        if {"create", "update"} & spec.operations.keys() and natives.refusals(spec)
    ),
    Exemption(
        "batch",
        (GENERIC, CREATE_REFUSED, MISSING, UNREADABLE, "url validation_length_too_long"),
        "any text is an address: not every one means a write of records, or a record that is there, or "
        "fits in bytes; a form's text is JSON or not",
    ),
    # Rules of the business that no schema can say.
    Exemption(
        "company_create company_update",
        ("company_usci validation_invalid_format",),
        "the check digit",
    ),
    Exemption(
        "attachment_create",
        (
            "attachments_link validation_required",
            "attachments_link validation_invalid_mime_type",
        ),
        "the type is sniffed: arbitrary bytes are no picture, PDF or film, nor is an empty file",
    ),
    Exemption(
        "file_download",
        ("The requested range is not satisfiable.",),
        "a range is well formed or not, and past the end of this file or not",
    ),
    Exemption(
        "file_download openapi_document",
        ("The precondition of the request is not met.",),
        "a condition names this very version or another one",
    ),
    Exemption(
        "cart_record_create cart_record_update",
        (
            "cart_product_id validation_missing_rel_records",
            "cart_product_id validation_not_unique",
            "cart_owner validation_not_unique",
            "cart_owner validation_cart_full",
        ),
        "the product must be on sale and not yet in the cart, which holds 200 lines",
    ),
    Exemption(
        "cart_record_update",
        ("cart_status validation_invalid_transition",),
        "an ordered line is not changed any more",
    ),
    Exemption(
        "order_record_create",
        (
            "order_snap validation_invalid_value",
            "order_amount validation_amount_mismatch",
        ),
        "every product must be on sale, the sum must fit an amount, and an amount sent must be it",
    ),
    Exemption(
        "order_record_update",
        (
            "order_status validation_invalid_transition",
            "order_remark validation_invalid_transition",
        ),
        "only a pending order is cancelled or gets another remark",
    ),
    Exemption(
        "cart_create order_create",
        ("product_unavailable",),
        "any text may be a product's id, but the product must be on sale",
    ),
    Exemption(
        "cart_create",
        ("validation_failed cart_product_quantity",),
        "the sum with what is in the cart already must not pass 9999",
    ),
    Exemption(
        "order_create",
        tuple(
            f"validation_failed {field}"
            for field in ("items", "cart_ids", "order_source_id", "order_snap", "order_number")
        ),
        "goods may be told in several ways, and one of them must tell some: named once, in JSON that can be "
        "read, with a line of the cart where it is ordered from; a number must be new, the sum fit an amount",
    ),
    Exemption(
        "wechat_login refresh_token wechat_profile",
        ("wechat_code_invalid", "wechat_code_used"),
        "any text may be a code; WeChat knows which are",
    ),
    Exemption(
        "wechat_profile",
        (
            "validation_failed company_id",
            "validation_failed users_picture",
            "validation_failed users_title_picture",
            "validation_failed users_id_pic_a",
            "validation_failed users_id_pic_b",
        ),
        "any text may be the id of a company or an attachment, but it must exist",
    ),
    Exemption(
        f"{CREATES} cart_create order_create batch",
        ("idempotency_key_reused", "The Idempotency-Key was already used with another body."),
        "the same key drawn twice with different bodies",
    ),
)


def said_by(answer: Any) -> list[str]:
    """Say in a few words what a refusal (its JSON) says."""
    data = answer["data"]
    if "errMsg" in answer:
        return [f"{data['code']} {field}" for field in data["fields"]] or [data["code"]]
    if "requests" in data and "code" not in data["requests"]:
        return [said for problem in data["requests"].values() for said in _said_of_request(problem)]
    return [f"{field} {problem['code']}" for field, problem in data.items()] or [answer["message"]]


def _said_of_request(problem: Any) -> list[str]:
    """The same of one request of a batch."""
    if "response" in problem:
        return said_by(problem["response"])
    return [f"{field} {each['code']}" for field, each in problem.items()]


def _asked_in(operation_id: str) -> list[str]:
    """The operations that may refuse: a batch is asked for any write, each with its own rules."""
    writes = f"{CREATES} {UPDATES}".split()
    return [operation_id, *(writes if operation_id == "batch" else ())]


def exemptions_of(operation_id: str, said: list[str], body: Any = None) -> list[Exemption]:
    """The rows that explain a refusal; none unless they explain all that was said."""
    rows = [row for row in EXEMPTIONS if any(map(row.names, _asked_in(operation_id)))]
    if IS_POSTGRES:
        rows.append(_unstorable(operation_id, body))
    excusing = [row for thing in said for row in rows if thing in row.says]
    excused = {thing for row in excusing for thing in row.says}
    return excusing if excused.issuperset(said) else []


def _unstorable(operation_id: str, body: Any) -> Exemption:
    """What PostgreSQL alone refuses: docs/pocketbase-differences.md."""
    said = tuple(
        thing
        for name in _fields_with_nul(body)
        for thing in (f"{name} validation_invalid_format", f"validation_failed {name}")
    )
    return Exemption(operation_id, said, "PostgreSQL's texts cannot hold a NUL")


def _fields_with_nul(body: Any) -> Iterator[str]:
    """The fields whose text holds one, those of a batch's requests too."""
    if isinstance(body, list):
        for each in body:
            yield from _fields_with_nul(each)
    elif isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str) and "\0" in value:
                yield name
            yield from _fields_with_nul(value)
