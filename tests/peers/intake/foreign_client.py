"""georeport, a GeoReport v2 client we did not write; it reads services and requests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from console.infrastructure.paths import shared_cache

GEOREPORT, XMLTODICT = "georeport==0.3.1", "xmltodict==0.14.2"
FETCH_WITHIN_S, ANSWER_WITHIN_S = 120.0, 60.0
_READING = """
import json, sys
from georeport import GeoReport
city = GeoReport(sys.argv[1], output_format="json")
services = [service["service_code"] for service in city.get_service_list()]
print(json.dumps({"services": services, "request": city.get_service_request(sys.argv[2])}))
"""


def fetched() -> Path:
    """Return the client's folder, fetched by pip once; `requests`, which it needs, is in our own environment."""
    folder = shared_cache() / "peers" / GEOREPORT.replace("==", "-")
    if not (folder / "xmltodict.py").exists():
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), GEOREPORT, XMLTODICT], check=True, timeout=FETCH_WITHIN_S)
    return folder


def read(endpoint: str, report_id: str) -> dict[str, Any]:
    """Return what the client reads: the services' codes and one request."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    ended = subprocess.run(
        [sys.executable, "-c", _READING, endpoint, report_id],
        env=environment | {"PYTHONPATH": str(fetched())},
        capture_output=True,
        text=True,
        timeout=ANSWER_WITHIN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    return said
