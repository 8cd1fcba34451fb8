"""No file of the checkout holds a private key, an access key or a token that opens something."""

import base64
import json
import re
from collections.abc import Iterator
from os import walk
from pathlib import Path

import pytest

from tests.checkout import made_here
from tests.tree import ROOT

SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_\w{36}|github_pat_\w{22,})"),
    "GitLab token": re.compile(r"\bglpat-[\w-]{20}"),
    "Slack token": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "npm or PyPI token": re.compile(r"\b(?:npm_\w{36}|pypi-AgE\w{20,})"),
    "robot's key": re.compile(
        r"(?:webhook/send\?key=|robot/send\?access_token=|bot/v2/hook/)[0-9a-f-]{32,}"
    ),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.(eyJ[\w-]{10,})\.[\w-]{20,}"),
}
FORBIDDEN = re.compile(r"\.env|.*\.(?:pem|key|p12|pfx|jks|keystore)|id_(?:rsa|ed25519|ecdsa)")
"""Names of files that hold secrets, whatever is written in them."""

MADE_UP = {"AKIATESTS0000000000A"}
"""What looks like one and opens nothing: moto's S3 in tests."""

LARGEST = 2_000_000  # bytes of a file that is looked at; larger ones are pictures


def files() -> Iterator[Path]:
    """Every file of the checkout, without what was made in it."""
    for folder, folders, names in walk(ROOT):
        made = {*made_here(folder, folders), ".schemathesis", ".hypothesis", "recordings"}
        folders[:] = [name for name in folders if name not in made]
        yield from (Path(folder, name) for name in names if name != ".git")


def found_in(text: str) -> list[str]:
    """What kinds of secrets a text holds. A signed token that has ended is an example."""
    return [
        kind
        for kind, pattern in SECRETS.items()
        for match in pattern.finditer(text)
        if match[0] not in MADE_UP and not (match.groups() and _is_example(match[1]))
    ]


def _is_example(claims: str) -> bool:
    """Whether a token's claims are those of an example: signed once for the contract, and long over."""
    padded = claims + "=" * (-len(claims) % 4)
    return int(json.loads(base64.urlsafe_b64decode(padded)).get("exp", 0)) < EXAMPLES_END


EXAMPLES_END = 1_800_000_000  # 2027-01-15, in s since 1970


def test_no_file_holds_a_secret() -> None:
    """Nor is named like one."""
    wrong = []
    for path in files():
        if FORBIDDEN.fullmatch(path.name):
            wrong.append(f"{path.relative_to(ROOT)}: by its name")
        elif path.stat().st_size < LARGEST:
            kinds = found_in(path.read_text("utf-8", errors="replace"))
            wrong.extend(f"{path.relative_to(ROOT)}: {kind}" for kind in kinds)
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("-----BEGIN " + "RSA PRIVATE KEY-----", "private key", id="RSA"),
        pytest.param("-----BEGIN " + "PRIVATE KEY-----", "private key", id="PKCS 8"),
        pytest.param("key = AKIA" + "Q" * 16, "AWS access key", id="AWS"),
        pytest.param("ghp_" + "a1" * 18, "GitHub token", id="GitHub"),
        pytest.param("webhook/send?key=" + "0a" * 16, "robot's key", id="robot"),
        pytest.param(
            "eyJhbGciOiJIUzI1NiJ9."
            + base64.urlsafe_b64encode(b'{"exp":4000000000}').decode().rstrip("=")
            + "."
            + "x" * 43,
            "signed token",
            id="token",
        ),
    ],
)
def test_a_secret_is_noticed(text: str, kind: str) -> None:
    assert found_in(f"a line\n{text}\n") == [kind]
