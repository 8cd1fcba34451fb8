"""What a list costs follows from its parsed query, not from how it is written."""

import pytest

from bai_wx.dialect.cost import is_cheap
from models.documents import Document
from models.products import Product


@pytest.mark.parametrize(
    ("query", "cheap"),
    [
        pytest.param(b"", True, id="all"),
        pytest.param(b"sort=-created&perPage=30", True, id="sorted by an index"),
        pytest.param(b"filter=id='a'", True, id="one id"),
        pytest.param(b"filter=prod_list_status='on_sale'%26%26is_delete=0", True, id="indexed"),
        pytest.param(b"filter=id='a'||id!='b'", False, id="alternatives"),
        pytest.param(b"filter=prod_list_name='a'", False, id="no index"),
        pytest.param(b"filter=prod_list_name~'a'", False, id="a search"),
        pytest.param(b"filter=prod_list_name%7E'a'", False, id="a search, escaped"),
        pytest.param(b"filter=strftime('%25Y',created)='1'", False, id="a function"),
        pytest.param(b"filter=created:lower='a'", False, id="a modifier"),
        pytest.param(b"filter=prod_list_icon.id='a'", False, id="a relation"),
        pytest.param(b"sort=prod_list_name", False, id="sorted without an index"),
        pytest.param(b"sort=@random", False, id="at random"),
        pytest.param(b"expand=prod_list_icon", False, id="expand"),
        pytest.param(b"fields=prod_list_name:excerpt(3)", False, id="excerpt"),
        pytest.param(b"perPage=1000", False, id="a large page"),
        pytest.param(b"filter=(", True, id="refused at once"),
    ],
)
def test_cost(query: bytes, cheap: bool) -> None:
    """Cheap is what an index and one page answer."""
    assert is_cheap(Product, query) is cheap


@pytest.mark.parametrize(
    ("query", "cheap"),
    [
        pytest.param(b"sort=-created", True, id="the usual page"),
        pytest.param(b"perPage=30", True, id="of 30"),
        pytest.param(b"perPage=200", False, id="of 200"),
        pytest.param(b"perPage=200&fields=*", False, id="of everything"),
        pytest.param(b"perPage=200&fields=id,document_content", False, id="that names them"),
        pytest.param(b"perPage=200&fields=id,document_title", True, id="that leaves them out"),
    ],
)
def test_rich_texts_make_a_page_long(query: bytes, cheap: bool) -> None:
    """A page of many is answered beside the others, unless it shows none of them."""
    assert is_cheap(Document, query) is cheap
