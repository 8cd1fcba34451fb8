"""Fields: which keys are answered."""

from tests.conformance.compare import CART, Case, created, listed, records, updated
from tests.conformance.rows import product

REFRESH = "/collections/tbl_auth_users/auth-refresh"


HTML = (
    ("blocks", 40, "<p>Hi <b>there</b></p><div>all<section>of</section></div>you<hr>too"),
    ("inline", 40, "a<b>b</b><img src=x>c<br>d<span>e</span><font>f</font>g<ins>h</ins>"),
    ("a form", 40, "a<form><input><button>b</button></form>c<select><option>d</select>e"),
    ("pictures", 40, "a<picture><img></picture>b<svg><g>c</g></svg>d<video>e</video>"),
    ("scripts", 40, "a<script>if (1<2) b</script><style>p{}</style><iframe>c</iframe>d"),
    ("a table", 40, "<table><tr><td>a</td><td>b</td></tr></table>c"),
    ("cells of no table", 40, "a<td>b</td><tr>c</tr>"),
    ("a document", 40, "<html><head><title>t</title></head><body><p>a</p></body></html>"),
    ("comments", 40, "a<!-- b --><!DOCTYPE c>d<!-- e"),
    ("entities", 40, "&lt;b&gt; &amp;amp; &nbsp;x&nbsp; &#20013;&copy &bogus; &"),
    ("no tags", 40, "3 < 5 and 6 > 4 <"),
    ("attributes", 40, "<a href=\"x>y\" title='>'>z</a>"),
    ("unclosed", 40, "<p>a<p>b<li>c<li>d<div>e"),
    ("closed too often", 40, "a</p>b</i>c</div>d</br>"),
    ("spaces", 40, "  a \n\t b<i> </i> c &nbsp; d　e "),
    ("letters cut", 6, "<p>abc <b>def</b> ghi</p>"),
    ("Chinese cut", 6, "<p>一二 <b>三四</b> 五</p>六"),
    ("Chinese elements", 12, "<p>一二<i>三<b>四</b></i>五</p><p>六</p>七"),
)
"""Texts with tags (what they are about, how long their excerpt is)."""


def picked(name: str, fields: str, collection: str = "product_list", **query: object) -> Case:
    """A list of which these fields are asked."""
    return listed(name, collection, fields=fields, **query)


def refused(name: str, fields: str) -> Case:
    """A view with fields that cannot be read, or can for all that one might think."""
    return Case(name, f"{records('product_list')}/{product(1)}", query={"fields": fields})


def refreshed(name: str, fields: str, **query: str) -> Case:
    """A refreshed token and its user; the token's own text may differ: its claims have another order."""
    return Case(name, REFRESH, "POST", user="alice", query={"fields": fields, **query})


