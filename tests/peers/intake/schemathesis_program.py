"""Schemathesis asks everything an OpenAPI document allows and much that it forbids; in an environment of its own."""

import subprocess
import sys
import venv
from pathlib import Path

from console.infrastructure.paths import shared_cache

VERSION = "4.32.5"
FETCH_WITHIN_S, RUN_WITHIN_S = 170.0, 150.0


def fetched() -> Path:
    """Return the program, fetched by pip once: it pins what we pin otherwise, so it cannot share our environment."""
    folder = shared_cache() / "peers" / f"schemathesis-{VERSION}"
    program = folder / ("Scripts" if sys.platform == "win32" else "bin") / "schemathesis"
    done = folder / "whole"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        python = program.with_name("python")
        command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*command, f"schemathesis=={VERSION}"], check=True, timeout=FETCH_WITHIN_S)
        done.touch()
    return program


def run(base: str, token: str, folder: Path, *, examples: int) -> subprocess.CompletedProcess[str]:
    """Ask everything of a server; exit code 0 when each check held."""
    command = [
        str(fetched()), "run", f"{base}/openapi.json", "--checks", "all", "--seed", "7", "--no-color",
        "--max-examples", str(examples), "-H", f"Authorization: Bearer {token}",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False)
