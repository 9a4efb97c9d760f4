"""Figures shared by workers: on disk with all the room that they will take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CODE = """
import json, os, sys
from pathlib import Path
from ehbox_soap import config
folder = Path(sys.argv[1])
config.share_metrics(folder)
from ehbox_soap.metrics import Figures
figures = Figures(config.shared_metrics())
figures.count("consultation", "getBoxInfo", "100", 0.1)
text = figures.exposition().decode()
print(json.dumps({each.name.partition("_")[0]: each.stat().st_blocks * 512 for each in folder.glob("*.db")}))
print([line for line in text.splitlines() if line.startswith("ehbox_requests_total")])
"""


def test_a_full_disk_ends_no_worker_by_its_figures(tmp_path: Path) -> None:
    """A file with holes that is mapped into memory ends its process with SIGBUS when a hole can get no block."""
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=True)
    reserved, told = done.stdout.splitlines()
    assert {name: taken >= 2**20 for name, taken in json.loads(reserved).items()} == {
        "counter": True,
        "histogram": True,
    }
    assert told == str(['ehbox_requests_total{operation="getBoxInfo",outcome="100",port="consultation"} 1.0'])
