"""The clock of PostgreSQL's server, which is the same for all that share it."""

from typing import Final

NOW_MS: Final = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
"""The moment of a row, in Unix ms, as SQL; also late in a transaction."""
