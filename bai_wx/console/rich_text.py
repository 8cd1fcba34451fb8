"""Rich text of documents: the contract's HTML, which an operator may write as Markdown.

What is stored is HTML, for the shop's clients show nothing else. HTML that Markdown can say without loss is
edited as Markdown, any other as it stands. What the console shows of it is cleaned: no script, nothing
loaded from elsewhere, attachments by the operator's own path.
"""

import re
from collections.abc import Mapping
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdownify import ATX, MarkdownConverter
from markupsafe import escape

from bai_wx.console.attachment_files import FILES as OPERATORS
from bai_wx.record import ids
from models.attachments import FILES

MOST_AS_MARKDOWN: Final = 30_000
"""Characters of HTML that are tried as Markdown, in half a second; a longer text is edited as HTML."""
MOST_MARKDOWN: Final = 60_000
"""Characters of Markdown that are made HTML, in a second."""
MOST_SHOWN: Final = 200_000
"""Characters of HTML that are cleaned; a longer text is shown as it is written, and cut."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS: Final = _names(
    "h1 h2 h3 h4 h5 h6 p br hr div span section strong b em i u s del sub sup small blockquote pre code"
    " ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td a img video figure figcaption"
)
ATTRIBUTES: Final[Mapping[str, set[str]]] = {
    "*": {"style", "align"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "video": {"src", "controls", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
STYLES: Final = _names(
    "color background-color font-size font-weight font-style line-height text-align text-decoration"
    " text-indent width max-width height margin margin-top margin-bottom margin-left margin-right padding"
    " border border-collapse vertical-align"
)

_OURS: Final = re.compile(
    rf"(?:https?://[^/\s]+)?{re.escape(FILES)}({ids.RECORD_ID_PATTERN})/[^/?#\s]+"
)
_BLOCK: Final = re.compile(
    r"(</?(?:h[1-6]|p|br|hr|div|blockquote|pre|ul|ol|li|table|thead|tbody|tr|th|td)\b[^<>]*>)"
)

FITS: Final = ' style="max-width:100%"'
"""A mini program's `rich-text` knows no style sheet: without it a picture is wider than the screen."""

_markdown: Final = MarkdownIt(
    "commonmark", {"html": False, "xhtmlOut": False, "breaks": True}
).enable(["table", "strikethrough"])
_converters: Final = tuple(
    MarkdownConverter(heading_style=ATX, bullets="-", escape_misc=escapes)
    for escapes in (False, True)
)
"""The second escapes more signs than most texts need."""


def html_of(markdown: str) -> str:
    """The HTML of a Markdown text. HTML in it is text: it stays visible as it was typed.

    Raises: `ValueError` for more than `MOST_MARKDOWN` characters.
    """
    if len(markdown) > MOST_MARKDOWN:
        raise ValueError(f"more than {MOST_MARKDOWN} characters of Markdown")
    return compact(_markdown.render(markdown)).replace("<img ", f"<img{FITS} ")


def markdown_of(html: str) -> str | None:
    """The Markdown that says the same as a HTML text, None where none does."""
    if len(html) > MOST_AS_MARKDOWN:
        return None
    for converter in _converters:
        try:
            markdown: str = converter.convert(html).strip()
            if is_same(html_of(markdown), html):
                return markdown
        except (RecursionError, ValueError):  # elements thousands deep, or more signs than letters
            return None
    return None


def is_same(one: str, other: str) -> bool:
    """Whether two HTML texts show the same, as far as it can be told from their letters."""
    return compact(one).replace(FITS, "") == compact(other).replace(FITS, "")


def compact(html: str) -> str:
    """HTML without the white space beside its blocks, which shows nothing.

    Text in `pre` keeps its own: where there is one, nothing is taken away.
    """
    html = html.replace("\r\n", "\n").strip()
    return html if "<pre" in html else "".join(map(str.strip, _BLOCK.split(html)))


def shown(html: str) -> str:
    """A rich text as the console shows it: cleaned HTML."""
    if len(html) > MOST_SHOWN:
        return f"<pre>{escape(html[:MOST_SHOWN])}…</pre>"
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=dict(ATTRIBUTES),
        attribute_filter=_seen,
        url_schemes={"http", "https", "mailto", "tel"},
        filter_style_properties=set(STYLES),
        link_rel="noopener noreferrer",
    )


def _seen(tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute. A picture from elsewhere loses its address and shows its text alone."""
    if attribute != "src":
        return value
    found = _OURS.fullmatch(value)
    return f"{OPERATORS}/{found[1]}/file" if found else None
