"""The rules of the contract's lint: each is a function that yields what it dislikes.

A new rule is a function with a one-line docstring, and a row in `PLANTED` that shows it bites.
"""

import re
from collections.abc import Iterator

from bai_wx.contract.family import Family, family_of
from bai_wx.errors import (
    ApiError,
    IdempotencyKeyReused,
    InternalError,
    PayloadTooLarge,
    RequestTimeout,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
    ValidationFailed,
)
from tests.contract.rules_of_texts import (
    enum_values_are_explained,
    fields_have_titles,
    hook_bodies_have_titles,
    named_schemas_have_titles,
    properties_are_described,
    punctuation_is_chinese,
    texts,
    texts_are_chinese,
)
from tests.contract.walk import (
    Json,
    Rule,
    body_of,
    links,
    operations,
    parameters,
    properties_of,
    resolved,
    responses,
    schemas,
    subschemas,
)

LARGEST_UPLOAD = 11 * 1024 * 1024  # bytes: a file of 10 MiB and the form around it
LIST_PARAMETERS = ["page", "perPage", "sort", "filter", "expand", "fields", "skipTotal"]


def operation_ids_are_snake_case(bundle: Json) -> Iterator[str]:
    """They are names of Python functions."""
    for name, _, _, _ in operations(bundle):
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
            yield name


def bodies_have_a_bound(bundle: Json) -> Iterator[str]:
    """Each operation says how many bytes its body may have, and declares the 413 beyond them."""
    for name, path, _, operation in operations(bundle):
        bound = operation.get("x-max-body")
        is_hook = family_of(path) is Family.HOOK
        if bound is None and (is_hook or "requestBody" in operation):
            yield f"{name}: x-max-body"
        if bound is not None and not 0 < bound <= (512 * 1024 if is_hook else LARGEST_UPLOAD):
            yield f"{name}: x-max-body {bound}"
        if bound is not None and "requestBody" in operation and "413" not in operation["responses"]:
            yield f"{name}: 413"


def tags_are_declared_and_used(bundle: Json) -> Iterator[str]:
    """An operation stands under one declared tag, and no tag is empty."""
    declared = {tag["name"] for tag in bundle["tags"]}
    used = set()
    for name, _, _, operation in operations(bundle):
        used.update(operation["tags"])
        if len(operation["tags"]) != 1 or not set(operation["tags"]) <= declared:
            yield f"{name}: {operation['tags']}"
    yield from sorted(declared - used)


def errors_have_a_json_schema(bundle: Json) -> Iterator[str]:
    """Every 4xx and 5xx says what its body looks like."""
    for label, status, response in responses(bundle):
        if status >= 400 and "schema" not in response.get("content", {}).get(
            "application/json", {}
        ):
            yield label


def empty_answers_have_no_content(bundle: Json) -> Iterator[str]:
    """204 and 304 carry no body, every other answer does."""
    for label, status, response in responses(bundle):
        if (status in (204, 304)) == ("content" in response):
            yield label


def too_many_requests_say_when(bundle: Json) -> Iterator[str]:
    """A 429 always carries Retry-After."""
    for label, status, response in responses(bundle):
        header = response.get("headers", {}).get("Retry-After", {})
        if status == 429 and not header.get("required"):
            yield label


def parameters_have_one_type(bundle: Json) -> Iterator[str]:
    """A list of types in a parameter or form is a 500 in Connexion."""
    forms = [
        (name, media["schema"])
        for name, _, _, operation in operations(bundle)
        for kind, media in operation.get("requestBody", {}).get("content", {}).items()
        if kind != "application/json"
    ]
    for label, schema in [*((n, p["schema"]) for n, p in parameters(bundle)), *forms]:
        for inner, child in subschemas(label, schema):
            if not isinstance(child.get("type"), str):
                yield inner


def parameters_have_examples(bundle: Json) -> Iterator[str]:
    """Whoever tries the operation out has something to begin with; a key is never anybody else's."""
    for label, parameter in parameters(bundle):
        has_example = "example" in parameter or bool(parameter.get("examples"))
        if has_example == (parameter["name"] == "Idempotency-Key"):
            yield label


def parameters_are_unique(bundle: Json) -> Iterator[str]:
    """No operation has one parameter twice."""
    for name, _, _, operation in operations(bundle):
        keys = [(p["name"].lower(), p["in"]) for p in operation.get("parameters", [])]
        yield from (f"{name}: {key}" for key in {key for key in keys if keys.count(key) > 1})


