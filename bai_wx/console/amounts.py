"""Amounts as operators read them."""


def yuan(amount: float | None) -> str:
    """An amount of yuan, `—` where there is none."""
    return "—" if amount is None else f"¥{amount:,.2f}"
