"""`tsc --strict` with WeChat's own typings: what compiles with the client's types, and what must not."""

from pathlib import Path

from tests import node


def test_typed_calls_compile_and_mistakes_do_not(client: Path) -> None:
    """Each `@ts-expect-error` of `clients/tests/types` is a mistake that is found; none is left over."""
    assert (client / "dist" / "index.d.ts").exists()
    node.run(["tsc", "-p", "types"], node.TOOLS)
