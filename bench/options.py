"""What the commands of the bench share of their options."""

import argparse
from collections.abc import Collection
from typing import Any


def listed(known: Collection[str]) -> type[argparse.Action]:
    """An option that takes some of the known names, commas between."""

    class Listed(argparse.Action):
        def __call__(
            self,
            parser: argparse.ArgumentParser,
            namespace: argparse.Namespace,
            values: Any,
            _option: str | None = None,
        ) -> None:
            names = values.split(",")
            if unknown := sorted(set(names) - set(known)):
                parser.error(f"{', '.join(unknown)} is none of {', '.join(known)}")
            setattr(namespace, self.dest, names)

    return Listed
