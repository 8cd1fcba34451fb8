"""Related rows inside a record, each only to those who may see it."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from peewee import Database

import records
from tests.factories import make_attachment, make_company, make_product
from tests.records.sample import ALICE, Sample, make_sample


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> Iterator[None]:
    """A sample with all of its relations, one with invisible ones, one without any."""
    make_attachment(id="icon00000000000", attachments_filename="icon")
    make_attachment(id="second000000000", attachments_filename="second")
    make_attachment(id="invalid00000000", attachments_status="invalid")
    make_company(id="acme00000000000", company_name="Acme")
    make_product(id="onsale000000000", prod_list_name="on sale", prod_list_icon="icon00000000000")
    make_product(id="offsale00000000", prod_list_status="off_sale")
    pictures = '["second000000000","invalid00000000","icon00000000000","missing00000000"]'
    relations = {"company": "acme00000000000", "product": "onsale000000000"}
    make_sample(first="full", pictures=pictures, **relations)
    make_sample(first="hidden", product="offsale00000000", pictures='["invalid00000000"]')
    make_sample(first="bare")
    yield
    Sample.delete().execute()


def expanded(first: str, expand: str, names: str = "") -> Any:
    """The `expand` of one sample in a list of all, None without one."""
    query = {"expand": expand} | ({"fields": names} if names else {})
    items = orjson.loads(orjson.dumps(records.list_page(Sample, query, ALICE)))["items"]
    [item] = [item for item in items if item["first"] == first]
    return item.get("expand")


NAMES = "first,expand.company.company_name,expand.product.prod_list_name,expand.pictures.id"


@pytest.mark.parametrize(
    ("first", "expand", "found"),
    [
        pytest.param("full", "company", {"company": {"company_name": "Acme"}}, id="single"),
        pytest.param(
            "full",
            " pictures , company",
            {
                "company": {"company_name": "Acme"},
                "pictures": [{"id": "second000000000"}, {"id": "icon00000000000"}],
            },
            id="many, in their order, visible ones",
        ),
        pytest.param("hidden", "product", {}, id="off sale"),
        pytest.param("hidden", "pictures", {}, id="none visible"),
        pytest.param("bare", "company,pictures", {}, id="no relations"),
        pytest.param("full", "nope", None, id="unknown"),
        pytest.param("full", "title", None, id="no relation"),
        pytest.param("full", "secret", None, id="hidden field"),
        pytest.param("full", "company.nope", None, id="bad tail"),
        pytest.param("full", "company,company.nope", None, id="bad tail after its head"),
        pytest.param(
            "full",
            "product.nope,product.prod_list_icon",
            {"product": {"prod_list_name": "on sale"}},
            id="one tail of two is good",
        ),
        pytest.param("full", "nope,company", {"company": {"company_name": "Acme"}}, id="one good"),
    ],
)
def test_expand(first: str, expand: str, found: object) -> None:
    """What is under `expand`, with a name each."""
    assert expanded(first, expand, NAMES) == found


def test_expand_goes_on_inside() -> None:
    """A related row has relations of its own."""
    product = expanded("full", "product.prod_list_icon")["product"]
    assert product["expand"]["prod_list_icon"]["attachments_filename"] == "icon"
    assert list(product) == sorted(product)


def test_view_expands_too() -> None:
    """As lists do."""
    record_id = Sample.get(Sample.first == "full").id
    record = records.view(Sample, record_id, {"expand": "company"}, ALICE)
    assert record["expand"]["company"]["company_name"] == "Acme"


def test_many_ids_take_few_statements() -> None:
    """More related rows than one statement names."""
    ids = [f"{number:015d}" for number in range(1200)]
    for number in ids[::100]:
        make_attachment(id=number)
    make_sample(first="many", pictures=orjson.dumps(ids).decode())
    assert [row["id"] for row in expanded("many", "pictures")["pictures"]] == ids[::100]
