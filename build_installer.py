#!/usr/bin/env python3
"""Make a folder that runs without Python: dist/citydesk, with one executable for every role.

    python3 build_installer.py             build, then let the executable examine itself (`doctor`)
    python3 build_installer.py --archive   … and pack it as dist/citydesk-VERSION-PLATFORM.tar.gz (Windows: .zip)

The bundle holds PyAV, whose wheel links x264 and x265: it is distributed under GPLv3 terms (THIRD_PARTY.md).
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = ROOT / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")
SPEC = ROOT / "resources/packaging/citydesk.spec"
BUNDLE = ROOT / "dist/citydesk"
PROGRAM = BUNDLE / ("citydesk.exe" if os.name == "nt" else "citydesk")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", action="store_true", help="pack the folder as well")
    chosen = parser.parse_args()
    if subprocess.run([PYTHON, "-c", "import PyInstaller"], capture_output=True, check=False).returncode != 0:
        print("The build tool is not here yet. Run: python3 start.py setup", file=sys.stderr)
        return 1
    began_s = time.monotonic()
    build = [str(PYTHON), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    done = subprocess.run([*build, *folders, str(SPEC)], cwd=ROOT, check=False)
    if done.returncode != 0:
        return done.returncode
    size_mb = sum(file.lstat().st_size for file in BUNDLE.rglob("*")) / 1e6
    print(f"built {BUNDLE} in {time.monotonic() - began_s:.0f} s, {size_mb:.0f} MB")
    if not examines_itself():
        return 1
    if chosen.archive:
        print(f"packed {pack()}")
    return 0


def examines_itself() -> bool:
    """Let the bundle say which devices it finds: a bundle without OpenVINO's plugins looks whole otherwise."""
    done = subprocess.run([PROGRAM, "doctor"], capture_output=True, text=True, timeout=120, check=False)
    print(done.stdout, done.stderr, sep="")
    if "OpenVINO reports" in done.stdout and "no device at all" not in done.stdout:
        return True
    print("The bundle finds no device to infer on.", file=sys.stderr)
    return False


def pack() -> Path:
    """Pack the folder for this platform and return the archive."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    name = ROOT / "dist" / f"citydesk-{version}-{platform.system().lower()}-{platform.machine().lower()}"
    kind = "zip" if os.name == "nt" else "gztar"
    return Path(shutil.make_archive(str(name), kind, BUNDLE.parent, BUNDLE.name))


if __name__ == "__main__":
    sys.exit(main())
