"""A camera is found by whatever somebody knows of it, in their own places only, a page at a time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.application.directory_desk import Found
from console.application.directory_index import DirectoryIndex, FoundKey, IndexEntry
from console.application.directory_ports import Branch, Sorting
from console.domain.accounts import Actor, Scope
from console.domain.cameras import CameraKind
from console.domain.ids import CameraId
from console.domain.places import Place
from tests.application.city import CAMERA, City, person
from tests.application.test_directory_desk import KEEPER, camera

LI = person("李文静")


def place(street: str, cell: str, address: str = "") -> Place:
    return Place(
        address=address or f"{street} 1 号", district="钱塘区", street=street, community="一社区", grid_cell=cell
    )


@pytest.fixture
def filled(city: City) -> City:
    with city.units.write() as unit:
        for number in range(30):
            unit.directory.put_camera(
                camera(
                    f"b{number:02}", f"B-{number:02}", name=f"滨江路{number}号·南", code="", tags=(), owner="水务局",
                    place=place("滨江街道", "330199001003002"), kind=CameraKind.BULLET,
                )
            )  # fmt: skip
        unit.directory.put_camera(
            camera("other", "C-01", name="重庆路口", owner="", place=place("城北街道", "330199002001001"))
        )
        unit.commit()
    return city


def found(city: City, words: str, actor: Actor = LI) -> list[str]:
    return [line.camera_id for line in city.directory.find(actor, words).lines]


@pytest.mark.parametrize(
    "words", ["重庆", "cqlk", "chongqing", "CQLK", "C-01", "33019900001320000077", "城北 重庆", "重点 路口", "ｃ-01"]
)  # fmt: skip
def test_a_camera_is_found_by_name_initials_pinyin_number_code_address_and_tag(filled: City, words: str) -> None:
    assert found(filled, words) == ["other"]


def test_nothing_typed_and_nothing_there_find_nothing(filled: City) -> None:
    assert found(filled, "  ") == [] and found(filled, "滨江 88") == [] and found(filled, "\n") == []


def test_what_begins_with_the_words_comes_before_what_only_holds_them(filled: City) -> None:
    with filled.units.write() as unit:
        unit.directory.put_camera(camera("a", "A-00", name="桥头", code="", place=Place(address="通往滨江路的桥")))
        unit.commit()
    names = found(filled, "滨江路")
    assert names[0] == "b00" and names[-1] == "a"


def test_pages_follow_each_other_and_show_every_camera_once(filled: City) -> None:
    def pages() -> Iterator[Found]:
        after: FoundKey | None = None
        while True:
            page = filled.directory.find(LI, "路", after, 7)
            yield page
            after = page.more_after
            if after is None:
                return

    names = [line.camera_id for page in pages() for line in page.lines]
    assert sorted(names) == sorted({*(f"b{number:02}" for number in range(30)), "other", CAMERA})


def test_nobody_finds_what_lies_outside_their_places(filled: City) -> None:
    north = replace(LI, scope=Scope(areas=frozenset({"330199002"})))
    assert found(filled, "路", north) == ["other"]
    assert found(filled, "路") != ["other"]  # the next person at the seat has words of their own
    assert [row.branch.path for row in filled.directory.tree(north, Branch(Sorting.AREA, ("钱塘区",)))] == [
        ("钱塘区", "城北街道")
    ]


def test_a_camera_added_or_renamed_a_moment_ago_is_found(filled: City) -> None:
    assert found(filled, "新桥") == []
    filled.directory.add(KEEPER, camera("new", "N-1", name="新桥", code=""))
    assert found(filled, "新桥") == ["new"]
    filled.directory.remove(KEEPER, CameraId("new"))
    assert found(filled, "新桥") == []


def test_the_tree_counts_what_hangs_on_each_branch(filled: City) -> None:
    def level(branch: Branch) -> dict[str, int]:
        return {row.branch.path[-1]: row.cameras for row in filled.directory.tree(LI, branch)}

    assert level(Branch(Sorting.AREA)) == {"钱塘区": 31, "": 1}
    assert level(Branch(Sorting.AREA, ("钱塘区",))) == {"滨江街道": 30, "城北街道": 1}
    assert level(Branch(Sorting.KIND)) == {"bullet": 30, "dome": 1, "": 1}
    assert level(Branch(Sorting.OWNER)) == {"水务局": 30, "": 2}
    assert level(Branch(Sorting.TAG)) == {"重点": 1, "": 31}
    assert list(level(Branch(Sorting.AREA))) == ["钱塘区", ""]


def test_numbered_communities_stand_as_one_counts(city: City) -> None:
    with city.units.write() as unit:
        for number in (12, 2, 1):
            spot = Place(address="x", district="钱塘区", street="河东街道", community=f"第{number}社区")
            unit.directory.put_camera(camera(f"n{number}", f"N-{number}", code="", place=spot))
        unit.commit()
    found = city.directory.tree(LI, Branch(Sorting.AREA, ("钱塘区", "河东街道")))
    assert [row.branch.path[-1] for row in found] == ["第1社区", "第2社区", "第12社区"]


def test_the_leaves_of_a_branch_come_by_number_a_page_at_a_time(filled: City) -> None:
    street = Branch(Sorting.AREA, ("钱塘区", "滨江街道", "一社区"))
    assert street.is_last
    first = filled.directory.leaves(LI, street, most=20)
    rest = filled.directory.leaves(LI, street, first.more_after, most=20)
    assert [line.number for line in (*first.lines, *rest.lines)] == [f"B-{number:02}" for number in range(30)]
    assert rest.more_after is None
    (tagged,) = filled.directory.leaves(LI, Branch(Sorting.TAG, ("重点",))).lines
    assert tagged.camera_id == "other" and tagged.tags == ("重点",)


def test_favourites_are_each_accounts_own_and_go_with_the_camera(filled: City) -> None:
    wang, shelf = person("王磊"), Branch(Sorting.FAVOURITES)
    for name in ("other", "b03", "b03"):
        filled.directory.set_favourite(LI, CameraId(name), is_one=True)
    filled.directory.set_favourite(LI, CameraId("other"), is_one=False)

    (line,) = filled.directory.leaves(LI, shelf).lines
    assert (line.camera_id, line.is_favourite) == ("b03", True)
    assert filled.directory.leaves(wang, shelf).lines == ()
    assert not any(line.is_favourite for line in filled.directory.find(wang, "b-03").lines)
    filled.directory.remove(KEEPER, CameraId("b03"))
    assert filled.directory.leaves(LI, shelf).lines == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("ab路1", min_size=1, max_size=6), min_size=1, max_size=1200),
    st.text("ab路1 ", min_size=1, max_size=5),
)
def test_the_index_finds_exactly_what_a_look_at_each_camera_finds(names: list[str], typed: str) -> None:
    entries = [IndexEntry(f"{at:05}", CameraId(str(at)), f"\n{name}\nx\n") for at, name in enumerate(names)]
    words = typed.split()
    plain = [entry.camera_id for entry in entries if words and all(word in entry.words for word in words)]

    got = DirectoryIndex(1, entries).find(typed, None, len(entries) + 1)

    assert sorted(key.camera_id for key in got) == sorted(plain)
    assert got == sorted(got)
