"""Benchmarks run, each on a database of its own, and their two sides agree on the results.

All but `pan`, which has one side and takes a browser for minutes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.product import database_url

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--rounds=1", "--seconds=0.2", "--grids=100", "--points=3000", "--desks=40", "--json"]


NAMES = ["report", "report-orm", "outbox", "route-file", "coverage", "live", "tiles"]


@pytest.mark.early
def test_each_benchmark_runs_and_its_results_agree(db: None) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", *NAMES, *SMALL],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    documents = json.loads(done.stdout)
    assert len(documents) == len(NAMES)
    for document in documents:
        assert document["results_agree"]
        assert all(ratio["median"] > 0 for ratio in document["ratios"].values())
