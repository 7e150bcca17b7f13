"""Rules of the house that no import contract can say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("console", "widgets", "inference", "resources")
MOST_LINES = 400
README_LINES = 30
NAMES_THAT_SAY_NOTHING = {"utils.py", "util.py", "helpers.py", "helper.py", "manager.py", "common.py", "misc.py"}
# Written in halves, so that this file does not offend.
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".", "deb.debian" + ".org")


def source_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def every_source_file() -> Iterator[Path]:
    yield from source_files(*PACKAGES, "tests")
    yield from (ROOT / name for name in ("start.py", "build_installer.py") if (ROOT / name).exists())


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def offences(files: Iterator[Path], pattern: str) -> list[str]:
    """Return the places where the pattern stands."""
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_a_top_folder_says_what_it_is_on_one_page(folder: str) -> None:
    lines = (ROOT / folder / "README.md").read_text(encoding="utf-8").splitlines()

    assert 4 <= len(lines) <= README_LINES


def test_a_long_file_says_why_it_is_long() -> None:
    long_ones = [
        file for file in every_source_file() if len(file.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    ]

    silent = [
        str(file.relative_to(ROOT))
        for file in long_ones
        if "long because" not in (ast.get_docstring(tree_of(file)) or "").lower()
    ]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(file) for file in every_source_file() if file.name in NAMES_THAT_SAY_NOTHING] == []


def test_every_file_of_the_house_says_what_it_is() -> None:
    mute = [
        str(file.relative_to(ROOT))
        for file in source_files(*PACKAGES)
        if "migrations/versions" not in str(file)
        and file.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(tree_of(file))
    ]

    assert mute == []


def test_the_domain_and_the_application_use_python_and_pydantic_only() -> None:
    allowed = {*sys.stdlib_module_names, "console", "pydantic"}
    foreign = {
        (str(file.relative_to(ROOT)), name)
        for file in source_files("console/domain", "console/application")
        for node in ast.walk(tree_of(file))
        for name in _imported(node)
        if name.split(".")[0] not in allowed
    }

    assert foreign == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_only_the_clock_asks_what_time_it_is() -> None:
    code = (file for file in source_files(*PACKAGES) if file != ROOT / "console/infrastructure/clock.py")

    assert offences(code, r"datetime\.(now|utcnow|today)\(|date\.today\(") == []


def test_no_check_is_switched_off() -> None:
    files = (file for file in every_source_file() if file != Path(__file__))

    assert offences(files, r"#\s*type:\s*ignore|ignore_missing_imports|#\s*mypy:|#\s*ruff:\s*noqa") == []


def test_no_address_of_a_package_registry_stands_in_the_code() -> None:
    pattern = "|".join(map(re.escape, REGISTRIES))
    catalogues = (ROOT / "resources").rglob("*.toml")

    assert offences(every_source_file(), pattern) == []
    assert offences(iter(catalogues), pattern) == []


IMPORT_ALL = """
import importlib, os, pkgutil, sys, threading
from console.main import leave_telemetry_out
leave_telemetry_out()
def found(names):
    for name in names:
        package = importlib.import_module(name)
        yield name
        for module in pkgutil.walk_packages(package.__path__, name + "."):
            if not module.name.endswith("__main__") and ".migrations" not in module.name:
                yield module.name
files = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
loaded = [importlib.import_module(name).__name__ for name in found(sys.argv[1:])]
left = set(os.listdir("/proc/self/fd")) if files else set()
# One descriptor is the listing itself.
opened = [os.readlink(f"/proc/self/fd/{n}") for n in left - files if os.path.exists(f"/proc/self/fd/{n}")]
print(len(loaded), [t.name for t in threading.enumerate()], opened, os.listdir("."))
"""


@pytest.mark.parametrize(
    "packages", [("console.domain", "console.application", "inference", "resources"), ("console", "widgets")]
)
def test_nothing_happens_at_import(packages: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, *packages],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    count, rest = done.stdout.strip().splitlines()[-1].split(" ", 1)
    assert int(count) > 1
    assert rest == "['MainThread'] [] []"
    assert list(tmp_path.iterdir()) == []
