"""Every import contract is seen to fail: an offence is planted against each name that it forbids."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("console", "widgets", "inference", "resources")
CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
FORBIDDEN = [name for name, contract in CONTRACTS.items() if contract["type"] == "forbidden"]
# Of later work; a contract may name them before they are installed.
NOT_INSTALLED_YET = {"sklearn"}

# One per pair of neighbouring floors: the lower one's folder, and what it may not import.
UPSTAIRS = [
    ("console/infrastructure", "console.main"),
    ("widgets", "console.main"),
    ("console/application", "console.infrastructure.paths"),
    ("console/application", "widgets"),
    ("console/domain", "console.application"),
    ("resources", "console.domain"),
    ("inference", "console.domain"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the packages in which offences may be planted."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: [n for n in names if _is_no_code(folder, n)],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _is_no_code(folder: str, name: str) -> bool:
    return name == "__pycache__" or (not name.endswith(".py") and not os.path.isdir(os.path.join(folder, name)))


def lint(house: Path, *contracts: str) -> tuple[int, str]:
    """Run lint-imports on the house and return its exit code and, on one line, what it said."""
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())",
         "--no-cache", "--no-logo", *chosen],
        cwd=house, env={**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def plant(house: Path, folder: str, *modules: str) -> None:
    text = "".join(f"import {module}\n" for module in modules)
    (house / folder / "planted_offence.py").write_text(text, encoding="utf-8")


def test_the_house_keeps_its_laws(house: Path) -> None:
    code, said = lint(house)

    assert code == 0, said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said


@pytest.mark.parametrize("name", FORBIDDEN)
def test_an_offence_against_each_forbidden_name_is_seen(name: str, house: Path) -> None:
    contract = CONTRACTS[name]
    offences = [
        (source, module)
        for source in contract["source_modules"]
        for module in contract["forbidden_modules"]
        if (house / source.replace(".", "/")).is_dir() and not _is_allowed(contract, source, module)
    ]
    for source in {source for source, _ in offences}:
        plant(house, source.replace(".", "/"), *(module for where, module in offences if where == source))

    code, said = lint(house, name)

    assert offences
    assert code == 1, said
    assert [pair for pair in offences if f"{pair[0]} is not allowed to import {pair[1]}:" not in said] == []


def _is_allowed(contract: dict[str, Any], source: str, module: str) -> bool:
    """Say whether the whole source is a room for the module, or the module itself."""
    edges = contract.get("ignore_imports", ())
    return source.startswith(module) or any(edge in edges for edge in (f"{source}.** -> *", f"{source}.** -> {module}"))


def test_a_seat_that_meets_a_codec_through_others_is_seen(house: Path) -> None:
    (house / "widgets" / "planted_offence.py").write_text("import console.application.planted_offence\n")
    (house / "console" / "application" / "planted_offence.py").write_text("import av\n")

    code, said = lint(house, "seat-is-light")

    assert code == 1
    assert "widgets is not allowed to import av:" in said


@pytest.mark.parametrize(("folder", "upstairs"), UPSTAIRS)
def test_a_way_up_the_stairs_is_seen(folder: str, upstairs: str, house: Path) -> None:
    plant(house, folder, upstairs)

    code, said = lint(house, "floors")

    assert code == 1, said
    assert "A room may go down the stairs, never up BROKEN" in said


def test_no_contract_misspells_what_it_forbids() -> None:
    named = {module for name in FORBIDDEN for module in CONTRACTS[name]["forbidden_modules"]}
    absent = {module for module in named if importlib.util.find_spec(module) is None}

    assert absent <= NOT_INSTALLED_YET


def test_every_room_on_an_allow_list_belongs_to_the_house() -> None:
    edges = [edge for name in FORBIDDEN for edge in CONTRACTS[name].get("ignore_imports", ())]

    assert all(edge.split(" -> ")[0].split(".")[0] in PACKAGES for edge in edges)
