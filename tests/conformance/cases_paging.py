"""Paging: page, perPage, totals; and how a query is read."""

from tests.conformance.compare import Case, listed, records

LARGEST, TOO_LARGE = 2**63 - 1, 2**63


def asked(name: str, query: str) -> Case:
    """A list of products with this query as it is."""
    return Case(name, records("product_list"), query=query)


CASES: list[Case] = [
    listed("second page", "product_list", page=2, perPage=7),
    listed("perPage 0", "product_list", perPage=0),
    listed("skipTotal", "product_list", perPage=3, skipTotal=1),
    # Numbers.
    *(
        listed(f"page {text!r}", "product_list", page=text, perPage=4)
        for text in (
            *("0", "-1", "+2", "02", "0" * 40 + "2", " 2", "2 ", "1.5", "1e1", "0x2", "1_0", "abc"),
            *("٣", "２", "2\n", "-", "", "99", TOO_LARGE, -TOO_LARGE, -TOO_LARGE - 1),
        )
    ),
    *(
        listed(f"perPage {text!r}", "product_list", perPage=text)
        for text in (
            *("-5", "+2", "02", " 2", "1.5", "1.0", "abc", "", "1000", "1001", "5000"),
            *(LARGEST, TOO_LARGE),
        )
    ),
    *(
        listed(f"skipTotal {text!r}", "product_list", perPage=3, skipTotal=text)
        for text in (
            *("t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False", ""),
            *("tRUE", "yes", "on", "2", "01", " 1"),
        )
    ),
    # Totals.
    listed("the last page", "product_list", page=5, perPage=7),
    listed("a page beyond the end", "product_list", page=6, perPage=7),
    listed("a page that just fits", "product_list", perPage=33),
    listed("one too few for a page", "product_list", perPage=34),
    listed("one too many for a page", "product_list", perPage=32, page=2),
    listed("no rows", "cart", user="carol"),
    listed("no rows, second page", "cart", user="carol", page=2),
    listed("no rows that are counted", "cart", user="carol", skipTotal="true"),
    listed("a page beyond the end, uncounted", "product_list", page=99, skipTotal="t"),
    listed("totals with a filter", "product_list", perPage=4, filter="prod_list_sort > 2"),
    listed("totals of nothing found", "product_list", filter="prod_list_sort > 100", page=3),
    # How a query is read.
    asked("an unknown parameter", "nope=1&perPage=2"),
    asked("a parameter in capitals", "PAGE=2&PerPage=3&skiptotal=1"),
    asked("a parameter twice", "perPage=3&perPage=x&page=2&page=3"),
    asked("an empty parameter before a full one", "perPage=&perPage=3"),
    asked("all parameters empty", "page=&perPage=&skipTotal=&filter=&sort=&expand=&fields="),
    asked("names alone", "page&perPage&skipTotal&filter&sort&expand&fields"),
    asked("empty names", "=2&=&&&perPage=3&"),
    asked("an equals sign in a value", "perPage=2&filter=prod_list_name='a=b'"),
    asked("a value that begins with an equals sign", "page==2"),
    asked("a parameter in brackets", "perPage[]=3&fields%5B%5D=id"),
    asked("an encoded name", "%70er%50age=4"),
    asked("an encoded ampersand", "perPage=2%26page=3"),
    asked("an encoded plus sign", "perPage=%2B3"),
    asked("a plus sign", "perPage=+3"),
    asked("plus signs are spaces", "filter=prod_list_name+~+'beta'"),
    asked("UTF-8", "filter=prod_list_name~'%E5%8E%8B'&%E9%94%AE=%F0%9F%9A%80"),
    asked("an encoded percent sign", "filter=prod_list_name~'%25'"),
    asked("a NUL", "perPage=2&x=%00"),
    asked("a question mark in a value", "perPage=2?page=3"),
    asked("a token in the query", "token=x&perPage=2"),
    asked("a long query", "perPage=1&x=" + "y" * 5000),
    asked("many parameters", "&".join(f"x{number}=1" for number in range(500)) + "&perPage=2"),
    Case(
        "a view reads no page",
        f"{records('product_list')}/prod00000000001",
        query="page=x&perPage=y&sort=nope&filter=((&skipTotal=z",
    ),
    Case("health reads no page", "/health", query="page=x"),
]
