"""Every metric but that of the requests, by name: their cells are dealt out before there is a request.

A new one is one more object here, and a row in `docs/operations.md`.
"""

from typing import Final

from bai_wx.metrics.kinds import Histogram, Metric, dealt

IN_FLIGHT: Final = Metric(
    "bai_wx_requests_in_flight", "gauge", "Requests that are being answered."
).series()
CONNECTIONS: Final = Metric("bai_wx_connections", "gauge", "Open connections of clients.").series()

QUEUES: Final = (
    "writes",
    "database",
    "on_loop",
    "waiting",
    "long_reads",
    "checks",
    "on_loop_checks",
    "readiness",
    "console",
)
QUEUE_BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
QUEUE_LENGTH: Final = Metric(
    "bai_wx_queue_length", "gauge", "Requests that wait or work in a queue.", {"queue": QUEUES}
)
QUEUE_WAIT: Final = Histogram(
    "bai_wx_queue_wait_seconds",
    "How long requests waited in a queue before their turn.",
    "queue",
    QUEUES,
    QUEUE_BOUNDS,
)

DATABASE_CONNECTIONS: Final = Metric(
    "bai_wx_database_connections",
    "gauge",
    "Connections to PostgreSQL, by whether a request uses them.",
    {"state": ("used", "idle")},
)
COMMITS: Final = Metric(
    "bai_wx_commits_total", "counter", "Transactions that were committed."
).series()
COMMITTED_ROWS: Final = Metric(
    "bai_wx_committed_rows_total", "counter", "Rows that SQLite's commits have written."
).series()

CACHE: Final = Metric(
    "bai_wx_cache_lookups_total",
    "counter",
    "Look-ups in the caches of a worker, by whether they held what was asked for.",
    {"cache": ("records", "totals", "tokens"), "result": ("hit", "miss")},
)

PUBLIC_READS: Final = Metric(
    "bai_wx_public_reads_total",
    "counter",
    "Reads of public records that a standby might answer, by what became of each.",
    {"result": ("replica", "own_write", "no_replica", "failed", "private")},
)
MOST_REPLICAS: Final = 8
REPLICA_LAG: Final = Histogram(
    "bai_wx_replica_lag_seconds",
    "How far a standby was behind the primary at most, each time it was asked.",
    "replica",
    tuple(str(number) for number in range(1, MOST_REPLICAS + 1)),
    (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5),
)

WECHAT_CALLS: Final = ("login", "access_token", "phone")
WECHAT_BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
WECHAT_ERRCODES: Final = (
    *("0", "-1", "40001", "40002", "40013", "40014", "40029", "40125", "40163", "40164"),
    *("40226", "41001", "41002", "41004", "41008", "42001", "43001", "43002", "45009"),
    *("45011", "47001", "other", "unreachable"),
)
WECHAT_ANSWERS: Final = Metric(
    "bai_wx_wechat_answers_total",
    "counter",
    "What WeChat's server answered, by errcode; unreachable where no answer came.",
    {"call": WECHAT_CALLS, "errcode": WECHAT_ERRCODES},
)
WECHAT_SECONDS: Final = Histogram(
    "bai_wx_wechat_duration_seconds",
    "How long WeChat's server took to answer.",
    "call",
    WECHAT_CALLS,
    WECHAT_BOUNDS,
)

LOGGED: Final = Metric(
    "bai_wx_log_records_total",
    "counter",
    "Lines of the log that tell of trouble.",
    {"level": ("warning", "error", "critical")},
)

RESTARTS: Final = Metric(
    "bai_wx_worker_restarts_total",
    "counter",
    "Workers that were started in the place of another: one that ended, hung, or had older settings.",
).series()

CELLS: Final = dealt.next
"""The cells of a row before those of the requests, which the contract says the number of."""
