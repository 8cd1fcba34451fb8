"""What an operator may do, by role. Every page, button and write of the console asks here."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The roles of an operator."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a page or an action of the console asks for."""

    VIEW = "view"
    """See the shop's rows. Phone numbers and numbers of identity papers are masked."""
    EDIT = "edit"
    """Change rows, move orders, restore what was deleted, write notes."""
    REVEAL = "reveal"
    """See a masked value of one customer. The audit log keeps that it was seen."""
    ADMINISTER = "administer"
    """Disable customers; operators, their sessions, the audit log and the settings."""


_OF_VIEWER: Final = frozenset({Permission.VIEW})
_OF_EDITOR: Final = _OF_VIEWER | {Permission.EDIT, Permission.REVEAL}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: _OF_VIEWER,
    Role.EDITOR: _OF_EDITOR,
    Role.ADMIN: _OF_EDITOR | {Permission.ADMINISTER},
}
"""The permissions of each role."""
