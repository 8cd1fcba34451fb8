"""What goes to the log, and what never does."""

import logging
import re
from typing import Final

LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"

_VALUES = re.compile(r"(?:\n|\\n)(?:DETAIL|CONTEXT|QUERY): [^\n]*")
"""What PostgreSQL adds to an error, alone on its line or in a text written as one: values of rows."""


class WithoutValues(logging.Formatter):
    """Leaves out the values of rows that a database's error names: an openid is among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record, its trace included."""
        return _VALUES.sub("", super().format(record))


def log_to_stderr(level: str) -> None:
    """Log ours and the server's at this level, other libraries' warnings alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutValues(LOG_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for name in ("bai_wx", "uvicorn"):
        logging.getLogger(name).setLevel(level.upper())
    # It writes whole addresses, and WeChat wants our secret in them.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
