"""Macros: moments and their parts."""

from tests.conformance.compare import Case, filtered

_MOMENTS = ("@now", "@yesterday", "@tomorrow", "@todayStart", "@todayEnd")
_BOUNDS = ("@monthStart", "@monthEnd", "@yearStart", "@yearEnd")
_PARTS = ("@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year")

CASES: list[Case] = [
    *filtered(
        "document",
        {
            **{
                f"{m}, before": f"document_effect_date!='' && document_effect_date<{m}"
                for m in _MOMENTS
            },
            **{f"{m}, after, first": f"{m}<document_expiry_date" for m in _MOMENTS},
            **{f"{m}, of joined rows": f"document_images.created<{m}" for m in _BOUNDS},
            "@now, set and past": "document_effect_date!='' && document_effect_date<@now",
            "@now between its neighbours": (
                "@yesterday<@now && @now<@tomorrow && document_share_count<9"
            ),
            "@now in its day": "@now>=@todayStart && @now<=@todayEnd && document_share_count<9",
            "@monthEnd in its year": "@monthStart<@monthEnd && @monthEnd<=@yearEnd && document_type=''",
            "@yearStart's form": "@yearStart~'%-01-01 00:00:00.000Z' && document_type='faq'",
            "@yearEnd's form": "@yearEnd~'%-12-31 23:59:59.999Z' && document_type='faq'",
            "@todayEnd's form": "@todayEnd~'% 23:59:59.999Z' && document_type='faq'",
            "?> @yesterday": "document_expiry_date?>@yesterday",
            "!= @now": "document_effect_date!=@now && document_effect_date!=''",
            "@now ~": "@now~'20' && document_type='guide'",
            "a text ~ @year": "document_title~@year || document_type='faq'",
            "@now and null": "@now!=null && document_type='guide'",
        },
    ),
    *filtered(
        "product_list",
        {
            **{f"{m} is a number": f"prod_list_basic_price<={m}" for m in _PARTS if m == "@year"},
            **{f"{m} is no text": f"{m}>='0' || prod_list_sort=2" for m in _PARTS},
            "@year, a number": "@year>2000 && prod_list_sort=2",
            "@year is not its text": "@year='2026' || prod_list_sort=3",
            "@month's range": "@month>=1 && @month<=12 && prod_list_sort=4",
            "@weekday's range": "@weekday>=0 && @weekday<=6 && prod_list_sort=5",
            "@day's range": "@day>=1 && @day<=31 && prod_list_sort=6",
            "@hour, @minute and @second": "@hour<24&&@minute<60&&@second<60&&prod_list_sort=1",
            "@yearStart, created": "created<@yearStart && prod_list_sort>4",
            "@monthStart in strftime": "strftime('%d',@monthStart)='01' && prod_list_sort=2",
            "@year in strftime": "strftime('%Y',@now)!='' && prod_list_sort=3",
            "two macros": "@todayStart<@todayEnd && prod_list_sort=-2",
            "@year beside JSON": "prod_list_parameters.n<@year",
        },
    ),
    *filtered(
        "order",
        {"@todayStart, orders": "order_create<@todayStart && order_status='pending'"},
        user="alice",
    ),
]
