"""Every table of keys in the program, checked against itself, the window's keys and the system's."""

import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from console.words import N_
from widgets.common.key_sheet import clashes, together
from widgets.common.page_keys import PageKey, digits

ROOT = Path(__file__).resolve().parents[2]


def tables() -> Mapping[str, tuple[PageKey, ...]]:
    """Return the keys of each room: all tables of its ``keys.py`` meet in one place."""
    found = {}
    for file in sorted((ROOT / "widgets").glob("*/keys.py")):
        module = importlib.import_module(f"widgets.{file.parent.name}.keys")
        rows = [value for name, value in vars(module).items() if name.endswith("_KEYS")]
        found[file.parent.name] = tuple(key for row in rows for key in row)
    return found


def test_every_room_with_keys_has_its_table() -> None:
    assert {"alarms", "cases", "evidence", "health", "recordings", "settings", "shift", "talk", "wall"} <= set(tables())
    assert all(keys for keys in tables().values())


def test_no_key_means_two_things_in_one_place_nor_what_the_window_or_the_system_means() -> None:
    assert clashes(tables()) == []


@pytest.mark.parametrize(
    ("offence", "said"),
    [
        ((PageKey("Y", ("Y",), "confirm"), PageKey("y", ("Y",), "close")), "both confirm and close"),
        ((PageKey("?", ("F1",), "help"),), "whole window"),
        ((PageKey("F4", ("F4",), "cases"),), "whole window"),
        ((PageKey("find", ("Ctrl+Space",), "find"),), "input method"),
        ((PageKey("go", ("Ctrl+Alt+G",), "go"),), "input method"),
        ((PageKey("menu", ("F10",), "menu"),), "input method"),
    ],
)
def test_a_clash_is_found(offence: tuple[PageKey, ...], said: str) -> None:
    found = clashes({"here": offence})

    assert len(found) == 1
    assert said in found[0]


def test_signs_are_also_taken_as_a_chinese_layout_writes_them() -> None:
    chinese = {"/": {"、", "／"}, ",": {"，"}, ".": {"。"}, "[": {"【"}, "]": {"】"}, "=": {"＝"}, "-": {"－"}}

    for place, keys in tables().items():
        for key in keys:
            wanted = chinese.get(key.name, set())
            assert not wanted or wanted & set(key.sequences), f"{place}: {key.name}"


def test_a_verdict_or_an_order_never_repeats_while_its_key_is_held() -> None:
    moving = {"Up", "Down", "Left", "Right", "K", "J", "PgUp", "PgDn", ",", ".", "Shift+Left", "Shift+Right"}
    moving |= {"Shift+Up", "Shift+Down"}

    repeating = {key.name for keys in tables().values() for key in keys if key.repeats}

    assert repeating <= moving


def test_the_sheet_joins_keys_that_do_the_same() -> None:
    keys = (PageKey("K", ("K",), N_("previous row")), PageKey("Up", ("Up",), N_("previous row")), *digits("choose"))

    assert together(keys) == [(("K", "Up"), "previous row"), (("1–9",), "choose")]
