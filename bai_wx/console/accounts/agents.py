"""The name of a browser in few words, out of what it says of itself."""

import re
from typing import Final

# The first that fits counts: most browsers name others beside themselves.
_BROWSERS: Final = (
    (re.compile(r"MicroMessenger/(\d+)"), "WeChat"),
    (re.compile(r"Edg(?:e|A|iOS)?/(\d+)"), "Edge"),
    (re.compile(r"(?:Firefox|FxiOS)/(\d+)"), "Firefox"),
    (re.compile(r"(?:Headless)?Chrome/(\d+)|CriOS/(\d+)"), "Chrome"),
    (re.compile(r"Version/(\d++)[.\d]*+ (?:Mobile/\S++ )?Safari"), "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
MAX_UNKNOWN: Final = 40  # characters


def name_of(agent: str) -> str:
    """Browser, version and system, as `Chrome 156 · Windows`; of an unknown one how its text begins."""
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    for pattern, name in _BROWSERS:
        if found := pattern.search(agent):
            version = next(filter(None, found.groups()))
            return f"{name} {version} · {system}" if system else f"{name} {version}"
    return agent[:MAX_UNKNOWN]
