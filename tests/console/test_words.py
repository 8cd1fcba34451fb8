"""Texts in two languages: `bai_wx/console/words.py`."""

import pytest
from starlette_admin.i18n import set_locale

from bai_wx.console.words import both

READ = {"zh": "订单", "zh_Hant": "订单", "en": "Orders", "de": "Orders"}


@pytest.mark.parametrize("locale", READ)
def test_a_text_is_read_in_the_language_of_the_request(locale: str) -> None:
    text = both("订单", "Orders")
    set_locale(locale)
    try:
        assert str(text) == READ[locale]
    finally:
        set_locale("en")
