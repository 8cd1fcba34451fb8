"""Functions of a small contract that say what reached them; `test_connexion_lane.py` serves it."""

import json

import connexion


def echo_document(name: str) -> bytes:
    """A document is not compiled: Connexion's stack serves it."""
    return json.dumps(
        {
            "function": "echo_document",
            "name": name,
            "method": connexion.context.scope["method"],
            "path": connexion.context.scope["path"],
            "query": connexion.context.scope["query_string"].decode(),
        }
    ).encode()


def echo_other(name: str) -> bytes:
    """The same of another operation of the same path."""
    return json.dumps({"function": "echo_other", "name": name}).encode()


def echo_value(name: str) -> dict[str, str]:
    """A value is compiled."""
    return {"function": "echo_value", "name": name}


def echo_broken() -> bytes:
    """A handler with a defect."""
    raise RuntimeError("a defect")
