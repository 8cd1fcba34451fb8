"""The library's own theme in calmer colours: what deletes or leaves does not stand out beside what saves."""

from typing import ClassVar, Final

from starlette_admin.theme import ClassMap, DefaultTheme, TablerSettings

CALM: Final = TablerSettings(base="gray", primary="blue", radius=1)


class Classes(ClassMap):
    """Classes by the library's roles."""

    classes: ClassVar[dict[str, str]] = {
        "action.row_item_delete": "btn btn-outline-danger",
        "action.row_kebab_toggle": "btn btn-icon btn-ghost-secondary",
        "list.create_button": "btn btn-primary",
        "form.cancel_button": "btn btn-ghost-secondary",
    }


class Theme(DefaultTheme):
    """Tabler as the library ships it, so that no file is needed beside its own."""

    def __init__(self) -> None:
        super().__init__(CALM)

    def get_class_map(self) -> ClassMap:
        return Classes()
