"""Products, documents, attachments and words, as the screens of today fetch them."""

import pytest

from tests.clients import world
from tests.clients.visitors import Visitor

DOCUMENTS, FILES, GOODS, WORDS = (
    "tbl_document",
    "tbl_attachments",
    "tbl_product_list",
    "tbl_system_dict",
)


def one(guest: Visitor, collection: str, row: world.Row, **query: str) -> world.Row:
    """One row of a list, found by its record id."""
    (found,) = guest.rows(collection, filter=f'id="{row["id"]}"', **query)
    return found


def test_products_have_function_tags_and_barcode(guest: Visitor) -> None:
    """Tags are one text joined by bars, function is any JSON."""
    found = one(guest, GOODS, world.SWITCH)
    assert found["prod_list_tags"].split("|") == ["热销", "新品"]
    assert found["prod_list_function"] == world.SWITCH["prod_list_function"]
    assert found["prod_list_barcode"] == "6901234567892"
    by_tag = guest.rows(GOODS, filter='prod_list_tags~"新品"', sort="-prod_list_basic_price")
    assert world.SWITCH["id"] in [row["id"] for row in by_tag]


def test_an_icon_is_a_relation(guest: Visitor) -> None:
    found = one(guest, GOODS, world.SWITCH, expand="prod_list_icon")
    assert found["prod_list_icon"] == world.FRONT["id"]
    assert found["expand"]["prod_list_icon"]["attachments_id"] == world.FRONT["attachments_id"]


def test_bars_of_a_document_are_split_and_its_attachments_fetched(guest: Visitor) -> None:
    """Today's way: ids from the text, one filter of `attachments_id`s."""
    found = one(guest, DOCUMENTS, world.SHOWN)
    ids = found["document_image"].split("|")
    assert ids == ["A-WX-FRONT", "A-WX-BACK"]
    wanted = " || ".join(f'attachments_id="{each}"' for each in ids)
    assert {row["attachments_id"] for row in guest.rows(FILES, filter=wanted)} == set(ids)
    assert (found["document_video"], found["document_file"]) == ("", "")


def test_relations_of_a_document_are_expanded(guest: Visitor) -> None:
    """Ours: the records themselves, in one request."""
    found = one(guest, DOCUMENTS, world.SHOWN, expand="document_images")
    assert found["document_images"] == [world.FRONT["id"], world.BACK["id"]]
    expanded = [row["attachments_id"] for row in found["expand"]["document_images"]]
    assert expanded == ["A-WX-FRONT", "A-WX-BACK"]
    assert (found["document_videos"], found["document_files"]) == ([], [])


def test_lists_of_words_of_a_document_are_texts_with_bars(guest: Visitor) -> None:
    found = one(guest, DOCUMENTS, world.SHOWN)
    for key in (
        "document_keywords",
        "document_product_categories",
        "document_application_scenarios",
        "document_type",
        "document_hotel_type",
    ):
        assert found[key] == world.SHOWN[key]


def test_dates_of_a_document_have_their_names(guest: Visitor) -> None:
    """The usual list of today: in effect, newest first."""
    found = one(guest, DOCUMENTS, world.SHOWN, sort="-document_create")
    assert found["document_effect_date"] == "2020-01-01 00:00:00.000Z"
    assert found["document_expiry_date"] == "2999-01-01 00:00:00.000Z"
    assert found["document_create"].endswith("Z")
    assert {"document_effect", "document_expiry"} & found.keys() == set()
    in_effect = "document_effect_date<=@now && document_expiry_date>@now"
    assert world.SHOWN["id"] in [row["id"] for row in guest.rows(DOCUMENTS, filter=in_effect)]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        pytest.param(world.SHOWN, "有效", id="in effect"),
        pytest.param(world.EXPIRED, "过期", id="expired"),
        pytest.param(world.DRAFT, None, id="a draft"),
        pytest.param(world.NOT_YET, None, id="not yet in effect"),
    ],
)
def test_a_status_of_a_document_is_derived(
    guest: Visitor, row: world.Row, status: str | None
) -> None:
    """In answers and filters alike; an expired one is listed."""
    found = guest.rows(DOCUMENTS, filter=f'id="{row["id"]}"')
    assert [each["document_status"] for each in found] == ([status] if status else [])
    for asked in ("有效", "过期", "草稿"):
        query = f'id="{row["id"]}" && document_status="{asked}"'
        assert guest.page(DOCUMENTS, filter=query)["totalItems"] == (asked == status)


def test_documents_are_sorted_by_the_derived_status(guest: Visitor) -> None:
    first, last = (
        guest.rows(DOCUMENTS, sort="document_status"),
        guest.rows(DOCUMENTS, sort="-document_status"),
    )
    for rows, is_reversed in ((first, False), (last, True)):
        found = [row["document_status"] for row in rows]
        assert found == sorted(found, reverse=is_reversed)
    assert (first[0]["document_status"], last[0]["document_status"]) == ("有效", "过期")


def test_the_owner_of_a_document_is_private(guest: Visitor) -> None:
    assert {row["document_owner"] for row in guest.rows(DOCUMENTS, perPage=500)} == {""}


def test_an_attachment_is_shown_unless_it_is_invalid(guest: Visitor) -> None:
    """A status is any short text; a checksum has any case."""
    assert one(guest, FILES, world.FRONT)["attachments_status"] == ""
    odd = one(guest, FILES, world.ODD_STATUS)
    assert odd["attachments_status"] == "待审核"
    assert odd["attachments_md5"] == world.ODD_STATUS["attachments_md5"]
    assert guest.rows(FILES, filter=f'id="{world.INVALID["id"]}"') == []


def test_words_are_read_from_the_dictionary(guest: Visitor) -> None:
    """Screens that show words of `document_type` split its pairs and look the words up."""
    pairs = one(guest, DOCUMENTS, world.SHOWN)["document_type"].split("|")
    for name in {pair.partition("@")[0] for pair in pairs}:
        (found,) = guest.rows(WORDS, filter=f'dict_name="{name}"')
        for key, value in world.TYPES.items():
            assert found[key] == value


def test_nobody_writes_words(visitor: Visitor) -> None:
    answer = visitor.post(f"/collections/{WORDS}/records", {"dict_name": "我的"})
    assert answer.status == 403
