"""Where the checkout is, which packages the wheel installs, and where long runs write what they found."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bai_wx", "handlers", "models")
RUNS = ROOT / "docs" / "runs"
