"""Personal numbers as they are shown to whoever may not see them whole, and as the audit log keeps them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from models.users import masked_phone


def masked_paper(number: str) -> str:
    """Hide all of an identity paper's number but its last two characters."""
    return f"****{number[-2:]}" if number else ""


MASKED: Final[Mapping[str, Callable[[str], str]]] = {
    "users_phone": masked_phone,
    "users_id_number": masked_paper,
}
"""How a field's value is masked, by the field's name."""


PAPER_TEXT: Final = "attachments_ocr"
"""What was read from a picture. Of an identity paper's it is the paper's number and name."""


def masked_paper_text(text: str) -> str:
    """Hide all of what was read from an identity paper."""
    return "****" if text else ""


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with personal numbers masked. A text that is masked already stays as it is."""
    return {
        name: MASKED[name](value) if name in MASKED and "*" not in value else value
        for name, value in values.items()
    }


OPENIDS: Final = frozenset(
    {
        *("openid", "unionid", "users_parent_id", "users_convers_id"),
        *("order_owner", "cart_owner", "document_owner", "attachments_owner"),
        "company_owner_openid",
    }
)
"""The fields that name a person by WeChat's id."""
OPENID_END: Final = 4


def for_log(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a log keeps them that cannot be corrected: of nobody who could be named by WeChat's id."""
    found = masked(values)
    for name in OPENIDS & found.keys():
        if found[name]:
            found[name] = f"****{str(found[name])[-OPENID_END:]}"
    return found
