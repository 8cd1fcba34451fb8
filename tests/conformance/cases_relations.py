"""Filters through relations, forward and back."""

from tests.conformance.compare import Case, filtered

_IMAGES = "tbl_document_via_document_images"
_ICONS = "tbl_product_list_via_prod_list_icon"
_HOP = f"prod_list_icon.{_ICONS}."

# Rows whose related rows are deleted or somebody else's are kept out of the match-all cases: there
# ours differs on purpose (see `differences`).
_ALICES = "id>'prod00000000005' && id<'prod00000000020' && id!='prod00000000012'"
_LINES = "tbl_cart_via_cart_product_id"


def _alices(condition: str) -> str:
    return f"({condition}) && {_ALICES}"


CASES: list[Case] = [
    *filtered(
        "cart",
        {
            "one hop": "cart_product_id.prod_list_series='S1'",
            "one hop, an amount": "cart_product_id.prod_list_basic_price>=20",
            "one hop, two fields": "cart_product_quantity>cart_product_id.prod_list_basic_price",
            "one hop, a field each way": "cart_remark=cart_product_id.prod_list_name",
            "one hop, JSON": "cart_product_id.prod_list_parameters.n=5",
            "one hop, an off-sale product hides the line": "cart_product_id.prod_list_sort!=99",
            "one hop, :lower": "cart_product_id.prod_list_name:lower~'alpha'",
            "the relation itself": "cart_product_id='prod00000000003'",
            "the relation's id": "cart_product_id.id='prod00000000003'",
            "the relation's id needs no right": "cart_product_id.id='prod00000000004'",
            "two hops": "cart_product_id.prod_list_icon.attachments_size>3000",
            "two hops, unset between": "cart_product_id.prod_list_icon.attachments_size=null",
            "two hops, !=": "cart_product_id.prod_list_icon.attachments_filename!='x'",
            "two hops, !~": "cart_product_id.prod_list_icon.attachments_filename!~'x'",
            "two hops to an id": "cart_product_id.prod_list_icon.id='atta00000000002'",
            "two hops, :length": "cart_product_id.prod_list_icon.attachments_link:length=0",
            "two terms, one path": (
                "cart_product_id.prod_list_sort>0 && cart_product_id.prod_list_series='S2'"
            ),
            "six hops and an id": f"cart_product_id.{_HOP * 2}prod_list_icon.id?='atta00000000001'",
            "strftime through a relation": "strftime('%H',cart_product_id.created)>'05'",
        },
        user="alice",
    ),
    *filtered(
        "product_list",
        {
            "an icon's name": "prod_list_icon.attachments_filename~'图片'",
            "an icon that is unset": "prod_list_icon.attachments_filename=''",
            "an icon, < of none": "prod_list_icon.attachments_size<9000",
            "an icon's owner, < of none": "prod_list_icon.attachments_owner<'x'",
            "an icon's owner, !~ of none": "prod_list_icon.attachments_owner!~'x'",
            "an icon's owner, != of none": "prod_list_icon.attachments_owner!='x'",
            "an icon's owner that is unset": "prod_list_icon.attachments_owner=''",
            "an icon's file": "prod_list_icon.attachments_link:each~'png'",
            "an icon that may be invalid": "prod_list_icon.attachments_status!='x'",
            "an icon's id that dangles": "prod_list_icon.id='atta99999999999'",
            "an icon that dangles": "prod_list_icon!='' && prod_list_icon.attachments_size=null",
            "an icon's documents, any": f"prod_list_icon.{_IMAGES}.document_share_count?>10",
            "an icon's products, all": f"prod_list_icon.{_ICONS}.prod_list_sort>=0",
            "lines, any remark": _alices(f"{_LINES}.cart_remark?='alpha'"),
            "lines, any quantity": _alices(f"{_LINES}.cart_product_quantity?>5"),
            "lines, all quantities": _alices(f"{_LINES}.cart_product_quantity>1"),
            "lines, all amounts": _alices(f"{_LINES}.cart_at_price>=20"),
            "lines, any state": _alices(f"{_LINES}.cart_status?!='active'"),
            "lines, both terms of one": _alices(
                f"{_LINES}.cart_status?='ordered' && {_LINES}.cart_product_quantity?=2"
            ),
            "lines, no line is both": _alices(
                f"{_LINES}.cart_status?='ordered' && {_LINES}.cart_status?='active'"
            ),
            "lines, an amount": _alices(f"{_LINES}.cart_at_price?=19.9"),
            "lines, any like": _alices(f"{_LINES}.cart_remark?~'a'"),
            "lines, none like": _alices(f"{_LINES}.cart_remark!~'a'"),
            "lines, any before": _alices(f"{_LINES}.cart_create?<'2024-02'"),
            "lines, a month": _alices(f"strftime('%m',{_LINES}.cart_create)?='12'"),
            "lines, all within a distance": _alices(
                f"geoDistance({_LINES}.cart_product_quantity,0,0,0)<1200"
            ),
            "lines and there again": _alices(f"{_LINES}.cart_product_id.prod_list_sort?>2"),
        },
        user="alice",
    ),
    *filtered(
        "document",
        {
            "any of many": "document_images.attachments_size?>2000",
            "all of many": "document_images.attachments_size>2000",
            "all of many, or none": "document_images.attachments_size!=2000",
            "none of many": "document_images.attachments_filename=''",
            "?= of many": "document_images.attachments_filename?='图片 1.png'",
            "?!= of many": "document_images.attachments_filename?!='图片 1.png'",
            "?>= of many": "document_videos.attachments_size?>=7000",
            "?< of many": "document_videos.attachments_size?<3000",
            "?<= of many": "document_videos.attachments_size?<=2000",
            "?~ of many": "document_files.attachments_filename?~'picture'",
            "?!~ of many": "document_files.attachments_filename?!~'picture'",
            "~ of many": "document_files.attachments_filename~'picture'",
            "ids of many": "document_images.id?='atta00000000001'",
            "ids of many, all": "document_images.id!='atta00000000001'",
            "ids of many that are not all shown": "document_images.id!=''",
            "values of many that are not all shown": "document_videos.attachments_remark!=''",
            "items of many, all": "document_images:each!='atta00000000001'",
            "items of many, any like": "document_videos:each?~'0003'",
            "items of none": "document_images:each=''",
            "two terms, one item": (
                "document_images.attachments_size?>1000 && document_images.attachments_size?<8000"
            ),
            "two terms, two relations": (
                "document_images.attachments_size?>1000 && document_videos.attachments_size?>1000"
            ),
            "many beside many": "document_images.attachments_size?=document_files.attachments_size",
            "many, then back": f"document_images.{_ICONS}.prod_list_sort?>3",
            "length of a file of many": "document_images.attachments_link:length?=0",
        },
    ),
    *filtered(
        "attachments",
        {
            "products back": f"{_ICONS}.prod_list_name?~'alpha'",
            "products back, none": f"{_ICONS}.id=''",
            "products back, an amount": f"{_ICONS}.prod_list_basic_price?>=1000",
            "products back, JSON": f"{_ICONS}.prod_list_function.0?='new'",
            "images back": f"{_IMAGES}.document_share_count?>12",
            "images back, their others": f"{_IMAGES}.document_images.attachments_size?>9000",
            "images back, how many": f"{_IMAGES}.document_images:length?=3",
            "a derived state back": f"{_IMAGES}.document_status?='过期'",
            "a derived state back, of all": f"{_IMAGES}.document_status!='过期'",
            "a derived state back, unlike": f"{_IMAGES}.document_status?!='过期'",
            "a derived state back, or none": f"{_IMAGES}.document_status?=''",
            "a text of ids back": f"{_IMAGES}.document_image?~'A-atta00000000002'",
            "videos back": "tbl_document_via_document_videos.document_title?~'a'",
            "videos back, all": "tbl_document_via_document_videos.document_share_count>3",
            "files back": "tbl_document_via_document_files.document_type?='guide'",
            "files back, several": "tbl_document_via_document_files.document_type?!='guide'",
            "files back, a date": "tbl_document_via_document_files.document_effect_date?=''",
        },
    ),
]
