"""Scalar, which shows the contract: one script, from a package of PyPI that the extra `docs` installs.

Of that package the file alone is used; its Python is not imported.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "flask_openapi_scalar"
FILE = "templates/scalar/js/scalar.standalone.js"
LEVEL = 6  # 4.9 MB become 1.4 MB in a fifth of a second


@dataclass(frozen=True)
class Script:
    """A script and its bytes in gzip. Its name changes with its text, so that browsers may keep it."""

    name: str
    path: Path
    packed: bytes

    @cached_property
    def text(self) -> bytes:
        """The bytes themselves, read when first asked for; however many readers are slow, they share them."""
        return self.path.read_bytes()


@cache
def load_script() -> Script | None:
    """Find Scalar's script and compress it; None where the extra is not installed."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / FILE
    if not path.exists():
        return None
    text = path.read_bytes()
    digest = hashlib.sha256(text).hexdigest()[:12]
    return Script(f"scalar-{digest}.js", path, gzip.compress(text, LEVEL, mtime=0))
