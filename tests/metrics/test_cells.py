"""Counting in memory that several processes share: nothing is lost, and nothing goes back.

Covers: bai_wx/metrics/
"""

import mmap
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from bai_wx import metrics
from bai_wx.wechat.errcodes import ErrCode

OPERATIONS = ("get_order", "make_order")
WORKERS = 3


@pytest.fixture
def shared() -> Iterator[mmap.mmap]:
    """Memory of three workers, for two operations."""
    metrics.declare(OPERATIONS)
    descriptor = os.memfd_create("metrics")
    os.ftruncate(descriptor, metrics.size(WORKERS))
    mapping = mmap.mmap(descriptor, 0)
    metrics.begin(mapping)
    yield mapping
    metrics.declare(())
    os.close(descriptor)


def told(name: str) -> dict[str, float]:
    """The lines of a metric: labels and value."""
    lines = [line for line in metrics.text().splitlines() if line.startswith(name)]
    return {
        text.removeprefix(name): float(value) for text, value in (n.rsplit(" ", 1) for n in lines)
    }


def test_threads_lose_no_count() -> None:
    """Four of them count the same series 200,000 times, without a lock."""
    metrics.declare(())
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    series, waits = metrics.COMMITS, metrics.QUEUE_WAIT.distribution("checks")

    def work() -> None:
        for _ in range(50_000):
            series.inc()
            waits.observe(0.002)

    threads = [threading.Thread(target=work) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert series.total() == 200_000
    assert told("bai_wx_queue_wait_seconds_count") == {'{queue="checks"}': 200_000}


def test_rows_are_added_up_and_a_successor_goes_on(shared: mmap.mmap) -> None:
    """A worker counts, a second one counts beside it, and a third takes the place of the first."""
    metrics.attach(shared, 0)
    metrics.COMMITS.inc(5)
    metrics.IN_FLIGHT.set(7)
    metrics.observe_request(metrics.index_of("make_order"), 201, 0.003)
    metrics.attach(shared, 1)
    metrics.COMMITS.inc()
    metrics.observe_request(metrics.index_of("make_order"), 201, 0.3)
    metrics.attach(shared, 0)
    metrics.COMMITS.inc()
    assert metrics.COMMITS.total() == 7
    assert told("bai_wx_requests_in_flight") == {"": 0}, "what was in flight went with its worker"
    buckets = told('bai_wx_request_duration_seconds_bucket{operation="make_order",status="201",')
    assert buckets['le="0.0025"}'] == 0
    assert buckets['le="0.005"}'] == 1
    assert buckets['le="0.5"}'] == buckets['le="+Inf"}'] == 2
    assert metrics.requests_answered(200, 300) == 2
    assert metrics.requests_answered(500) == 0


def test_a_gauge_of_a_worker_that_ended_counts_nothing(shared: mmap.mmap) -> None:
    """Its counters stay."""
    metrics.attach(shared, 0)
    child = os.fork()
    if not child:
        metrics.attach(shared, 1)
        metrics.IN_FLIGHT.set(3)
        metrics.COMMITS.inc(2)
        os._exit(0)
    os.waitpid(child, 0)
    assert metrics.COMMITS.total() == 2
    assert told("bai_wx_requests_in_flight") == {"": 0}
    assert [worker.pid for worker in metrics.workers()] == [os.getpid()]


@pytest.mark.parametrize(
    ("operations", "is_same"),
    [
        pytest.param(OPERATIONS, True, id="the same contract"),
        pytest.param((*OPERATIONS, "more"), False, id="an operation more"),
        pytest.param(OPERATIONS[::-1], False, id="in another order"),
    ],
)
def test_a_worker_of_another_contract_counts_alone(
    shared: mmap.mmap, operations: tuple[str, ...], is_same: bool
) -> None:
    """It would write into cells of others."""
    metrics.declare(operations)
    assert metrics.attach(shared, 2) is is_same
    metrics.COMMITS.inc()
    metrics.declare(OPERATIONS)
    metrics.attach(shared)
    assert metrics.COMMITS.total() == is_same


@pytest.mark.parametrize(
    ("operation", "status", "labels"),
    [
        pytest.param("get_order", 200, 'operation="get_order",status="200"', id="answered"),
        pytest.param("get_order", 299, 'operation="get_order",status="other"', id="odd status"),
        pytest.param("nothing", 404, 'operation="",status="404"', id="no operation"),
        pytest.param("get_order", 499, 'operation="get_order",status="499"', id="client gone"),
    ],
)
def test_requests_are_told_by_operation_and_status(
    shared: mmap.mmap, operation: str, status: int, labels: str
) -> None:
    metrics.attach(shared, 0)
    metrics.observe_request(metrics.index_of(operation), status, 20.0)
    assert told("bai_wx_request_duration_seconds_count") == {f"{{{labels}}}": 1}
    assert told("bai_wx_request_duration_seconds_sum") == {f"{{{labels}}}": 20}
    assert metrics.requests_answered() == 1


def test_every_errcode_with_a_name_is_told_apart() -> None:
    assert {str(code.value) for code in ErrCode} | {"other", "unreachable"} == set(
        metrics.WECHAT_ERRCODES
    )


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus has it")
def test_promtool_accepts_every_metric(shared: mmap.mmap) -> None:
    """Names, units, help and types are as Prometheus wants them."""
    metrics.attach(shared, 0)
    metrics.observe_request(metrics.index_of("get_order"), 200, 0.2)
    metrics.QUEUE_WAIT.distribution("writes").observe(9)
    metrics.WECHAT_SECONDS.distribution("login").observe(0.01)
    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=metrics.text(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