CASES: list[Case] = [
    refreshed("a token and its user", ""),
    picked("two", "id,prod_list_name"),
    picked(
        "within expand",
        "id,expand.prod_list_icon.id",
        expand="prod_list_icon",
    ),
    picked("excerpt", "document_content:excerpt(8,true)", "document"),
    # Names.
    picked("a star", "*"),
    picked("nothing named", " , "),
    picked("a name that nothing has", "nope"),
    picked("a name in capitals", "ID"),
    picked("a field of the page", "page,totalItems"),
    picked("a field of the items", "items.id"),
    picked("names with spaces", " id , prod_list_name "),
    picked("a name in Chinese", "prod_list_function.键"),
    picked("a dot at the end", "prod_list_function."),
    picked("a dot at the start", ".id"),
    picked("a quoted name", "'id',`prod_list_name`"),
    picked("a comma in quotes", "'id,prod_list_name',id"),
    picked("a comma in parentheses", "(id,prod_list_name),id"),
    picked("a parenthesis in quotes", "'(',id"),
    refused("a quote that does not end", "prod_list_function.quo'te"),
    refused("a parenthesis that does not end", "id,(prod_list_name"),
    # Parts.
    picked("a part of JSON", "prod_list_function.a.b,prod_list_parameters.name"),
    picked("a part deep in JSON", "prod_list_function.a.b.c"),
    picked("a star in JSON", "prod_list_parameters.deep.*"),
    picked("a star that is not last", "prod_list_function.*.n"),
    picked("a star before a dot", "*."),
    picked("a part of a text", "prod_list_name.x"),
    picked("a part of a relation to many", "document_images.0", "document"),
    picked("a whole and a part of it", "prod_list_function,prod_list_function.a"),
    picked("a star and a part", "*,expand.prod_list_icon.id", expand="prod_list_icon"),
    picked("expand in whole", "expand", expand="prod_list_icon"),
    picked("expand with a dot", "expand.", expand="prod_list_icon"),
    picked("a star in an expanded row", "expand.prod_list_icon.*", expand="prod_list_icon"),
    picked("a star for an expanded row", "expand.*.id", expand="prod_list_icon"),
    picked(
        "parts of many expanded rows",
        "id,expand.document_images.id,expand.document_images.attachments_filename:excerpt(3)",
        "document",
        expand="document_images",
    ),
    # Excerpts.
    picked("an excerpt of everything", "*:excerpt(3,true)"),
    picked("an excerpt of everything else", "*:excerpt(2),prod_list_name"),
    picked("an excerpt of a number", "prod_list_sort:excerpt(1),prod_list_function:excerpt(1)"),
    picked("an excerpt inside JSON", "prod_list_parameters.name:excerpt(1)"),
    picked("an excerpt of tags", "prod_list_description:excerpt(13,true)"),
    picked("an excerpt longer than the text", "prod_list_description:excerpt(1000,true)"),
    *(
        picked(
            f"an excerpt of {number} of Chinese",
            f"document_content:excerpt({number},true)",
            "document",
        )
        for number in (1, 3, 4, 5, 6, 7, 8, 11, 12, 13, 18, 25)
    ),
    picked("the last excerpt of two", "id:excerpt(3),id:excerpt(5)"),
    picked("an excerpt and the whole", "id:excerpt(3),id"),
    *(
        refused(f"an excerpt of {written}", f"id:excerpt({written})")
        for written in (
            *("0", "-1", "+3", "03", "010", "08", "3.9", "1e1", "0x4", "0b11", "1_0", "3.x"),
            *("'3'", "3,yes", "3,t", "3,TRUE", "3,1", "3,0", "3,true,1", "3,", ",", "", "3 true"),
            *("9223372036854775808", "٣"),
        )
    ),
    refused("an excerpt in capitals", "id:Excerpt(3)"),
    refused("an excerpt without parentheses", "id:excerpt 3"),
    refused("an excerpt without its end", "id:excerpt(3"),
    refused("an excerpt and more", "id:excerpt(3):excerpt(2)"),
    refused("a modifier of filters", "id:lower"),
    refused("a modifier that is empty", "id:"),
    refused("a modifier of an unknown field", "nope:nope(1)"),
    Case("a bad modifier of no row", f"{records('cart')}/nope", query={"fields": "id:nope()"}),
    listed("a bad modifier of no rows", "cart", "carol", fields="id:nope()"),
    Case("fields of an error", "/collections/nope/records", query={"fields": "message"}),
    Case("fields of health", "/health", query={"fields": "message:excerpt(3,true)"}),
    Case("the parameter fields twice", records("product_list"), query="fields=id&fields=*"),
    # What is written.
    created("fields on create", "cart", CART, query={"fields": "cart_owner,cart_product_id,nope"}),
    created(
        "an excerpt on create", "cart", CART, query={"fields": "collectionName:excerpt(4,true)"}
    ),
    created("fields of a refused create", "cart", {}, query={"fields": "status"}),
    updated(
        "fields on update",
        "cart",
        {},
        {"cart_remark": "<b>one</b> two"},
        query={"fields": "cart_remark:excerpt(4,true)"},
    ),
    *(
        created(f"a bad modifier on create of {name}", "cart", body, query={"fields": "id:nope()"})
        for name, body in (
            ("a good line", CART),
            ("a bad line", {**CART, "cart_product_quantity": -1}),
            ("another's line", {**CART, "cart_owner": "x"}),
        )
    ),
    updated(
        "a bad modifier on a bad update",
        "cart",
        {},
        {"cart_product_quantity": -1},
        query={"fields": "id:nope()"},
    ),
    Case(
        "a bad modifier on update of no row",
        f"{records('cart')}/nope",
        "PATCH",
        user="alice",
        query={"fields": "id:nope()"},
        json={},
    ),
    Case(
        "a bad modifier on an upload of nothing",
        records("attachments"),
        "POST",
        user="own",
        query={"fields": "id:nope()"},
        multipart=[("attachments_remark", "x")],
    ),
    Case(
        "a bad modifier on delete",
        f"{records('cart')}/{{tbl_cart}}",
        "DELETE",
        user="own",
        own={"tbl_cart": {}},
        query={"fields": "id:nope()"},
    ),
    *(
        updated(
            f"an excerpt of HTML, {name}",
            "cart",
            {},
            {"cart_remark": html},
            query={"fields": f"cart_remark:excerpt({length},true)"},
        )
        for name, length, html in HTML
    ),
    refreshed("a refreshed user's id", "record.id,record.openid"),
    refreshed("a refreshed token's beginning", "token:excerpt(3,true)"),
    refreshed("fields beside a refreshed user", "id,*.id"),
    refreshed("a refreshed user's company", "record.expand.company.company_name", expand="company"),
]
