"""The tables of matters: ours are complete, and a faulty one is told by its lines."""

from datetime import timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.deadlines import Clock, Limit
from console.infrastructure.categories_csv import CategoriesRefused, categories_of, read_categories
from resources.locate import locate

STANDARD, LOCAL = "categories/gbt47678.5-2026.csv", "categories/local.csv"

# The right-hand side of the crosswalk, DOMAIN A.3.
OURS = {
    STANDARD: "01001 01050 01076 02001 02003 03001 06001 06007 06008 06010 06011 06012 06014 06020 06027 06028 06029"
    " 06036 06042 08001 08006 09001 09002 09005 09006 09009 09010 09011 09012 09016 09019 09020",
    LOCAL: "06999 09995 09996 09997 09998 09999 10990 10991 10992 10993 10994 10995 10996 10997 10998 10999",
}

HEAD = (
    "code,standard,zh,en,question_zh,question_en,filing_1_zh,filing_1_en,filing_2_zh,filing_2_en,"
    "closing_1_zh,closing_1_en,limit_clock,limit_amount,limit_unit"
)
GOOD = "09009,local,乱停,Parked,走吗？,Leaving?,压线,On the line,,,驶离,Left,continuous,2,hour"


def complaints_about(*lines: str, head: str = HEAD) -> list[str]:
    with pytest.raises(CategoriesRefused) as refused:
        categories_of("\n".join([head, *lines]), "matters.csv")
    assert str(refused.value) == str(refused.value.complaints[0])
    return [str(complaint) for complaint in refused.value.complaints]


@pytest.mark.parametrize("name", OURS)
def test_our_own_tables_hold_every_matter_of_the_crosswalk_in_both_languages(name: str) -> None:
    categories = read_categories(locate(name))
    assert " ".join(category.code for category in categories) == OURS[name]
    for category in categories:
        assert category.standard == ("local" if name == LOCAL else "GB/T 47678.5-2026")
        for text in (
            category.en,
            category.question_en,
            *(each.en for each in category.filing + category.closing),
        ):
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in text), text
        for text in (
            category.zh,
            category.question_zh,
            *(each.zh for each in category.filing + category.closing),
        ):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text), text
        assert len(category.filing) >= 2
        assert len(category.closing) >= 2
        assert "→ Y" in category.question_zh
        assert "→ Y" in category.question_en
        assert category.limit.amount > timedelta(0)


def test_a_parked_car_and_a_blocked_fire_lane_point_at_each_other() -> None:
    matters = {str(category.code): category for category in read_categories(locate(STANDARD))}
    parked, fire_lane = matters["09009"], matters["09012"]
    assert fire_lane.zh in parked.question_zh
    assert parked.zh in fire_lane.question_zh
    assert parked.filing_condition("1").zh == "停在禁停标线内或禁停区内"
    assert parked.closing_condition("1").en == "Vehicle has left"


@pytest.mark.parametrize(
    ("clock", "amount", "unit", "limit"),
    [
        ("continuous", "2", "hour", Limit(Clock.CONTINUOUS, timedelta(hours=2))),
        ("continuous", "2", "day", Limit(Clock.CONTINUOUS, timedelta(days=2))),
        ("working", "4", "hour", Limit(Clock.WORKING, timedelta(hours=4))),
        ("working", "5", "day", Limit(Clock.WORKING, timedelta(hours=40))),
    ],
)
def test_a_working_day_is_eight_hours_and_a_continuous_one_is_a_day(
    clock: str, amount: str, unit: str, limit: Limit
) -> None:
    line = GOOD.replace("continuous,2,hour", f"{clock},{amount},{unit}")
    (category,) = categories_of(f"{HEAD}\n{line}", "matters.csv")
    assert category.limit == limit


def test_every_fault_of_a_table_is_told_with_its_line() -> None:
    assert complaints_about(
        GOOD,
        GOOD.replace("09009", "06010").replace("Parked", ""),
        GOOD.replace("09009", "06011").replace("On the line", ""),
        GOOD.replace("09009", "06012").replace("驶离,Left", ","),
        GOOD.replace("09009", "06013").replace("continuous", "urgent"),
        GOOD.replace("09009", "06014").replace(",2,", ",0.5,"),
        GOOD.replace("09009", "06015").replace("hour", "week"),
        GOOD,
    ) == [
        "matters.csv, line 3: en is empty.",
        "matters.csv, line 4: filing_1 stands in one language only.",
        "matters.csv, line 4: there is no condition in filing_1.",
        "matters.csv, line 5: there is no condition in closing_1.",
        "matters.csv, line 6: limit_clock is continuous or working, not urgent.",
        "matters.csv, line 7: limit_amount is a whole number above 0, not 0.5.",
        "matters.csv, line 8: limit_unit is hour or day, not week.",
        "matters.csv, line 9: code 09009 stands there twice.",
    ]


def test_a_missing_column_and_an_open_quotation_mark_are_told() -> None:
    assert complaints_about(GOOD, head=HEAD.replace("limit_unit", "unit")) == [
        "matters.csv, line 1: column limit_unit is missing."
    ]
    assert complaints_about(GOOD, '09010,"local') == ["matters.csv, line 3: a quotation mark is not closed."]


def test_a_table_saved_by_a_spreadsheet_is_read_as_well(tmp_path: Path) -> None:
    saved = tmp_path / "matters.csv"
    saved.write_bytes(("\ufeff" + f"{HEAD}\r\n{GOOD}\r\n").encode())
    assert [category.code for category in read_categories(saved)] == ["09009"]


def test_a_table_in_another_encoding_or_not_there_is_refused(tmp_path: Path) -> None:
    saved = tmp_path / "matters.csv"
    saved.write_bytes(f"{HEAD}\n{GOOD}".encode("gb18030"))
    with pytest.raises(CategoriesRefused, match="UTF-8"):
        read_categories(saved)
    with pytest.raises(Unavailable):
        read_categories(tmp_path / "none.csv")
