"""How a form is laid out: short fields side by side, long ones over the whole width, sections as cards.

On a phone every field has the whole width.
"""

from collections.abc import Iterable, Sequence

from starlette_admin.fields import BaseField, TextAreaField
from starlette_admin.widgets import (
    BaseWidget,
    Breakpoints,
    Col,
    FieldRef,
    PanelWidget,
    RowWidget,
)


def is_wide(field: BaseField) -> bool:
    """Whether a field takes the whole width: a text of several lines, or what says so (`is_wide`)."""
    return bool(getattr(field, "is_wide", isinstance(field, TextAreaField)))


def rows(fields: Iterable[BaseField], beside: int = 2) -> list[BaseWidget]:
    """The fields in rows of so many short ones; each wide field has a row of its own."""
    made: list[BaseWidget] = []
    near: list[BaseField] = []
    for field in fields:
        if is_wide(field):
            made += [*_row(near, beside), FieldRef(field.name)]
            near = []
            continue
        near.append(field)
        if len(near) == beside:
            made += _row(near, beside)
            near = []
    return [*made, *_row(near, beside)]


def section(
    title: str, fields: Sequence[BaseField], beside: int = 2, *, collapsed: bool = False
) -> PanelWidget:
    """A card of fields under a title. Give it at least two: of a single one it would hide the label."""
    return PanelWidget(
        title, list(rows(fields, beside)), collapsible=collapsed, collapsed=collapsed
    )


def _row(fields: Sequence[BaseField], beside: int) -> list[BaseWidget]:
    if not fields:
        return []
    width = Breakpoints(default=12, md=12 // beside)
    return [RowWidget([Col(FieldRef(field.name), width) for field in fields])]
