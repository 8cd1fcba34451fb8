"""Recording and playing: requests to a server of `world`, answers into a file or beside those in one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from tests.replay import dataset
from tests.replay.names import Names
from tests.replay.recording import Exchange, Recording, differences, in_full
from tests.replay.story import SEED, Story
from tests.replay.wire import Connection
from tests.replay.world import FOREIGN, LIMITED, PARTS, serving

SMALL_PARTS: Final = {LIMITED: 70, FOREIGN: 130}
"""Requests to the servers with other settings; the others go to the first."""


def record(recording: Recording, kind: str, count: int, seed: int = SEED) -> list[Exchange]:
    """Record `count` requests on a database of this kind, and some with other settings.

    Returns: them all.
    """
    counts = {part: SMALL_PARTS.get(part, count) for part in PARTS}
    recording.describe(database=kind, seed=seed, requests=counts)
    done: list[Exchange] = []
    for place, (part, number) in enumerate(counts.items()):
        exchanges = list(_recorded(part, kind, number, seed + place))
        recording.write(part, exchanges)
        done += exchanges
    return done


def _recorded(part: str, kind: str, count: int, seed: int) -> Iterator[Exchange]:
    story = Story(seed)
    with connected(part, kind) as connection:
        for _ in range(count):
            request = story.next()
            answer = connection.ask(request)
            story.told(request, answer)
            yield Exchange(part, request, answer)


@contextmanager
def connected(part: str, kind: str) -> Iterator[Connection]:
    """A connection to a new server of this part."""
    names = Names(dataset.words())
    with serving(part, kind) as server, Connection(server.url, names) as connection:
        yield connection


class Played(NamedTuple):
    """How many answers were equal, and how many were not."""

    equal: int
    different: int


def play(
    recording: Recording, tell: Callable[[str], object], parts: Iterable[str] = tuple(PARTS)
) -> Played:
    """Send the recorded requests to new servers; `tell` each answer that differs from the recorded one."""
    kind = recording.about()["database"]
    equal = different = 0
    for part in parts:
        with connected(part, kind) as connection:
            for number, exchange in enumerate(recording.read(part)):
                answer = connection.ask(exchange.request)
                if differences(exchange.answer, answer):
                    different += 1
                    tell(in_full(number, exchange, answer))
                else:
                    equal += 1
    return Played(equal, different)


def table(exchanges: list[Exchange]) -> str:
    """How many requests of each family were answered with which class of status."""
    counted = Counter((each.request.family, each.answer.status // 100) for each in exchanges)
    classes = sorted({status for _, status in counted})
    names = {0: "closed", **{status: f"{status}xx" for status in classes if status}}
    lines = [
        f"| family | all | {' | '.join(names[status] for status in classes)} |",
        f"| --- |{' --- |' * (len(classes) + 1)}",
    ]
    for family in (*sorted({family for family, _ in counted}), ""):
        row = [
            sum(
                n
                for (name, found), n in counted.items()
                if found == status and family in (name, "")
            )
            for status in classes
        ]
        lines.append(f"| {family or 'all'} | {sum(row)} | {' | '.join(map(str, row))} |")
    return "\n".join(lines)
