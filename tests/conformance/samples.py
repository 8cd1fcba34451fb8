"""Values that filters, sorts, escapes and encoders may trip over."""

from typing import Any, Final

TEXTS: Final = (
    "传感器 A",
    "压力变送器 🚀",
    "100% 纯铜_管",
    r"back\slash and \% mixed",
    'it\'s "quoted"',
    "two\nlines\tand a tab",
    "",
    "Alpha",
    "alpha",
    "ALPHA beta",
    "Éclair é",
    "<b>bold</b> & more",
    "0",
    "100",
    "100.0",
    "null",
    "true",
    " padded ",
    "a,b;c//d",
    "Z",
)
"""Texts that filters, sorts and escapes may trip over."""

MONEY: Final = (0, 0.1, 0.3, 19.9, 19.99, 20, 99.5, 100, 1234.56, 9_999_999.99)

JSONS: Final[tuple[Any, ...]] = (
    None,
    [],
    {},
    0,
    5,
    -1.5,
    "5",
    "text",
    "",
    True,
    False,
    ["new", "hot"],
    ["hot"],
    [1, "1", None, True],
    {"a": {"b": [{"c": 1}, {"c": "x"}]}, "n": 5, "s": "5", "f": False, "z": None},
    {"n": "abc", "s": 9, "键": "值", "quo'te": 1},
    [{"name": "量程", "value": "0-10", "unit": "bar", "category": "电气", "sort": 1}],
    [{"name": "a", "value": "2", "sort": 2}, {"name": "b", "value": "3", "sort": 3}],
    "123",
    {"deep": {"er": {"est": [[1, 2], [3]]}}},
)
"""JSON of every shape."""

DATES: Final = (
    "",
    "2024-01-01 00:00:00.000Z",
    "2024-02-29 12:30:45.678Z",
    "2024-12-31 23:59:59.999Z",
    "2025-06-15 08:00:00.000Z",
)

USCI: Final = ("", "91350100M000100Y43", "")
"""Unified social credit codes: one company has one."""

PDF: Final = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae42"
    "6082"
)
"""Files that both servers keep."""
