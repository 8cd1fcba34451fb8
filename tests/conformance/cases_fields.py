"""Fields: which keys are answered."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("two", "product_list", fields="id,prod_list_name"),
    listed(
        "within expand",
        "product_list",
        expand="prod_list_icon",
        fields="id,expand.prod_list_icon.id",
    ),
    listed("excerpt", "document", fields="document_content:excerpt(8,true)"),
]