def path_parameters_match_the_path(bundle: Json) -> Iterator[str]:
    """What stands in braces is described, and nothing else is."""
    for name, path, _, operation in operations(bundle):
        described = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        if described != set(re.findall(r"{(\w+)}", path)):
            yield name


def native_lists_take_every_list_parameter(bundle: Json) -> Iterator[str]:
    """The SDKs send them to any collection."""
    for name, path, method, operation in operations(bundle):
        if method == "get" and path.endswith("/records"):
            names = [p["name"] for p in operation["parameters"]]
            if names != LIST_PARAMETERS:
                yield f"{name}: {names}"


def reads_have_no_body(bundle: Json) -> Iterator[str]:
    """GET and DELETE describe none."""
    for name, _, method, operation in operations(bundle):
        if method in ("get", "delete") and "requestBody" in operation:
            yield name


def security_is_said(bundle: Json) -> Iterator[str]:
    """Every operation says who may call it, with schemes that exist; a 401 needs one."""
    schemes = bundle["components"]["securitySchemes"].keys()
    for name, _, _, operation in operations(bundle):
        said = operation.get("security")
        known = said is not None and all(need.keys() <= schemes for need in said)
        if not known or ("401" in operation["responses"] and not said):
            yield name


def links_lead_somewhere(bundle: Json) -> Iterator[str]:
    """A link names an operation, parameters it has and body keys it takes."""
    targets = {name: operation for name, _, _, operation in operations(bundle)}
    for label, status, link in links(bundle):
        target = targets.get(link.get("operationId", ""))
        if target is None or status >= 300:
            yield label
            continue
        known = {p["name"] for p in target.get("parameters", [])}
        needed = {p["name"] for p in target.get("parameters", []) if p["in"] == "path"}
        if not needed <= link.get("parameters", {}).keys() <= known:
            yield f"{label}: parameters"
        body = properties_of(bundle, body_of(bundle, target))
        if not link.get("requestBody", {}).keys() <= body.keys():
            yield f"{label}: requestBody"


def operations_by_id_are_linked_to(bundle: Json) -> Iterator[str]:
    """Stateful tests reach every operation that takes the id of a row."""
    reached = {link["operationId"] for _, _, link in links(bundle) if "operationId" in link}
    for name, path, _, operation in operations(bundle):
        takes_id = "{recordId}" in path or {"cart_id", "order_id"} & set(
            body_of(bundle, operation).get("required", [])
        )
        if takes_id and name not in reached:
            yield name


def required_names_exist(bundle: Json) -> Iterator[str]:
    """A required property is a described one."""
    for label, schema in schemas(bundle):
        if "/" in label:
            continue
        missing = set(schema.get("required", [])) - properties_of(bundle, schema).keys()
        yield from (f"{label}.{name}" for name in sorted(missing))


def schemas_are_used(bundle: Json) -> Iterator[str]:
    """No named schema is left over."""
    used = {text.rpartition("/")[2] for label, text in texts(bundle, "") if label.endswith("$ref")}
    yield from sorted(bundle["components"]["schemas"].keys() - used)


def hook_bodies_are_bounded(bundle: Json) -> Iterator[str]:
    """On hooks the schema decides, so every text, number and list has its limits there."""
    limits = {"string": "maxLength", "integer": "maximum", "number": "maximum", "array": "maxItems"}
    for name, path, _, operation in operations(bundle):
        if family_of(path) is not Family.HOOK:
            continue
        for label, schema in subschemas(name, body_of(bundle, operation)):
            meant = resolved(bundle, schema)
            kinds = meant.get("type", ())
            needed = {limits.get(kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)}
            bounded = needed <= {None, *meant} or {"enum", "const"} & meant.keys()
            if not bounded and not label.endswith(".sort"):  # its pattern bounds it
                yield label


def objects_say_what_they_hold(bundle: Json) -> Iterator[str]:
    """A bare `type: object` becomes a type without any key in typed clients."""
    for label, schema in schemas(bundle):
        says = {"properties", "additionalProperties", "allOf", "$ref"} & schema.keys()
        if schema.get("type") == "object" and not says:
            yield label


def body_properties_are_optional_by_name(bundle: Json) -> Iterator[str]:
    """A `default` makes a property of a body required in generated types; `description` says it."""
    for name, _, _, operation in operations(bundle):
        for label, schema in subschemas(name, body_of(bundle, operation)):
            if "default" in schema:
                yield label


