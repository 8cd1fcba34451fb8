"""Loading Connexion without the warnings of what it loads in turn."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_import() -> Iterator[None]:
    """Import in here what brings Connexion along.

    Connexion 3.3.0 imports Starlette's test client and jsonschema's old resolver, which warn of
    themselves on the terminal of whoever starts the server. Goes when Connexion stops doing so.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
