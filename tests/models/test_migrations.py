"""Migrations are frozen: what one has done to a database is what it does to the next."""

import hashlib
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase
from playhouse.migrations import Migration, Runner

from models import migrations

FOLDER = Path(migrations.__file__).parent
FILTER_FUNCTIONS = "0eb0ecef5235f2c496d6c61f20d9aed96a2ae6baa513b58e1e9768028a695ed4"
"""Of the statements as they were released, when all of them stood in the migration itself."""


def loaded(name: str) -> Any:
    """A migration's module, as the runner loads it."""
    return Migration(0, name, str(FOLDER / f"{name}.py"), None).load()


def test_the_filter_functions_are_those_that_were_released() -> None:
    """Byte for byte, in their order, wherever their texts stand."""
    module = loaded("0003_filters_answer_alike")
    statements = "\0".join((*module.MADE, "", *module.DROPPED))
    assert hashlib.sha256(statements.encode()).hexdigest() == FILTER_FUNCTIONS


def test_a_module_without_a_number_is_no_migration() -> None:
    """The texts of functions stand beside the migration that creates them."""
    steps = {step.name for step in Runner(SqliteDatabase(":memory:"), str(FOLDER)).migrations()}
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert modules - steps == {"filter_functions", "moment_functions"}
    assert all(name[:4].isdigit() for name in steps)


def test_the_wheel_takes_the_folder_along() -> None:
    """It is a package, so its modules need no list of their own."""
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert any(fnmatch("models.migrations", pattern) for pattern in patterns)
    assert (FOLDER / "__init__.py").is_file()
