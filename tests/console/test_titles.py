"""What fields are called: `bai_wx/console/titles.py`."""

from starlette_admin.i18n import set_locale

from bai_wx.console.titles import titles
from bai_wx.contract import loader
from bai_wx.record.collections import COLLECTIONS

WECHATS_OWN = {"openid", "unionid"}


def test_every_field_of_every_collection_has_a_title_of_the_contract() -> None:
    found = titles(loader.load())
    assert found.keys() == COLLECTIONS.keys()
    set_locale("zh")
    try:
        untitled = [
            name
            for collection, model in COLLECTIONS.items()
            for name, field in model.record_fields().items()
            if not field.hidden and str(found[collection].fields[name]) == name
            if name not in WECHATS_OWN
        ]
    finally:
        set_locale("en")
    assert untitled == []
