#!/usr/bin/env python3
"""Set Citydesk up and start it: one file, the standard library only, Python 3.11 or newer.

    python3 start.py                     set up if needed, then open the demo site
    python3 start.py --camera rtsp://…   the same with your own cameras on the wall (may be repeated)
    python3 start.py --footage DIR       … with your own video files
    python3 start.py --webcam N          … with the webcam of that number
    python3 start.py setup               only set up, with the tools that tests and benches need
    python3 start.py test [--long] […]   set up and test; further words go to pytest
    python3 start.py WORDS…              set up if needed, then `python -m console WORDS…`

The second time nothing is downloaded or installed: what was set up is stamped in .venv.
"""

import contextlib
import ctypes
import glob
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "citydesk-setup.json"
ATTEMPTS = 3
PAUSE_S = 5.0
SCREEN = "1920x1080x24"
MOST_AT_ONCE = 4  # processes of tests, each with peers and workers of its own
STOP_WITHIN_S = 30.0

# What Qt and OpenCV open and a bare Debian lacks (file name → package), and what tests need. Seen in a bare root.
DEBIAN = json.loads((ROOT / "resources/packaging/debian.json").read_text(encoding="utf-8"))
LIBRARIES: dict[str, str] = DEBIAN["libraries"]
WINDOW_LIBRARIES: dict[str, str] = DEBIAN["window_libraries"]
FONTS: list[str] = DEBIAN["fonts"]
DESKTOP_PACKAGES: list[str] = DEBIAN["desktop"]
PEER_PACKAGES: list[str] = DEBIAN["peers"]
NETWORK_IS_AWAY = re.compile(
    r"NewConnectionError|NameResolutionError|Max retries|Temporary failure|timed out|ProxyError|"
    r"Failed to establish|Could not resolve|Connection (refused|reset|aborted)|Failed to fetch",
    re.IGNORECASE,
)


class CannotGoOn(Exception):
    """Setting up stopped; the sentence says what a person can do."""


