"""ipycam, an ONVIF camera we did not write, run by its launcher in a process of its own."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from console.infrastructure.paths import shared_cache

IPYCAM = "ipycam==1.3.0"
LAUNCHER = Path(__file__).with_name("ipycam_launcher.py")
LOGIN = "admin:s3cret-9"
FETCH_WITHIN_S, START_WITHIN_S, END_WITHIN_S = 120.0, 40.0, 10.0


def fetched() -> Path:
    """Return the folder of the simulator, fetched by pip once; what it needs besides is in our own environment."""
    folder = shared_cache() / "peers" / IPYCAM.replace("==", "-")
    if not (folder / "ipycam" / "__init__.py").exists():
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), IPYCAM], check=True, timeout=FETCH_WITHIN_S)
    return folder


class IpyCam:
    """One running simulator; ends with its input."""

    def __init__(self, folder: Path, *, login: str = LOGIN, pictures: bool = False, clock_behind_s: float = 0) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"PYTHONPATH": str(fetched()), "PICTURES": "1" if pictures else "0"}
        if clock_behind_s:
            environment["CLOCK_BEHIND_S"] = str(clock_behind_s)
        self._login = login
        with (folder / "ipycam.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(LAUNCHER), str(folder), login],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("READY"), (folder / "ipycam.log").read_text(encoding="utf-8")
        self.port, self.rtsp_port = (int(word) for word in line.split()[1:])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def position(self) -> dict[str, Any]:
        """Return pan, tilt, zoom and whether it moves, by ipycam's own page and not by ONVIF."""
        request = Request(f"http://127.0.0.1:{self.port}/api/ptz")
        if self._login:
            request.add_header("Authorization", f"Basic {b64encode(self._login.encode()).decode()}")
        with urlopen(request, timeout=5) as answer:
            said: dict[str, Any] = json.load(answer)
        return said

    def close(self) -> None:
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
