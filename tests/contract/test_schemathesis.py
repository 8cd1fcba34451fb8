"""Schemathesis over the whole contract: every phase, every check, a guest and two logged-in users."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.contract.traffic_errand import Errand
from tests.running import Client, Server

ROOT = Path(__file__).parents[2]
RUNS = ROOT / "docs" / "runs"
PHASES = "examples,coverage,fuzzing,stateful"

CI_EXAMPLES = 30  # of fuzzing, and scenarios of stateful testing, an operation and actor
CI_REQUESTS = 5_000
CI_SECONDS = 330
LONG_EXAMPLES = 300
LONG_REQUESTS = 100_000
LONG_SECONDS = 3 * 3600
SUCCESSES = 50  # of every operation, all actors together
