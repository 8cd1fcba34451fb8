"""The memory in which workers count is made once and found again, by those who serve the same contract."""

import logging
import os

import pytest

from bai_wx import metrics
from bai_wx.contract import loader
from bai_wx.process.inherited import METRICS, Inherited
from bai_wx.process.quiet import quiet_import

with quiet_import():
    from bai_wx.process.shared_metrics import count_in, share_metrics

BUNDLE = {"paths": {"/a": {"get": {"operationId": "look"}, "post": {"operationId": "do"}}}}
OTHER = {"paths": {"/a": {"get": {"operationId": "look"}}}}


@pytest.mark.parametrize(
    ("bundle", "counted", "said"),
    [
        pytest.param(BUNDLE, 1, [], id="the contract of before"),
        pytest.param(OTHER, 0, ["this process has another contract"], id="another one"),
    ],
)
def test_a_worker_finds_its_row(
    bundle: dict[str, object], counted: int, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """One of another contract counts alone, and says so."""
    descriptor = share_metrics(BUNDLE, 2)
    inherited = Inherited({METRICS: descriptor}, 1, os.getppid(), [])
    with caplog.at_level(logging.WARNING):
        count_in(bundle, inherited)
    metrics.COMMITS.inc()
    metrics.declare(("look", "do"))
    metrics.attach(inherited.memory(METRICS))
    assert metrics.COMMITS.total() == counted
    assert [text.partition(" than")[0] for text in caplog.messages] == said
    metrics.declare(())
    os.close(descriptor)


def test_every_status_of_the_contract_is_told_apart() -> None:
    """None is counted as `other`."""
    declared = {
        status
        for operation in loader.operations_of(loader.load(loader.CONTRACT_ROOT))
        for status in operation["responses"]
    }
    assert declared - {str(status) for status in metrics.STATUSES} == set()
