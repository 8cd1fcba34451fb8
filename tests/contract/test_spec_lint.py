"""A lint of the contract in our own words: it obeys each rule of `rules.py`, and each rule is shown to bite.

Covers: bai_wx/contract/family.py
"""

import copy
from typing import Any

import pytest

from tests.contract.operations import BUNDLE
from tests.contract.rules import (
    RULES,
    bodies_are_one_object,
    bodies_have_a_bound,
    body_properties_are_optional_by_name,
    empty_answers_have_no_content,
    error_codes_are_those_of_errors,
    error_examples_have_their_status,
    errors_have_a_json_schema,
    first_server_is_the_one_that_answers,
    hook_bodies_are_bounded,
    links_lead_somewhere,
    method_override_is_shown,
    native_lists_take_every_list_parameter,
    objects_say_what_they_hold,
    operation_ids_are_snake_case,
    operations_by_id_are_linked_to,
    operations_declare_what_errors_say,
    parameters_are_unique,
    parameters_have_examples,
    parameters_have_one_type,
    path_parameters_match_the_path,
    reads_have_no_body,
    required_names_exist,
    schemas_are_used,
    security_is_said,
    tags_are_declared_and_used,
    too_many_requests_say_when,
)
from tests.contract.rules_of_texts import (
    enum_values_are_explained,
    fields_have_titles,
    hook_bodies_have_titles,
    named_schemas_have_titles,
    properties_are_described,
    punctuation_is_chinese,
    texts_are_chinese,
)
from tests.contract.walk import Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_contract_obeys(rule: Rule) -> None:
    """The rule finds nothing in our contract."""
    assert list(rule(BUNDLE)) == []


CREATE = ("paths", "/pb/api/cart/create", "post")
VIEW = ("paths", "/pb/api/collections/tbl_cart/records/{recordId}", "get")
LIST = ("paths", "/pb/api/collections/tbl_cart/records", "get")
SCHEMAS = ("components", "schemas")
# A rule, where to plant a defect, the value to put there (None takes the key away).
PLANTED: list[tuple[Rule, tuple[str | int, ...], Any]] = [
    (operation_ids_are_snake_case, (*CREATE, "operationId"), "createCart"),
    (bodies_have_a_bound, (*CREATE, "x-max-body"), None),
    (bodies_have_a_bound, (*LIST[:-1], "post", "x-max-body"), None),
    (bodies_have_a_bound, (*LIST[:-1], "post", "x-max-body"), 12 * 1024 * 1024),
    (tags_are_declared_and_used, (*CREATE, "tags"), ["篮子"]),
    (texts_are_chinese, (*CREATE, "responses", "409", "description"), "conflict"),
    (named_schemas_have_titles, (*SCHEMAS, "CartRecord", "title"), None),
    (
        properties_are_described,
        (*SCHEMAS, "CartRecordFields", "properties", "cart_remark"),
        {"type": "string"},
    ),
    (
        hook_bodies_have_titles,
        (*SCHEMAS, "CartCreateRequest", "properties", "cart_remark", "title"),
        None,
    ),
    (
        fields_have_titles,
        (*SCHEMAS, "PocketBaseProductListFields", "properties", "prod_list_category", "title"),
        None,
    ),
    (enum_values_are_explained, (*SCHEMAS, "CartStatus", "enum"), ["active", "gone"]),
    (punctuation_is_chinese, (*CREATE, "description"), "加入,购物车"),
    (errors_have_a_json_schema, (*CREATE, "responses", "409", "content"), None),
    (empty_answers_have_no_content, (*CREATE, "responses", "200", "content"), None),
    (too_many_requests_say_when, (*CREATE, "responses", "429", "headers"), None),
    (parameters_have_one_type, (*LIST, "parameters", 2, "schema", "type"), ["string", "null"]),
    (parameters_have_examples, (*LIST, "parameters", 2, "example"), None),
    (parameters_are_unique, (*LIST, "parameters", 2, "name"), "page"),
    (path_parameters_match_the_path, (*VIEW, "parameters", 0, "name"), "id"),
    (native_lists_take_every_list_parameter, (*LIST, "parameters", 2, "name"), "order"),
    (reads_have_no_body, (*VIEW, "requestBody"), {}),
    (security_is_said, (*CREATE, "security"), [{"Cookie": []}]),
    (
        links_lead_somewhere,
        (*CREATE, "responses", "200", "links", "viewRecord", "parameters"),
        {"id": "$response.body#/data/pb_id"},
    ),
    (
        links_lead_somewhere,
        (*CREATE, "responses", "200", "links", "updateCreated", "requestBody"),
        {"id": "$response.body#/data/cart_id"},
    ),
    (
        operations_by_id_are_linked_to,
        ("paths", "/pb/api/order/detail", "post", "operationId"),
        "lone",
    ),
    (required_names_exist, (*SCHEMAS, "CartRecordFields", "required"), ["colour"]),
    (schemas_are_used, (*SCHEMAS, "Leftover"), {"type": "string"}),
    (
        hook_bodies_are_bounded,
        (*SCHEMAS, "CartCreateRequest", "properties", "cart_remark", "maxLength"),
        None,
    ),
    (
        objects_say_what_they_hold,
        (*SCHEMAS, "PocketBaseRecordBase", "properties", "expand"),
        {"type": "object"},
    ),
    (
        body_properties_are_optional_by_name,
        (*SCHEMAS, "CartListRequest", "properties", "page", "default"),
        1,
    ),
    (bodies_are_one_object, (*SCHEMAS, "OrderCreateRequest", "oneOf"), [{}]),
    (method_override_is_shown, (*VIEW[:-1], "delete", "description"), "删除"),
    (first_server_is_the_one_that_answers, ("servers", 0, "url"), "https://example.com"),
    (operations_declare_what_errors_say, (*CREATE, "responses", "408"), None),
    (error_codes_are_those_of_errors, (*SCHEMAS, "ErrorCode", "enum", 0), "unheard_of"),
    (
        error_examples_have_their_status,
        (
            *(*CREATE, "responses", "413", "content", "application/json", "example"),
            *("data", "code"),
        ),
        "not_found",
    ),
]


@pytest.mark.parametrize(
    ("rule", "where", "value"), [pytest.param(*row, id=row[0].__name__) for row in PLANTED]
)
def test_rule_finds_a_planted_defect(rule: Rule, where: tuple[str | int, ...], value: Any) -> None:
    """A contract with one thing wrong is told so."""
    bundle: Any = copy.deepcopy(BUNDLE)
    spot = bundle
    for key in where[:-1]:
        spot = spot[key]
    if value is None:
        del spot[where[-1]]
    else:
        spot[where[-1]] = value
    assert list(rule(bundle))


def test_every_rule_is_shown_to_bite() -> None:
    """No rule is in the table of rules without a planted defect."""
    assert {row[0] for row in PLANTED} == set(RULES)
