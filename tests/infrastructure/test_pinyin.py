"""A name is found by how it is said."""

import subprocess
import sys

import pytest

from console.infrastructure.pinyin import reading_of


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("重庆路口·南", "cqlkn", "chongqinglukounan"),
        ("学府路12号 Gate3", "xfl12hgate3", "xuefulu12haogate3"),
        ("长乐街", "clj", "changlejie"),
        ("ＫＴＶ广场", "ktvgc", "ktvguangchang"),
        ("绿茵路", "lyl", "lvyinlu"),
    ],
)
def test_a_name_is_read_as_it_is_said_in_the_street(name: str, initials: str, pinyin: str) -> None:
    reading = reading_of(name)
    assert (reading.initials[0], reading.pinyin[0]) == (initials, pinyin)


def test_a_character_with_two_initials_gives_both() -> None:
    assert set(reading_of("行知路").initials) == {"xzl", "hzl"}


def test_a_name_of_signs_alone_is_said_by_nothing() -> None:
    assert reading_of("·—·").initials == ()


def test_who_only_reads_the_directory_does_not_wait_for_the_tables_of_readings() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, console.desks; print('pypinyin' in sys.modules)",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert loaded.stdout == "False\n"
