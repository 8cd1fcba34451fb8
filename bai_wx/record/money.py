"""Money has one home: yuan with at most two decimals outside, whole fen (an integer) inside."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MAX_FEN = 999_999_999  # 9,999,999.99 yuan
BEYOND_FEN = MAX_FEN + 1  # stands for a number that is too large to be turned into fen


def fen_of(yuan: object) -> int | None:
    """Turn yuan (number or numeric text) into fen; a third decimal is rounded half up.

    The number is read by its shortest text (`0.29` is 29 fen, never 28). None when it is no finite number.
    """
    try:
        amount = Decimal(str(yuan))
        return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def expected_fen(yuan: object) -> int | None:
    """Read the amount a client counts on, in yuan; None where it says none: null, `""` or 0.

    Amounts are compared in fen, after rounding: a client's sum of floats is `34063.119999999995`. One that
    is rounded to 0 is an amount: only 0 itself is none.
    """
    if yuan is None or yuan == "":
        return None
    fen = fen_of(yuan)
    if fen is None:
        return BEYOND_FEN
    return fen if fen or Decimal(str(yuan)) else None


def yuan_of(fen: int) -> int | float:
    """Turn fen into the JSON number of yuan: 1990 is 19.9, 2000 is 20 (no `.0`, as PocketBase writes)."""
    whole, rest = divmod(fen, 100)
    return fen / 100 if rest else whole
