"""Claims about areas: of cells that tile the city each point is in exactly one, and shapely says the same."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from console.domain.areas import BILLIONTHS, Area, AreaLevel, Ring, areas_at, located, point_in_billionths
from console.domain.errors import DomainError
from console.domain.places import Place

SIDE = 4
LON, LAT, STEP = 120.16, 30.26, 0.004  # cells of some 400 m
Corners = list[list[tuple[float, float]]]

shifts = st.floats(-0.49, 0.49)


def corner_of(x: float, y: float) -> tuple[float, float]:
    return LON + x * STEP, LAT + y * STEP


@st.composite
def street_maps(draw: st.DrawFn) -> Corners:
    """Corners of a map of SIDE by SIDE cells: its rim is straight, what lies inside is not."""

    def corner(x: int, y: int) -> tuple[float, float]:
        across = draw(shifts) if 0 < x < SIDE and 0 < y < SIDE else 0.0
        up = draw(shifts) if 0 < x < SIDE and 0 < y < SIDE else 0.0
        return corner_of(x + across, y + up)

    return [[corner(x, y) for x in range(SIDE + 1)] for y in range(SIDE + 1)]


def cells_of(corners: Corners, turned: frozenset[int]) -> tuple[Area, ...]:
    """The cells between the corners; the turned ones are written the other way round, from another corner."""
    cells = []
    for number in range(SIDE * SIDE):
        y, x = divmod(number, SIDE)
        ring: Ring = (corners[y][x], corners[y][x + 1], corners[y + 1][x + 1], corners[y + 1][x])
        if number in turned:
            ring = (ring[2], ring[1], ring[0], ring[3])
        cells.append(Area(code=f"330199001003{number:03d}", rings=(ring,)))
    return tuple(cells)


turns = st.frozensets(st.integers(0, SIDE * SIDE - 1))
within = st.floats(0, SIDE, exclude_max=True)


@settings(max_examples=150, deadline=None)
@given(street_maps(), turns, within, within)
def test_each_point_of_a_city_that_is_tiled_is_in_exactly_one_cell(
    corners: Corners, turned: frozenset[int], x: float, y: float
) -> None:
    longitude, latitude = corner_of(x, y)
    west, south = point_in_billionths(*corners[0][0])
    east, north = point_in_billionths(*corners[-1][-1])
    at = point_in_billionths(longitude, latitude)
    assume(west <= at[0] < east and south <= at[1] < north)
    assert sum(cell.holds(longitude, latitude) for cell in cells_of(corners, turned)) == 1


@settings(max_examples=150, deadline=None)
@given(
    street_maps(),
    turns,
    st.integers(0, SIDE - 1),
    st.integers(0, SIDE - 1),
    st.booleans(),
    st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.9]),
    st.integers(-2, 2),
    st.integers(-2, 2),
)
def test_a_point_on_a_common_edge_or_corner_or_a_hair_beside_it_is_in_exactly_one_cell(
    corners: Corners, turned: frozenset[int], x: int, y: int, is_level: bool, along: float, east: int, north: int
) -> None:
    (xa, ya), (xb, yb) = corners[y][x], corners[y][x + 1] if is_level else corners[y + 1][x]
    longitude = xa + along * (xb - xa) + east / BILLIONTHS
    latitude = ya + along * (yb - ya) + north / BILLIONTHS
    assume(x > 0 or east >= 0)  # off the map
    assume(y > 0 or north >= 0)
    assert sum(cell.holds(longitude, latitude) for cell in cells_of(corners, turned)) == 1


@st.composite
def outlines(draw: st.DrawFn) -> Ring:
    """A star around a point: no two edges cross."""
    count = draw(st.integers(3, 14))
    lengths = draw(st.lists(st.floats(0.5, 2.0), min_size=count, max_size=count))
    return tuple(
        corner_of(
            2 + length * math.cos(2 * math.pi * number / count), 2 + length * math.sin(2 * math.pi * number / count)
        )
        for number, length in enumerate(lengths)
    )


@settings(max_examples=200, deadline=None)
@given(outlines(), st.booleans(), within, within)
def test_shapely_says_the_same_of_points_off_the_edges_with_and_without_a_hole(
    outline: Ring, has_hole: bool, x: float, y: float
) -> None:
    hole: Ring = tuple(corner_of(2 + 0.05 * east, 2 + 0.05 * north) for east, north in ((1, 1), (1, -1), (-1, -1)))
    area = Area(code="330199", rings=(outline, hole) if has_hole else (outline,))
    point = Point(corner_of(x, y))
    shape = Polygon(outline, [hole] if has_hole else [])
    assume(shape.is_valid and shape.boundary.distance(point) > 10 / BILLIONTHS)
    assert area.holds(point.x, point.y) == shape.contains(point)


@settings(max_examples=60, deadline=None)
@given(street_maps(), st.permutations(range(SIDE * SIDE)), within, within)
def test_where_a_place_lies_does_not_depend_on_the_order_of_the_areas(
    corners: Corners, order: list[int], x: float, y: float
) -> None:
    cells = cells_of(corners, frozenset())
    over = Area(code="330199001003999", rings=cells[0].rings)  # drawn twice over one another
    mixed = [*(cells[number] for number in order), over]
    longitude, latitude = corner_of(x, y)
    assert areas_at(mixed, longitude, latitude) == areas_at([over, *cells], longitude, latitude)


def test_a_point_with_areas_around_it_learns_its_cell_and_their_names_and_keeps_what_it_says_itself() -> None:
    ring: Ring = (corner_of(0, 0), corner_of(1, 0), corner_of(1, 1), corner_of(0, 1))
    areas = [
        Area(code="330199", zh="临江区", en="Linjiang", rings=(ring,)),
        Area(code="330199001", zh="学府街道", rings=(ring,)),
        Area(code="330199001003", zh="滨河社区", rings=(ring,)),
        Area(code="330199001003007", rings=(ring,)),
    ]
    longitude, latitude = corner_of(0.5, 0.5)
    bare = located(Place(address="学府路口", longitude=longitude, latitude=latitude), areas)
    assert (bare.grid_cell, bare.community, bare.street, bare.district) == (
        "330199001003007",
        "滨河社区",
        "学府街道",
        "临江区",
    )
    said = Place(address="学府路口", street="滨河街道", longitude=longitude, latitude=latitude)
    assert located(said, areas).street == "滨河街道"
    outside = Place(address="江对岸", longitude=longitude + 1, latitude=latitude)
    assert located(outside, areas) == outside
    unmeasured = Place(address="学府路口")
    assert located(unmeasured, areas) == unmeasured


def test_the_box_of_an_area_holds_whatever_the_area_holds() -> None:
    ring: Ring = (corner_of(0, 0), corner_of(1, 0.2), corner_of(0.4, 1))
    area = Area(code="330199001003007", rings=(ring,))
    assert area.level is AreaLevel.GRID
    west, south, east, north = area.box
    assert (west, south) == (point_in_billionths(*ring[0])) and east == point_in_billionths(*ring[1])[0]
    assert north == point_in_billionths(*ring[2])[1]


@pytest.mark.parametrize(
    ("code", "rings"),
    [
        ("3301", ((corner_of(0, 0), corner_of(1, 0), corner_of(1, 1)),)),
        ("33019900100300x", ((corner_of(0, 0), corner_of(1, 0), corner_of(1, 1)),)),
        ("330199", ()),
        ("330199", ((corner_of(0, 0), corner_of(1, 0), corner_of(0, 0)),)),
        ("330199", ((corner_of(0, 0), (1e300, 30.0), corner_of(1, 1)),)),
        ("330199", ((corner_of(0, 0), (math.nan, 30.0), corner_of(1, 1)),)),
    ],
)
def test_an_area_without_a_level_or_an_outline_is_refused(code: str, rings: tuple[Ring, ...]) -> None:
    with pytest.raises(DomainError):
        Area(code=code, rings=rings)
