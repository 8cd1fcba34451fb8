"""The recorder and the player: the same server is equal to itself, and what differs is found."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests import databases
from tests.databases import without_sql
from tests.replay.__main__ import main
from tests.replay.names import Names
from tests.replay.play import SMALL_PARTS
from tests.replay.recording import Recording, differences
from tests.replay.wire import Answer, Request
from tests.replay.world import FOREIGN

COUNT = 300
NOW_MS = 1_795_140_000_250
"""2026-11-20 02:00:00.250 UTC."""
ENGINE = re.compile(
    r"^\s*(?:from|import) (?:bai_wx|errors|handlers|models|records|server|spec|wechat)\b",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the server that is tested, on the database that is tested."""
    folder = tmp_path_factory.mktemp("replay") / "recorded"
    assert main(["record", str(folder), "--requests", str(COUNT)]) == 0
    return folder


def test_another_server_answers_alike(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With new ids, times and tokens, all else is equal."""
    found = main(["play", str(recorded)])
    said = capsys.readouterr().out
    count = COUNT + sum(SMALL_PARTS.values())
    assert f"{databases.KIND}: {count} answers equal, 0 different" in said, said
    assert found == 0


def test_answers_are_of_all_kinds(recorded: Path) -> None:
    """Two thirds of the requests do what they are sent for, the others are refused."""
    recording = Recording(recorded)
    statuses = [each.answer.status for each in recording.read("requests")]
    assert sum(200 <= status < 400 for status in statuses) > COUNT * 0.6
    assert {200, 204, 304, 400, 401, 404} <= set(statuses)
    assert 429 in {each.answer.status for each in recording.read("limits")}


@without_sql
def test_differences_are_found(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A byte, a header and a status that were recorded otherwise are told, and nothing else is."""
    folder = shutil.copytree(recorded, tmp_path / "planted")
    recording = Recording(folder)
    exchanges = list(recording.read(FOREIGN))
    whole = [
        n for n, each in enumerate(exchanges) if each.answer.status == 200 and each.answer.body
    ]
    planted = whole[10:40:10]
    for number, spoil in zip(
        planted, (_another_byte, _a_header_less, _another_status), strict=True
    ):
        exchanges[number] = replace(exchanges[number], answer=spoil(exchanges[number].answer))
    recording.write(FOREIGN, exchanges)
    assert main(["play", str(folder), "--part", FOREIGN]) == 1
    said = capsys.readouterr().out
    assert f"{SMALL_PARTS[FOREIGN] - 3} answers equal, 3 different" in said
    assert re.findall(r"^request (\d+) of origins", said, re.MULTILINE) == [str(n) for n in planted]
    assert "body, from byte 1 on:" in said
    assert "+ x-frame-options" in said
    assert "- x-frame-options" not in said
    assert "status: recorded 202, played 200" in said


def _another_byte(answer: Answer) -> Answer:
    return replace(answer, body=answer.body[:1] + b"!" + answer.body[2:])


def _a_header_less(answer: Answer) -> Answer:
    headers = tuple(line for line in answer.headers if line[0].lower() != "x-frame-options")
    return replace(answer, headers=headers)


def _another_status(answer: Answer) -> Answer:
    return replace(answer, status=202)


ANSWER = Answer(200, "OK", (("Date", "~now~"), ("Vary", "Origin")), b'{"id":"~id1~","n":[1,2]}')


@pytest.mark.parametrize(
    ("played", "told"),
    [
        pytest.param(ANSWER, [], id="nothing"),
        pytest.param(replace(ANSWER, status=201), ["status"], id="status"),
        pytest.param(replace(ANSWER, reason="Fine"), ["reason"], id="reason"),
        pytest.param(replace(ANSWER, is_last=True), ["end of the connection"], id="connection"),
        pytest.param(replace(ANSWER, claims=("{}",)), ["claims of tokens"], id="claims"),
        pytest.param(replace(ANSWER, headers=ANSWER.headers[:1]), ["headers"], id="no header"),
        pytest.param(replace(ANSWER, headers=ANSWER.headers[::-1]), ["headers"], id="their order"),
        pytest.param(
            replace(ANSWER, headers=(("date", "~now~"), ("Vary", "Origin"))),
            ["headers"],
            id="their spelling",
        ),
        pytest.param(
            replace(ANSWER, body=ANSWER.body.replace(b",2", b", 2")),
            ["body, from byte 21 on"],
            id="a space",
        ),
        pytest.param(
            replace(ANSWER, body=ANSWER.body + b"\n"), ["body, from byte 24 on"], id="a line feed"
        ),
    ],
)
def test_what_differs_is_told(played: Answer, told: list[str]) -> None:
    assert [text.partition(":")[0] for text in differences(ANSWER, played)] == told


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        pytest.param(b'{"id":"a1b2c3d4e5f6g7h"}', b'{"id":"~id1~"}', id="an id"),
        pytest.param(
            b'["a1b2c3d4e5f6g7h","b1b2c3d4e5f6g7h","a1b2c3d4e5f6g7h"]',
            b'["~id1~","~id2~","~id1~"]',
            id="ids by appearance",
        ),
        pytest.param(b'{"a1b2c3d4e5f6g7h":1}', b'{"a1b2c3d4e5f6g7h":1}', id="a key"),
        pytest.param(b'"prod00000000001"', b'"prod00000000001"', id="a word of the imported rows"),
        pytest.param(
            b'{"id":"CART-01M85SHR87D2G9XD51SZ9J5JP6"}', b'{"id":"~code1~"}', id="a business id"
        ),
        pytest.param(b'"202611240328181838428219"', b'"~number1~"', id="a readable number"),
        pytest.param(b'"2026-11-20 02:00:00.250Z"', b'"~time0~"', id="a moment of a request"),
        pytest.param(b'"2026-11-20 02:00:00.300Z"', b'"~time0~"', id="a moment while it runs"),
        pytest.param(b'"2026-11-20 02:00:01.250Z"', b'"~time1~"', id="a moment of the next"),
        pytest.param(
            b'"2026-11-20 02:00:00.249Z"', b'"2026-11-20 02:00:00.249Z"', id="a moment before"
        ),
        pytest.param(
            b'{"attachments_link":"a_b_0123456789.png","x":"/f/a_b_0123456789.png?x"}',
            b'{"attachments_link":"a_b_~file1~.png","x":"/f/a_b_~file1~.png?x"}',
            id="a stored file",
        ),
        pytest.param(
            b'{"attachments_link":"v2abcdefghij_0123456789.pdf"}',
            b'{"attachments_link":"~file1~_~file2~.pdf"}',
            id="a stored file with hardly a name",
        ),
        pytest.param(
            b'{"token":"e30.e30.x","also":{"token":"e30.e30.x"}}',
            b'{"token":"~token1~","also":{"token":"~token2~"}}',
            id="tokens",
        ),
        pytest.param(
            b'{"openapi":"3.1.0","id":"a1b2c3d4e5f6g7h"}',
            b'{"openapi":"3.1.0","id":"a1b2c3d4e5f6g7h"}',
            id="the contract",
        ),
    ],
)
def test_ids_times_and_tokens_get_names(body: bytes, masked: bytes) -> None:
    names = Names([b"prod00000000001"])
    names.begin(NOW_MS)
    names.begin(NOW_MS + 1000)
    assert names.mask(body)[0] == masked


def test_a_request_says_what_its_names_mean() -> None:
    """Moments are encoded in a target; an unknown name stays."""
    names = Names()
    names.begin(NOW_MS)
    names.mask(b'{"id":"a1b2c3d4e5f6g7h"}')
    headers = (("X", "~id1~"),)
    request = Request("", "POST", "/~id1~?x=~time0~&y=~id2~", headers, b"~id1~ ~zeros3~ ~time0~")
    assert request.written(names) == (
        b"POST /a1b2c3d4e5f6g7h?x=2026-11-20%2002%3A00%3A00.250Z&y=~id2~ HTTP/1.1\r\n"
        b"Host: replay.example\r\nX: a1b2c3d4e5f6g7h\r\nContent-Length: 44\r\n\r\n"
        b"a1b2c3d4e5f6g7h 000 2026-11-20 02:00:00.250Z"
    )


def test_nothing_of_the_engine_is_imported() -> None:
    """What is recorded on one installation is played on another: both are asked over HTTP alone."""
    folder = Path(__file__).parent
    assert [p.name for p in folder.glob("*.py") if ENGINE.search(p.read_text("utf-8"))] == []
