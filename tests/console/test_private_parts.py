"""What the console takes from starlette-admin below its public API is there, and as the console calls it.

It is pinned exactly. Whoever raises the version sees here what has moved.
"""

import inspect
from collections.abc import Callable

import pytest
from starlette_admin.base import BaseAdmin
from starlette_admin.fields import EnumField
from starlette_admin.security.csrf import CSRFMiddleware
from starlette_admin.views import BaseModelView

PARTS: dict[Callable[..., object], list[str]] = {
    BaseAdmin._init_csrf: ["self"],
    BaseAdmin._init_auth: ["self"],
    BaseAdmin._setup_templates: ["self"],
    BaseAdmin._render_form_body: ["self", "request", "view", "obj", "errors", "config"],
    BaseAdmin._render_error: ["self", "request", "exc"],
    BaseAdmin._find_view_by_key: ["self", "key"],
    CSRFMiddleware._get_submitted_token: ["self", "request"],
    EnumField._get_choices: ["self", "request"],
    EnumField._get_label: ["self", "value", "request"],
    BaseModelView._parse_list_params: ["self", "request", "query_params"],
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__qualname__)
def test_a_private_part_is_called_as_the_console_calls_it(part: Callable[..., object]) -> None:
    assert list(inspect.signature(part).parameters) == PARTS[part]
