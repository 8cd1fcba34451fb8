"""Where each operation of the contract runs. A new operation has its name in a row of `WORK`."""

import inspect
from collections.abc import Iterator
from importlib import import_module

import pytest

from bai_wx.contract import loader
from bai_wx.contract.spec import Spec
from bai_wx.request.ways import EMBEDDED, REMOTE, Way, Work, work_of
from tests.contract.operations import SCAFFOLDED

CONTROLLER = "x-openapi-router-controller"

WORK = {
    Work.NO_DATABASE: "health",
    Work.READ: """
        users_count users_count_post openapi_document file_token file_download company_list company_view
        attachment_list attachment_view product_list product_view document_list document_view dict_list
        dict_view cart_list cart_detail cart_record_list cart_record_view order_list order_detail
        order_record_list order_record_view
    """,
    Work.WRITE: """
        wechat_login refresh_token auth_refresh company_create company_update cart_create cart_update
        cart_delete cart_record_create cart_record_update cart_record_delete order_create order_update
        order_delete order_record_create order_record_update order_record_delete batch
    """,
    Work.READINESS: "ready",
    Work.WAIT: "wechat_profile attachment_create",
}


def specs() -> Iterator[tuple[Spec, frozenset[str]]]:
    """Every operation, and the arguments that its function wants."""
    for path, method, definition in loader.operations(loader.load()):
        name = definition["operationId"]
        function = getattr(import_module(definition[CONTROLLER]), name)
        spec = Spec(name, method.upper(), path, definition, function)
        yield spec, frozenset(inspect.signature(function).parameters)


def works() -> dict[str, Work]:
    """Every operation's kind of work."""
    return {spec.id: work_of(spec, wanted) for spec, wanted in specs()}


def test_an_operation_that_asks_wechat_says_where_its_code_is() -> None:
    """Else the limit of codes would not hold there."""
    asking = [spec for spec, wanted in specs() if "wechat" in wanted]
    assert asking
    assert [spec.id for spec in asking if "x-spends-code" not in spec.definition] == []


def test_each_operation_is_of_one_kind() -> None:
    """A handler that asks for WeChat or an upload waits, a GET reads, and what else reads the contract says."""
    known = {name: work for work, names in WORK.items() for name in names.split()}
    found = works()
    assert {name: work for name, work in found.items() if name not in SCAFFOLDED} == known
    scaffolded = {work for name, work in found.items() if name in SCAFFOLDED}
    assert scaffolded <= {Work.READ, Work.WRITE}


@pytest.mark.parametrize(
    ("work", "embedded", "remote"),
    [
        pytest.param(Work.NO_DATABASE, "HERE HERE", "HERE HERE", id="says that it is well"),
        pytest.param(Work.READ, "HERE LONG_READ_POOL", "WAITING_HERE LONG_READ_POOL", id="read"),
        pytest.param(
            Work.WRITE, "WRITE_QUEUE DATABASE_POOL", "WAITING_HERE DATABASE_POOL", id="write"
        ),
        pytest.param(
            Work.WAIT, "WAITING_POOL WAITING_POOL", "WAITING_POOL WAITING_POOL", id="wait"
        ),
        pytest.param(
            Work.READINESS,
            "READINESS_POOL READINESS_POOL",
            "READINESS_POOL READINESS_POOL",
            id="says whether it can serve",
        ),
    ],
)
def test_a_kind_of_work_has_a_way_when_short_and_when_long(
    work: Work, embedded: str, remote: str
) -> None:
    """On SQLite what is short runs on the event loop, on PostgreSQL it waits there beside others."""
    for table, expected in ((EMBEDDED, embedded), (REMOTE, remote)):
        assert table[work] == tuple(Way[name] for name in expected.split())
