"""Members of packages, by the registries' own clients."""

import sys
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Place
from console.infrastructure.assets.packages import PackageShelf

pytestmark = pytest.mark.peer

WHEEL = Place(pypi="iniconfig", version="2.1.0", member="iniconfig/__init__.py")
NPM = Place(npm="isarray", version="2.0.5", member="index.js")
DEBIAN = Place(debian="netbase", member="etc/protocols")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(WHEEL, b"class IniConfig", id="pip"),
        pytest.param(NPM, b"module.exports", id="npm"),
        pytest.param(
            DEBIAN, b"tcp", id="apt", marks=pytest.mark.skipif(sys.platform != "linux", reason="no Debian here")
        ),
    ],
)
def test_a_member_comes_out_of_its_package(place: Place, words: bytes, tmp_path: Path) -> None:
    shelf, target = PackageShelf(tmp_path), tmp_path / "member"

    shelf.take(place, target)

    assert words in target.read_bytes()


def test_npm_comes_from_its_wheel_where_none_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    target = tmp_path / "member"

    PackageShelf(tmp_path).take(NPM, target)

    assert b"module.exports" in target.read_bytes()


def test_a_member_that_is_not_there_is_named(tmp_path: Path) -> None:
    place = Place(pypi="iniconfig", version="2.1.0", member="no/such.file")

    with pytest.raises(Unavailable, match=r"no/such\.file"):
        PackageShelf(tmp_path).take(place, tmp_path / "member")


def test_a_package_that_is_not_there_is_said_in_the_clients_words(tmp_path: Path) -> None:
    place = Place(pypi="iniconfig", version="0.0.0.1", member="x")

    with pytest.raises(Unavailable, match="pip failed"):
        PackageShelf(tmp_path).take(place, tmp_path / "member")
