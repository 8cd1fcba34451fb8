"""Texts of the console, in Chinese and English side by side."""

from babel.support import LazyProxy
from starlette_admin.i18n import get_locale

CHINESE = "zh"


def both(chinese: str, english: str) -> str:
    """A text that is read in the language of the request it is shown in. It is none before."""
    return LazyProxy(now, chinese, english, enable_cache=False)  # type: ignore[return-value]  # the library takes it for one, as its own `lazy_gettext`


def now(chinese: str, english: str) -> str:
    """The text in the language of this request."""
    return chinese if get_locale().startswith(CHINESE) else english
