"""Holds a report of the take-over against what is known of the source and what is found in the home."""

from collections.abc import Iterator
from typing import Any

from tests.running import Server
from tests.takeover.making import Made
from tests.takeover.mangled import CHANGED, JOINED, KEPT, REFUSED, Mangled
from tests.takeover.moving import Rows, contents, files

FATES = ("written", "updated", "joined", "unchanged", "kept", "refused")
Report = dict[str, Any]


def wrong_in(report: Report, made: Made, server: Server) -> list[str]:
    """What a first take-over's report says wrongly, or should have said."""
    here = contents(server)
    return [
        *_counts(report, made, here),
        *_reasons(report),
        *_fates(report, made, here),
        *_good_rows(report, made, here),
        *_files(report, made, server, here),
        *_left_behind(report, made),
    ]


def _counts(report: Report, made: Made, here: Rows) -> Iterator[str]:
    """Every row of the source is read, has one fate, and is there unless it is refused."""
    for name, counts in report["collections"].items():
        if counts["read"] != made.rows[name]:
            yield f"{name}: {made.rows[name]} rows in the source, {counts['read']} read"
        if sum(counts[fate] for fate in FATES) != counts["read"]:
            yield f"{name}: the fates of its rows do not add up: {counts}"
        if len(here[name]) != counts["read"] - counts["refused"]:
            yield f"{name}: {len(here[name])} rows here, {counts['refused']} of {counts['read']} refused"
        refused = {each["id"] for each in report["refused"] if each["collection"] == name}
        if len(refused) != counts["refused"]:
            yield f"{name}: {counts['refused']} refused, {len(refused)} named"
    if missing := here.keys() - report["collections"].keys():
        yield f"not told of: {missing}"


def _reasons(report: Report) -> Iterator[str]:
    for each in report["refused"] + report["files_refused"]:
        if not (each["id"] and each["field"] and each["reason"]):
            yield f"refused without a reason: {each}"


def _fates(report: Report, made: Made, here: Rows) -> Iterator[str]:
    """Every mangled row has one of the fates that its kind may have, and is told of."""
    ids = {name: {row["id"] for row in rows} for name, rows in here.items()}
    told = {(each["collection"], each["id"]) for each in report["refused"]}
    told_of_files = {(each["collection"], each["id"]) for each in report["files_refused"]}
    for kind, row in made.mangled:
        place = kind.collection, row["id"]
        is_here = row["id"] in ids[kind.collection]
        if is_here == (place in told):
            yield f"{kind.name}: here and refused, or neither: {place}"
        elif not is_here and REFUSED not in kind.fates:
            yield f"{kind.name}: refused: {place}"
        elif is_here and not {CHANGED, KEPT, JOINED} & set(kind.fates):
            yield f"{kind.name}: taken over: {place}"
        elif is_here and KEPT not in kind.fates and place not in told_of_files:
            yield from _untold(report, kind)


def _untold(report: Report, kind: Mangled) -> Iterator[str]:
    changed = report["collections"][kind.collection]["changed"]
    if kind.fates == (JOINED,):
        if not any("joined" in each["how"] for each in changed):
            yield f"{kind.name}: not told"
    elif not any(each["field"] == kind.field for each in changed):
        yield f"{kind.name}: nothing is told of {kind.field}"


def _good_rows(report: Report, made: Made, here: Rows) -> Iterator[str]:
    """No good row is refused, and each has its id, openid and moments still."""
    mangled = {row["id"] for _, row in made.mangled}
    for each in report["refused"]:
        if each["id"] not in mangled:
            yield f"a good row is refused: {each}"
    users = {row["id"]: row["openid"] for row in here["tbl_auth_users"]}
    for number in range(made.shop.size.users):
        user = made.shop.user(number)
        if users.get(user["id"]) != user["openid"]:
            yield f"the user {number} is not here as it was"
    for name, rows in made.shop.rows().items():
        known = {row["id"]: row for row in here.get(name, [])}
        for row in rows if name in here else []:
            found = known.get(row["id"])
            if found is None or found["is_delete"] != row["is_delete"]:
                yield f"{name} {row['id']} is not here as it was"


def _files(report: Report, made: Made, server: Server, here: Rows) -> Iterator[str]:
    """Every file is here, byte for byte, where its row says; none beside them."""
    stored = files(server)
    if report["collections"]["tbl_attachments"]["files"]["stored"] != len(made.files):
        yield f"of {len(made.files)} files the report tells another number"
    links = {row["id"]: row["attachments_link"] for row in here["tbl_attachments"]}
    for record_id, md5 in made.files.items():
        path = f"tbl_attachments/{record_id}/{links.get(record_id)}"
        if stored.pop(path, None) != md5:
            yield f"{path} is not the file that was uploaded"
    if stored:
        yield f"files of nobody's: {list(stored)[:5]}"


def _left_behind(report: Report, made: Made) -> Iterator[str]:
    """What has no place with us is told by its name and count."""
    told = {each["name"]: each["count"] for each in report["not_taken_over"]}
    for collection in made.shop.shape.collections():
        name = collection.name
        if name not in report["collections"] and name not in told:
            yield f"nothing is told of {name}"
    for name in ("tbl_operation_log", "tbl_roles", "tbl_document_embedding"):
        if told.get(name) != made.rows[name]:
            yield f"{name} has {made.rows[name]} rows, the report says {told.get(name)}"
    for field in ("tbl_company.company_website", "tbl_document.document_embedding"):
        if not told.get(field):
            yield f"nothing is told of {field}"
