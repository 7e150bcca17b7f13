"""The tables of matters: ours are complete, and a faulty one is told by its lines."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.alarms import Priority
from console.domain.categories import Category
from console.domain.deadlines import Clock, Limit
from console.domain.ids import CategoryCode
from console.infrastructure.categories_csv import CategoriesRefused, categories_of, read_categories
from resources.locate import locate

STANDARD, LOCAL = "categories/gbt47678.5-2026.csv", "categories/local.csv"


def matters(counted: str) -> str:
    """Return every code of "class/last number(numbers left out)"."""
    codes: list[str] = []
    for of_class in counted.split():
        major, _, rest = of_class.partition("/")
        last, _, left_out = rest.rstrip(")").partition("(")
        gaps = {int(number) for number in left_out.split(",") if number}
        codes += [f"{major}{number:03}" for number in range(1, int(last) + 1) if number not in gaps]
    return " ".join(codes)


# Table C.1 of the standard as DOMAIN A.3 has it: 153 components gone wrong, 97 other matters.
OURS = {
    # What stands after a slash is the last number; what stands in brackets has no matter in the standard.
    STANDARD: matters("01/77(16) 02/44 03/16 04/14 05/9(1,4,5,6,7,8) 06/52(31) 07/8(5) 08/16 09/22(7) 10/2"),
    LOCAL: "06999 09995 09996 09997 09998 09999 " + " ".join(str(code) for code in range(10985, 11000)),
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


def all_of_ours() -> dict[str, Category]:
    return {str(one.code): one for name in OURS for one in read_categories(locate(name))}


def test_the_standard_has_153_components_and_97_other_matters() -> None:
    of_class = Counter(category.code[:2] for category in read_categories(locate(STANDARD)))
    assert sum(of_class[major] for major in ("01", "02", "03", "04", "05")) == 153
    assert [of_class[major] for major in ("06", "07", "08", "09", "10")] == [51, 7, 16, 21, 2]


def test_no_two_of_our_matters_have_the_same_name_in_a_language() -> None:
    ours = all_of_ours().values()
    for names in ([one.zh for one in ours], [one.en.casefold() for one in ours]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_an_earlier_code_means_one_matter_of_today() -> None:
    ours = all_of_ours().values()
    for codes in ([one.code_30428_2 for one in ours], [one.code_older for one in ours]):
        assert [code for code, times in Counter(filter(None, codes)).items() if times > 1] == []
    assert sum(bool(one.code_30428_2) for one in ours) >= 30


def test_every_matter_says_how_urgent_it_is_who_answers_and_where_that_comes_from() -> None:
    for one in all_of_ours().values():
        assert one.unit_zh and one.unit_en, one.code
        assert {one.conditions_from, one.limit_from, one.hints_from} <= {"judgement", "运城 example"}, one.code
    urgent = {one.zh for one in all_of_ours().values() if one.urgency is Priority.HIGH}
    assert {"占用消防通道", "架空线缆脱落", "供水井盖异常", "高空坠物（自定义）"} <= urgent


def test_a_question_that_sends_to_another_matter_names_one_that_is_offered_first() -> None:
    ours = all_of_ours()
    named = {one.zh: one.code for one in ours.values()} | {
        one.zh.partition("（")[0]: one.code for one in ours.values() if one.zh.endswith("（自定义）")
    }
    named["擅自架设管线、杆线设施"] = CategoryCode("06008")
    for one in ours.values():
        assert set(one.confusable) <= set(ours), one.code
        for name in re.findall(r"C 改为([^；→]+)", one.question_zh):
            assert named[name] in one.confusable, (one.code, name)


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


def test_the_crosswalk_urgency_and_hints_are_read_and_their_faults_told() -> None:
    head = f"{HEAD},code_30428_2,confusable,urgency,unit_zh,unit_en"
    (category,) = categories_of(f"{head}\n{GOOD},04-09,09012 09019,high,公安交管,Traffic police", "matters.csv")
    assert (category.code_30428_2, category.confusable) == ("04-09", ("09012", "09019"))
    assert (category.urgency, category.unit_zh, category.unit_en) == (Priority.HIGH, "公安交管", "Traffic police")
    assert complaints_about(
        f"{GOOD},,09009,,,",
        f"{GOOD.replace('09009', '09010')},,9012,,,",
        f"{GOOD.replace('09009', '09012')},,,urgent,,",
        f"{GOOD.replace('09009', '09013')},,,,城管,",
        f"{GOOD.replace('09009', '11001')},,,,,",
        head=head,
    ) == [
        "matters.csv, line 2: confusable names codes of other matters, not 09009.",
        "matters.csv, line 3: confusable names codes of other matters, not 9012.",
        "matters.csv, line 4: urgency is high, medium or low, not urgent.",
        "matters.csv, line 5: unit stands in one language only.",
        "matters.csv, line 6: a code is a class 01–10 and three digits, not 11001.",
    ]


def test_a_column_nobody_reads_is_told_instead_of_dropped() -> None:
    assert complaints_about(GOOD, head=f"{HEAD},urgancy") == [
        "matters.csv, line 1: column urgancy has no meaning here."
    ]


def test_a_missing_column_and_an_open_quotation_mark_are_told() -> None:
    assert complaints_about(GOOD, head=HEAD.replace(",limit_unit", "")) == [
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
