"""What is read of an amount that is typed: `MoneyField` of `bai_wx/console/views/fields.py`."""

import pytest

from bai_wx.console.views.fields import MoneyField

READ = {
    "plain": ("29.9", 29.9),
    "empty": ("", 0),
    "with a sign": ("¥48.5", 48.5),
    "by a Chinese keyboard": ("￥48。50", 48.5),
    "wide signs": ("１，299．50", 1299.5),
    "thousands": ("1,234,567", 1234567),
}
REFUSED = {
    "a comma for the point": "29,9",
    "a wide one": "29，90",
    "half a fen": "1.005",
    "no": "a",
}


@pytest.mark.parametrize("name", READ)
def test_an_amount_is_read(name: str) -> None:
    typed, amount = READ[name]
    assert MoneyField("price").read(typed) == amount


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_mean_another_amount_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{REFUSED[name]}$"):
        MoneyField("price").read(REFUSED[name])