def bodies_are_one_object(bundle: Json) -> Iterator[str]:
    """A condition or an alternative beside its properties leaves a body without types in clients."""
    for name, _, _, operation in operations(bundle):
        body = body_of(bundle, operation)
        parts = [body, *(resolved(bundle, part) for part in body.get("allOf", []))]
        if any({"if", "oneOf", "anyOf", "not"} & part.keys() for part in parts):
            yield name


def method_override_is_shown(bundle: Json) -> Iterator[str]:
    """A mini program reaches PATCH and DELETE by POST alone: the operation says so, with an example."""
    for name, _, method, operation in operations(bundle):
        if method in ("patch", "delete"):
            example = f"'X-HTTP-Method-Override': '{method.upper()}'"
            if example not in operation.get("description", ""):
                yield name


def first_server_is_the_one_that_answers(bundle: Json) -> Iterator[str]:
    """The document names the origin it came from first, wherever it is served."""
    if bundle["servers"][0]["url"] != "/":
        yield bundle["servers"][0]["url"]


EVERYWHERE = (RequestTimeout, PayloadTooLarge, TooManyRequests, InternalError, ServiceUnavailable)
"""What any operation may answer, whoever asks."""


def operations_declare_what_errors_say(bundle: Json) -> Iterator[str]:
    """Each status that an operation's errors have is among its answers."""
    for name, path, _, operation in operations(bundle):
        expected = {problem.status for problem in EVERYWHERE}
        is_hook = family_of(path) is Family.HOOK
        if "requestBody" in operation:
            expected.add(ValidationFailed.status)
            expected |= {UnsupportedMediaType.status} if is_hook else set()
        if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", [])):
            expected.add(IdempotencyKeyReused.status)
        if is_hook and operation["security"] and {} not in operation["security"]:
            expected.add(Unauthorized.status)
        declared = {int(status) for status in operation["responses"]}
        yield from (f"{name}: {status}" for status in sorted(expected - declared))


NATIVE_ONLY = {"forbidden", "precondition_failed", "range_not_satisfiable"}
"""Codes of answers that have a message instead: PocketBase's shape holds no code."""


def error_codes_are_those_of_errors(bundle: Json) -> Iterator[str]:
    """The closed list of codes is what bai_wx/errors.py can say on hooks, no more and no less."""
    kinds = (kind for kind in every_error(ApiError) if kind.__module__ == ApiError.__module__)
    said = {problem.code for problem in kinds} - NATIVE_ONLY
    yield from sorted(said ^ set(bundle["components"]["schemas"]["ErrorCode"]["enum"]))


def error_examples_have_their_status(bundle: Json) -> Iterator[str]:
    """A code stands only under the status that bai_wx/errors.py gives it."""
    statuses = {problem.code: problem.status for problem in every_error(ApiError)}
    for label, status, response in responses(bundle):
        media = response.get("content", {}).get("application/json", {})
        for value in examples_of(media):
            code = value.get("data", {}).get("code") if "errMsg" in value else None
            if code is not None and statuses.get(code) != status:
                yield f"{label}: {code}"


def every_error(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    """A class of errors and all that are of its kind."""
    yield kind
    for each in kind.__subclasses__():
        yield from every_error(each)


def examples_of(media: Json) -> Iterator[Json]:
    """The values of a media type's examples that are objects."""
    values = [example["value"] for example in media.get("examples", {}).values()]
    yield from (v for v in [media.get("example"), *values] if isinstance(v, dict))


RULES: list[Rule] = [
    operation_ids_are_snake_case,
    bodies_have_a_bound,
    tags_are_declared_and_used,
    texts_are_chinese,
    named_schemas_have_titles,
    properties_are_described,
    hook_bodies_have_titles,
    fields_have_titles,
    enum_values_are_explained,
    punctuation_is_chinese,
    errors_have_a_json_schema,
    empty_answers_have_no_content,
    too_many_requests_say_when,
    parameters_have_one_type,
    parameters_have_examples,
    parameters_are_unique,
    path_parameters_match_the_path,
    native_lists_take_every_list_parameter,
    reads_have_no_body,
    security_is_said,
    links_lead_somewhere,
    operations_by_id_are_linked_to,
    required_names_exist,
    schemas_are_used,
    hook_bodies_are_bounded,
    objects_say_what_they_hold,
    body_properties_are_optional_by_name,
    bodies_are_one_object,
    method_override_is_shown,
    first_server_is_the_one_that_answers,
    operations_declare_what_errors_say,
    error_codes_are_those_of_errors,
    error_examples_have_their_status,
]
