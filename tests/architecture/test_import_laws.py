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


def build_house(folder: Path) -> Path:
    """Return a copy of the packages in which offences may be planted."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=_no_code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _no_code(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if _is_no_code(folder, name)]


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


def plant(house: Path, folder: str, module: str, *imports: str) -> None:
    text = "".join(f"import {name}\n" for name in imports)
    (house / folder / f"{module}.py").write_text(text, encoding="utf-8")


def offences_against(contract: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every pair of a folder and a package that the contract keeps apart."""
    return [
        (source, module)
        for source in contract["source_modules"]
        for module in contract["forbidden_modules"]
        if (ROOT / source.replace(".", "/")).is_dir() and not _is_allowed(contract, source, module)
    ]


def _is_allowed(contract: dict[str, Any], source: str, module: str) -> bool:
    """Say whether the whole source is a room for the module, or the module itself."""
    edges = contract.get("ignore_imports", ())
    return source.startswith(module) or any(edge in edges for edge in (f"{source}.** -> *", f"{source}.** -> {module}"))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Plant every offence, lint once, and return what was said about each contract."""
    house = build_house(tmp_path_factory.mktemp("house"))
    for number, name in enumerate(FORBIDDEN):
        offences = offences_against(CONTRACTS[name])
        for source in {source for source, _ in offences}:
            imports = [module for where, module in offences if where == source]
            plant(house, source.replace(".", "/"), f"planted_{number}", *imports)
    code, said = lint(house, *FORBIDDEN)
    assert code == 1, said
    details = said.split("Broken contracts ", 1)[1]
    begins = sorted((details.index(f"{CONTRACTS[name]['name']} -"), name) for name in FORBIDDEN)
    ends = [*(begin for begin, _ in begins[1:]), len(details)]
    return {name: details[begin:end] for (begin, name), end in zip(begins, ends, strict=True)}


def test_the_house_keeps_its_laws(tmp_path: Path) -> None:
    code, said = lint(build_house(tmp_path))

    assert code == 0, said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said


@pytest.mark.parametrize("name", FORBIDDEN)
def test_an_offence_against_each_forbidden_name_is_seen(name: str, verdicts: dict[str, str]) -> None:
    pairs = offences_against(CONTRACTS[name])

    assert pairs
    assert [pair for pair in pairs if f"{pair[0]} is not allowed to import {pair[1]}:" not in verdicts[name]] == []


def test_a_seat_that_meets_a_codec_through_others_is_seen(tmp_path: Path) -> None:
    house = build_house(tmp_path)
    plant(house, "widgets", "planted", "console.application.planted")
    plant(house, "console/application", "planted", "av")
    plant(house, "console/seat", "planted", "console.application.planted")

    code, said = lint(house, "seat-is-light")

    assert code == 1
    assert "widgets is not allowed to import av:" in said
    assert "console.seat is not allowed to import av:" in said


def test_every_way_up_the_stairs_is_seen(tmp_path: Path) -> None:
    house = build_house(tmp_path)
    for number, (folder, upstairs) in enumerate(UPSTAIRS):
        plant(house, folder, f"planted_{number}", upstairs)

    code, said = lint(house, "floors")

    assert code == 1
    # "- console.domain.planted_4 -> console.application (l.1)"
    missed = [way for number, way in enumerate(UPSTAIRS) if f".planted_{number} -> {way[1]} (l.1)" not in said]
    assert missed == []


def test_no_contract_misspells_what_it_forbids() -> None:
    named = {module for name in FORBIDDEN for module in CONTRACTS[name]["forbidden_modules"]}
    absent = {module for module in named if importlib.util.find_spec(module) is None}

    assert absent == set()


def test_every_room_on_an_allow_list_belongs_to_the_house() -> None:
    edges = [edge for name in FORBIDDEN for edge in CONTRACTS[name].get("ignore_imports", ())]

    assert all(edge.split(" -> ")[0].split(".")[0] in PACKAGES for edge in edges)
