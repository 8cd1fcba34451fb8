"""`python -m tests.contract.record_examples`: write what the server answers into the contract.

Nothing is written while the examples hold but for ids and times, so a second run changes nothing.
"""

import sys

from tests.contract.example_files import find_spots, write
from tests.contract.example_story import play


def main() -> int:
    """Play the story and record it. Returns: 1 when an example has no part in it."""
    spots = find_spots()
    seen = play(spots)
    changed = sorted(name for name in seen if seen[name].differences)
    if changed:
        # All of them: ids and times of one run belong together.
        write({name: each.value for name, each in seen.items()})
    for name in changed:
        print(f"{name}: {'; '.join(seen[name].differences)}")
    unplayed = sorted(spots.keys() - seen.keys())
    for name in unplayed:
        print(f"{name}: no step of example_story.py shows it", file=sys.stderr)
    print(f"{len(seen)} examples played, {len(changed)} had changed")
    return 1 if unplayed else 0


if __name__ == "__main__":
    sys.exit(main())
