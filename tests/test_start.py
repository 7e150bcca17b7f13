"""start.py: what it sets up, what it says where it cannot, and that the second time does nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import start

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that start.py takes for the repository."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.ruff]\nline-length = 1\n')
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "STAMP", tmp_path / ".venv/stamp.json")
    monkeypatch.setattr(start, "PAUSE_S", 0.0)
    return tmp_path


class Pip:
    """Stands where pip is called; says what it was told to say."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def __call__(self, command: list[str]) -> tuple[int, str]:
        self.calls.append(command)
        return self.answers.pop(0)


def test_the_second_time_installs_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip((0, ""))
    monkeypatch.setattr(start, "follow_pip", pip)

    start.install_project(with_tools=False)
    start.install_project(with_tools=False)

    assert len(pip.calls) == 1


def test_tools_include_what_running_needs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip((0, ""))
    monkeypatch.setattr(start, "follow_pip", pip)

    start.install_project(with_tools=True)
    start.install_project(with_tools=False)

    assert [command[-1] for command in pip.calls] == [f"{project}[dev]"]


def test_a_changed_dependency_is_installed_and_a_changed_lint_rule_is_not(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = Pip((0, ""), (0, ""))
    monkeypatch.setattr(start, "follow_pip", pip)
    text = (project / "pyproject.toml").read_text()

    start.install_project(with_tools=False)
    (project / "pyproject.toml").write_text(text.replace("line-length = 1", "line-length = 2"))
    start.install_project(with_tools=False)
    assert len(pip.calls) == 1
    (project / "pyproject.toml").write_text(text.replace('"x"', '"y"'))
    start.install_project(with_tools=False)
    assert len(pip.calls) == 2


def test_a_network_that_comes_back_is_waited_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip((1, "NewConnectionError: no route"), (0, ""))
    monkeypatch.setattr(start, "follow_pip", pip)

    start.install_project(with_tools=False)

    assert len(pip.calls) == 2


def test_a_network_that_stays_away_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "follow_pip", Pip(*[(1, "Max retries exceeded")] * start.ATTEMPTS))

    with pytest.raises(start.CannotGoOn, match="network is away"):
        start.install_project(with_tools=False)

    assert not start.STAMP.exists()


def test_another_fault_of_pip_is_shown_at_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip((1, "ERROR: no matching distribution for nonsense"))
    monkeypatch.setattr(start, "follow_pip", pip)

    with pytest.raises(start.CannotGoOn, match="no matching distribution"):
        start.install_project(with_tools=False)

    assert len(pip.calls) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no apt")
def test_without_root_the_one_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert start.install_packages(["libegl1"]) == ["libegl1"]
    assert start.apt_command(["libegl1", "xvfb"]) == ("sudo apt-get install -y --no-install-recommends libegl1 xvfb")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_and_without_xvfb_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(start.CannotGoOn, match="There is no screen here"), start.screen(True):
        pass


@pytest.mark.desktop
def test_a_virtual_screen_is_given_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    with start.screen(True) as environment:
        number = environment["DISPLAY"].removeprefix(":")
        assert Path(f"/tmp/.X11-unix/X{number}").exists()

    assert not Path(f"/tmp/.X11-unix/X{number}").exists()


@pytest.mark.parametrize(
    ("words", "handed_on"),
    [
        ([], ["demo"]),
        (["--camera", "rtsp://10.0.0.7/main"], ["demo", "--camera", "rtsp://10.0.0.7/main"]),
        (["story", "--json"], ["story", "--json"]),
    ],
)
def test_words_are_handed_to_the_console(
    words: list[str], handed_on: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "set_up", lambda *, with_tools: [])

    def run(command: list[str], environment: dict[str, str]) -> int:
        ran.append(command)
        return 7

    monkeypatch.setattr(start, "run", run)
    monkeypatch.setenv("DISPLAY", ":0")

    assert start.main(words) == 7
    assert [command[1:] for command in ran] == [["-m", "console", *handed_on]]


def test_the_end_of_start_is_the_end_of_what_it_started() -> None:
    child = "import signal, sys; signal.signal(15, lambda *_: sys.exit(5)); print('up', flush=True); signal.pause()"
    program = (
        f"import start, sys; sys.exit(start.run([sys.executable, '-c', {child!r}], dict(__import__('os').environ)))"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "up\n"
        started.terminate()
        assert started.wait(30) == 5
