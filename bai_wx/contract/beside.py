"""`x-beside`: what a hook's success says twice, in `data` and at its top level.

Clients of two generations read the same answer. One finds the record in `data`, the other one finds its
keys beside `statusCode`.
"""

from collections.abc import Mapping
from typing import Any, Final

from bai_wx.contract.files import ContractError
from bai_wx.contract.schemas import Schemas

BESIDE: Final = "x-beside"
EVERY: Final = "*"
"""The value of `x-beside` that stands for every key of `data`."""

ENVELOPE: Final = ("statusCode", "errMsg", "data")


def keys_beside(definition: Mapping[str, Any], schemas: Schemas) -> tuple[str, ...]:
    """The keys of `data` that an operation's success has beside `data` too; `(EVERY,)` for all of them.

    Raises: `ContractError` where such a key is one of the envelope's, or is missing in the schema of the
    answer or of its `data`.
    """
    said = definition.get(BESIDE, [])
    if not said:
        return ()
    operation = definition["operationId"]
    answer = definition["responses"]["200"]["content"]["application/json"]["schema"]
    properties = schemas.properties(answer)
    data = schemas.properties(properties["data"]).keys()
    keys = list(data) if said == EVERY else said
    if taken := sorted(set(keys) & set(ENVELOPE)):
        raise ContractError(f"{operation}: {BESIDE} repeats the envelope's own {', '.join(taken)}")
    if missing := sorted(set(keys) - (data & properties.keys())):
        raise ContractError(f"{operation}: {BESIDE} names what no schema has: {', '.join(missing)}")
    return (EVERY,) if said == EVERY else tuple(said)
