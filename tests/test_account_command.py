"""Claims about accounts from the machine: one command makes a site's first administrator, no secret is shown."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console.application.sign_in import SignIn
from console.domain.accounts import Account, Role, Scope
from console.domain.ids import CameraId, SeatId
from console.infrastructure.passwords import Argon2PasswordHasher
from console.main import main
from console.site import Site

PASSWORD = "six lanterns on a bridge"
Type = Callable[..., int]


class Terminal(io.StringIO):
    """A person's terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Return a function that types a command, with lines for its standard input."""

    def type_in(*words: str, piped: str = "", at: io.StringIO | None = None) -> int:
        monkeypatch.setattr("sys.stdin", at or io.StringIO(piped))
        return main(["account", *words, "--site", "harbour"])

    return type_in


def kept() -> tuple[list[Account], list[tuple[str, str]]]:
    """Return the site's accounts, and who did what by its audit."""
    site = Site.open("harbour")
    try:
        with site.units.read() as unit:
            return list(unit.accounts.all()), [(line.facts.who, line.facts.verb) for line in unit.audit.lines(0, 100)]
    finally:
        site.close()


def test_one_command_makes_the_first_administrator_of_a_new_site(
    type_in: Type, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert type_in("add", "sun", "--shown", "孙浩", piped=f"{PASSWORD}\n") == 0
    said = capfd.readouterr()
    assert "sun" in said.out and PASSWORD not in said.out + said.err
    site = Site.open("harbour")
    try:
        actor = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault).sign_in(
            "sun", PASSWORD, SeatId("01")
        )
    finally:
        site.close()
    assert (actor.display_name, actor.role, actor.scope) == ("孙浩", Role.ADMINISTRATOR, Scope())
    (_, audit) = kept()
    assert audit[0][1] == "add_account" and audit[0][0].endswith("(machine)")
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        assert PASSWORD.encode() not in file.read_bytes(), file


def test_nobody_else_can_be_first(type_in: Type, capsys: pytest.CaptureFixture[str]) -> None:
    assert type_in("add", "li", "--role", "operator", piped=f"{PASSWORD}\n") == 1
    assert "first account" in capsys.readouterr().err
    assert kept() == ([], [])


def test_a_password_is_no_argument_because_every_process_list_shows_arguments(type_in: Type) -> None:
    with pytest.raises(SystemExit):
        type_in("add", "sun", "--password", PASSWORD)
    with pytest.raises(SystemExit):
        type_in("add", "sun", PASSWORD)


def test_the_password_typed_at_a_terminal_is_typed_twice(
    type_in: Type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter([PASSWORD, "something else quite", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert type_in("add", "sun", at=Terminal()) == 1
    assert "differ" in capsys.readouterr().err
    assert type_in("add", "sun", at=Terminal()) == 0
    assert [account.sign_in_name for account in kept()[0]] == ["sun"]


def test_an_operator_of_one_street_is_listed_disabled_and_given_another_password(
    type_in: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type_in("add", "sun", piped=f"{PASSWORD}\n") == 0
    added = type_in("add", "li", "--role", "operator", "--area", "330199001", "--camera", "c9", piped=f"{PASSWORD}\n")
    assert added == 0
    before = kept()[0][0].password_hash
    assert type_in("password", "li", piped="seven kites over the square\n") == 0
    assert type_in("disable", "li") == 0
    assert type_in("unlock", "li") == 0
    assert type_in("one-step", "li") == 0
    li = kept()[0][0]
    assert (li.is_active, li.scope) == (False, Scope(frozenset({"330199001"}), frozenset({CameraId("c9")})))
    assert li.password_hash != before
    capsys.readouterr()
    assert type_in("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "li\tli\toperator\t330199001 c9\tout of use",
        "sun\tsun\tadministrator\teverywhere\tin use",
    ]


def test_the_last_administrator_cannot_be_disabled_from_the_machine_either(
    type_in: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type_in("add", "sun", piped=f"{PASSWORD}\n") == 0
    assert type_in("disable", "sun") == 1
    assert "last active administrator" in capsys.readouterr().err
    assert type_in("disable", "nobody") == 1
    assert "no account nobody" in capsys.readouterr().err


def test_a_database_that_is_away_is_said_in_one_line(
    type_in: Type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(os.environ, "CITYDESK_DATABASE_URL", "nonsense://x")
    assert type_in("list") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
