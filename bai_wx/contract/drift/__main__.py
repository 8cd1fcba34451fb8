"""`python -m bai_wx.contract.drift CONTRACT` compares the models that Python finds here, and prints JSON."""

import sys
from dataclasses import asdict
from pathlib import Path

import orjson

import models  # noqa: F401  # defines the collections
from bai_wx.contract import loader
from bai_wx.contract.drift.check import check
from bai_wx.record.collections import COLLECTIONS

if __name__ == "__main__":
    report = check(loader.read(Path(sys.argv[1])), COLLECTIONS)
    sys.stdout.buffer.write(orjson.dumps(asdict(report)))
