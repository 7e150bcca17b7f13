"""Claims about routing: the narrowest line of the table answers, and it can be named."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from console.domain.ids import CategoryCode, UnitId
from console.domain.places import Place
from console.domain.routing import RoutingRow, propose

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = Place(address="学府路 12 号", grid_cell="330199001003001")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=SHANGHAI)
PARKING = CategoryCode("09009")
TABLE = (
    RoutingRow(row=1, unit_id=UnitId("city")),
    RoutingRow(row=2, unit_id=UnitId("order"), category_prefix="09"),
    RoutingRow(row=3, unit_id=UnitId("order-south"), category_prefix="09", grid_prefix="330199001"),
    RoutingRow(
        row=4, unit_id=UnitId("night"), category_prefix="09", grid_prefix="330199001", begins=time(22), ends=time(6)
    ),
)


def test_the_narrowest_line_answers_by_matter_then_place_then_hour() -> None:
    noon, night = propose(TABLE, PARKING, HERE, NOON), propose(TABLE, PARKING, HERE, NIGHT)
    assert noon is not None and noon.unit_id == "order-south" and noon.because.row == 3
    assert night is not None and night.unit_id == "night"


def test_a_night_duty_runs_over_midnight() -> None:
    found = propose(TABLE, PARKING, HERE, datetime(2026, 11, 23, 5, 59, tzinfo=SHANGHAI))
    assert found is not None and found.unit_id == "night"


def test_of_equal_lines_the_earlier_answers() -> None:
    twins = (RoutingRow(row=2, unit_id=UnitId("b")), RoutingRow(row=1, unit_id=UnitId("a")))
    found = propose(twins, PARKING, HERE, NOON)
    assert found is not None and found.unit_id == "a"


def test_a_matter_nobody_answers_for_is_said_so() -> None:
    assert propose(TABLE[1:], CategoryCode("01001"), HERE, NOON) is None