def main(words: Sequence[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"Citydesk needs Python 3.11 or newer; this is {platform.python_version()}.", file=sys.stderr)
        return 1
    if words and words[0] in {"-h", "--help", "help"}:
        print(__doc__)
        return 0
    verb = "demo" if not words or words[0].startswith("--") else words[0]
    rest = list(words) if not words or words[0].startswith("--") else list(words[1:])
    try:
        if verb == "test":
            return test(rest)
        if verb == "setup":
            set_up(with_tools=True)
            return 0
        set_up(with_tools=False)
        with screen(verb in {"demo", "seat"}) as environment:
            return run([str(PYTHON), "-m", "console", verb, *rest], environment)
    except CannotGoOn as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# ---- setting up ----------------------------------------------------------------------------------------------


def set_up(*, with_tools: bool) -> list[str]:
    """Bring everything here that is not here yet; return the system packages that could not be installed."""
    wanted = [*missing_libraries(), *(missing_packages((*DESKTOP_PACKAGES, *PEER_PACKAGES)) if with_tools else ())]
    if not with_tools and not has_screen() and shutil.which("Xvfb") is None:
        wanted += missing_packages(("xvfb",))
    lacking = install_packages(wanted)
    if lacking and not with_tools:
        raise CannotGoOn(
            f"Citydesk needs system libraries that only an administrator can install:\n  {apt_command(lacking)}"
        )
    make_environment()
    install_project(with_tools=with_tools)
    if run([str(PYTHON), "-m", "console", "assets", "fetch"], dict(os.environ)) != 0:
        raise CannotGoOn("The model, the voice or the footage is not here yet. Run this again when there is a network.")
    return lacking


def missing_libraries() -> list[str]:
    """Return the packages whose libraries cannot be opened, and the Chinese font where there is none."""
    if not sys.platform.startswith("linux"):
        return []
    packages = [package for name, package in {**LIBRARIES, **WINDOW_LIBRARIES}.items() if not opens(name)]
    if not has_chinese_font():
        packages += FONTS
    return list(dict.fromkeys(packages))


def opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".local/share/fonts"))
    names = ("*CJK*", "*SourceHanSans*", "wqy*", "*NotoSansSC*", "DroidSansFallback*")
    found = (glob.iglob(f"{folder}/**/{name}", recursive=True) for folder in folders for name in names)
    return any(next(files, None) for files in found)


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Return those Debian packages that are not installed (none where this is no Debian)."""
    if shutil.which("dpkg-query") is None:
        return []
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *packages]
    said = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in said.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def install_packages(packages: Sequence[str]) -> list[str]:
    """Install Debian packages where we may; return those still lacking."""
    if not packages:
        return []
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return list(packages)
    say(f"installing {len(packages)} system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for attempt in range(1, ATTEMPTS + 1):
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdin=subprocess.DEVNULL, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return []
        fault = (done.stderr or done.stdout).strip()
        if attempt == ATTEMPTS or not NETWORK_IS_AWAY.search(fault):
            raise CannotGoOn(f"apt-get could not install them:\n{fault[-2000:]}\nTry: {apt_command(packages)}")
        wait_for_network(attempt)
    return list(packages)


def apt_command(packages: Sequence[str]) -> str:
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def make_environment() -> None:
    """Make .venv with pip in it, with or without Debian's python3-venv."""
    if PYTHON.exists() and works([str(PYTHON), "-c", "import pip"]):
        return
    say("making .venv")
    if importlib.util.find_spec("ensurepip") is None:
        install_packages(["python3-venv"])
    # A child decides: a package that was installed a moment ago is not seen by this process for certain.
    if works([sys.executable, "-c", "import ensurepip"]):
        checked([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment .venv could not be made.")
        return
    checked([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], "The environment could not be made.")
    if not bring_pip():
        shutil.rmtree(VENV, ignore_errors=True)
        cure = apt_command(["python3-venv"])
        raise CannotGoOn(f"This Python lacks its venv package. Run this, then start again:\n  {cure}")


def bring_pip() -> bool:
    """Put pip into .venv with the pip this machine has, or with the wheel that Debian keeps for venv."""
    if works([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-q", "pip"]):
        return True
    if shutil.which("apt-get") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        works(["apt-get", "download", "-qq", "python3-pip-whl"], folder)
        for package in Path(folder).glob("*.deb"):
            works(["dpkg-deb", "-x", str(package), folder])
        wheels = list(Path(folder).glob("usr/share/python-wheels/pip-*.whl"))
        return any(works([str(PYTHON), str(wheel / "pip"), "install", "--no-index", str(wheel)]) for wheel in wheels)


def works(command: Sequence[str], folder: str | None = None) -> bool:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def install_project(*, with_tools: bool) -> None:
    """Install the project as editable with its dependencies, unless the stamp says that this was done."""
    extra = "dev" if with_tools else "run"
    stamp = stamp_of_project()
    done = json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}
    if done.get(extra) == stamp or done.get("dev") == stamp:
        return
    say("installing Citydesk and what it stands on (about 1.6 GB the first time)")
    project = f"{ROOT}[dev]" if with_tools else str(ROOT)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    for attempt in range(1, ATTEMPTS + 1):
        code, said = follow_pip([*pip, "-e", project])
        if code == 0:
            STAMP.write_text(json.dumps({**done, extra: stamp}), encoding="utf-8")
            return
        if not NETWORK_IS_AWAY.search(said):
            raise CannotGoOn(f"pip could not install Citydesk:\n{said[-3000:]}")
        if attempt < ATTEMPTS:
            wait_for_network(attempt)
    raise CannotGoOn("The packages could not be fetched: the network is away. Start again when it is back.")


def stamp_of_project() -> str:
    """Return what an installation depends on: the project's tables, the Python, the place."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = text.split("\n[tool.", 1)[0]
    parts = (project, platform.python_version(), platform.machine(), str(ROOT))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def follow_pip(command: Sequence[str]) -> tuple[int, str]:
    """Run pip and say in one line each what it fetches; return its exit code and everything it said."""
    said: list[str] = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            said.append(line)
            words = line.split()
            if words[:1] == ["Downloading"] and len(words) > 1:
                say("  " + " ".join(["fetching", words[1].rsplit("/", 1)[-1].split("-")[0], *words[2:4]]))
            elif line.startswith("Installing collected"):
                say("  unpacking")
    return pip.returncode, "".join(said)


def wait_for_network(attempt: int) -> None:
    say(f"the network is away; trying again in {PAUSE_S:.0f} s ({attempt} of {ATTEMPTS - 1})")
    time.sleep(PAUSE_S)


def checked(command: Sequence[str], sentence: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise CannotGoOn(f"{sentence}\n{(done.stderr or done.stdout).strip()[-2000:]}")


def say(sentence: str) -> None:
    print(f"· {sentence}", flush=True)


# ---- testing -------------------------------------------------------------------------------------------------


def test(words: list[str]) -> int:
    """Set up with the tools, then run pytest; without root, run what needs no missing system package."""
    lacking = set_up(with_tools=True)
    chosen = [] if "--long" in words else ["not long"]
    options = [word for word in words if word != "--long"]
    if "--long" not in words:  # soaks and kills want the machine to themselves
        options += ["-n", str(min(os.cpu_count() or 1, MOST_AT_ONCE)), "--dist", "loadfile"]
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    left_out: list[str] = []
    if set(lacking) & set(PEER_PACKAGES):
        chosen.append("not peer")
        left_out.append("tests against foreign programs (peer)")
    if set(lacking) & {*DESKTOP_PACKAGES, *WINDOW_LIBRARIES.values(), *LIBRARIES.values(), *FONTS}:
        chosen.append("not desktop")
        left_out.append("tests with a real window (desktop)")
    if set(lacking) & set(LIBRARIES.values()):
        # pytest-qt cannot even be loaded; conftest leaves out the files that cannot be imported.
        environment["CITYDESK_WITHOUT_LIBRARIES"] = "1"
        options += ["--ignore", "tests/flows"]
        environment["PYTEST_ADDOPTS"] = (
            "-p no:pytest-qt -W ignore::pytest.PytestConfigWarning "
            "-o 'addopts=--import-mode=importlib --strict-markers -ra'"
        )
        left_out.append("tests that open Qt or OpenCV, and whole stories")
    if left_out:
        say(f"left out: {'; '.join(left_out)}. This adds them:\n  {apt_command(lacking)}")
    selection = ["-m", " and ".join(chosen)] if chosen else []
    with_desktop = sys.platform.startswith("linux") and "not desktop" not in chosen
    with own_screen(environment) if with_desktop else contextlib.nullcontext(environment) as surroundings:
        code = run([str(PYTHON), "-m", "pytest", *selection, *options], surroundings)
    if left_out:
        say(f"left out: {'; '.join(left_out)}. This adds them:\n  {apt_command(lacking)}")
    return code


# ---- running -------------------------------------------------------------------------------------------------


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a program in the foreground, pass our end on to it, and return its exit code."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        return child.wait()
    except KeyboardInterrupt:
        # The terminal told the child as well; it ends its own children.
        try:
            child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def has_screen() -> bool:
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def screen(wanted: bool) -> Iterator[dict[str, str]]:
    """Give the environment for a window: this desktop's, or a virtual screen where there is none."""
    if not wanted or has_screen() or os.environ.get("QT_QPA_PLATFORM"):
        yield dict(os.environ)
        return
    if shutil.which("Xvfb") is None:
        raise CannotGoOn(
            "There is no screen here (DISPLAY is not set). Start this in a desktop session, or give it a virtual "
            f"screen:\n  {apt_command(['xvfb'])}"
        )
    with own_screen(dict(os.environ)) as environment:
        say(f"there is no screen here: the window opens on a virtual one, DISPLAY={environment['DISPLAY']}")
        yield environment


@contextlib.contextmanager
def own_screen(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Run an X server of our own without a monitor, and end it afterwards."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as answer:
            number = answer.readline().strip()
        if not number:
            raise CannotGoOn("The virtual screen Xvfb did not start.")
        environment = {**environment, "DISPLAY": f":{number}"}
        environment.pop("WAYLAND_DISPLAY", None)
        yield environment
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
