"""The command: `python -m tests.replay record DIR`, `python -m tests.replay play DIR`."""

import argparse
import itertools
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests import databases
from tests.replay.play import play, record, table
from tests.replay.recording import Recording
from tests.replay.story import SEED
from tests.replay.world import PARTS, POSTGRES, SQLITE
from tests.running import command_line


def main(words: Sequence[str] | None = None) -> int:
    """Record or play, as the words say. Returns: 1 where an answer differs."""
    arguments = _parser().parse_args(words)
    recording = Recording(arguments.folder)
    print(f"{' '.join(command_line())}: {arguments.verb} {recording.folder}", flush=True)
    began = time.monotonic()
    if arguments.verb == "record":
        done = record(recording, arguments.database, arguments.requests, arguments.seed)
        print(table(done))
        print(f"{len(done)} requests recorded in {time.monotonic() - began:.0f} s")
        return 0
    left = itertools.count(arguments.reports, -1)
    played = play(
        recording,
        lambda report: next(left) > 0 and print(f"\n{report}", flush=True),
        arguments.part or PARTS,
    )
    kind = recording.about()["database"]
    took = f"in {time.monotonic() - began:.0f} s"
    print(f"{kind}: {played.equal} answers equal, {played.different} different, {took}")
    return 1 if played.different else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    recorder = verbs.add_parser("record", help="send requests and write down the answers")
    recorder.add_argument("folder", type=Path)
    recorder.add_argument("--database", choices=(SQLITE, POSTGRES), default=databases.KIND)
    recorder.add_argument("--requests", type=int, default=5000, help="default: 5000")
    recorder.add_argument("--seed", type=int, default=SEED)
    player = verbs.add_parser("play", help="send them again and compare the answers")
    player.add_argument("folder", type=Path)
    player.add_argument("--part", choices=PARTS, action="append", help="default: all of them")
    player.add_argument("--reports", type=int, default=10, help="differences shown in full")
    return parser


if __name__ == "__main__":
    sys.exit(main())
