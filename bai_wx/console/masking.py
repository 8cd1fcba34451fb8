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
