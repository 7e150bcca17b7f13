"""The command line finds verbs and roles, and says so where something is not built."""

import subprocess
import sys

import pytest

from console.main import NOT_BUILT, main
from console.roles import ROLES, VERBS, Verb


def test_without_words_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    said = capsys.readouterr().out
    assert [verb for verb in VERBS if f"  {verb} " not in said] == []


def test_a_verb_of_later_work_says_that_it_is_not_built(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERBS, "patrol", Verb("console.patrol", "Later."))

    assert main(["patrol", "--anything"]) == NOT_BUILT == 2
    assert "not built yet" in capsys.readouterr().err


def test_an_unknown_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["frobnicate"])

    assert refused.value.code == 2
    assert "seat" in capsys.readouterr().err


def test_an_unknown_role_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--role", "cook"]) == 2
    said = capsys.readouterr().err
    assert [role for role in ROLES if role not in said] == []


def test_a_verb_gets_the_words_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["assets", "--help"])

    assert stopped.value.code == 0
    assert "--offline" in capsys.readouterr().out


def test_no_process_of_ours_reports_to_an_analytics_service() -> None:
    program = (
        "import sys, threading\n"
        "from console.main import main\n"
        "main(['--help'])\n"
        "import openvino\n"
        "assert openvino.Core().available_devices\n"
        "print(sys.modules['openvino_telemetry'], [thread.name for thread in threading.enumerate()])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout.splitlines()[-1:] == ["None ['MainThread']"], done.stderr
