"""Which rows a scope covers: the rule of ``Scope.covers``, for lists."""

from sqlalchemy import ColumnElement, false, or_, select, true

from console.domain.accounts import Scope
from console.infrastructure.database.tables import alarms, cameras, cases


def covered(scope: Scope, camera_id: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Say which rows a scope covers by their camera."""
    if scope.is_everywhere:
        return true()
    within = select(cameras.c.camera_id).where(_cell_covered(scope, cameras.c.grid_cell))
    return or_(camera_id.in_(sorted(scope.cameras)), camera_id.in_(within))


def camera_covered(scope: Scope) -> ColumnElement[bool]:
    """As ``covered``, for statements about the cameras themselves."""
    if scope.is_everywhere:
        return true()
    return or_(cameras.c.camera_id.in_(sorted(scope.cameras)), _cell_covered(scope, cameras.c.grid_cell))


def alarm_covered(scope: Scope) -> ColumnElement[bool]:
    """As ``case_covered``, by the place of the alarm: many have no camera."""
    if scope.is_everywhere:
        return true()
    return or_(alarms.c.camera_id.in_(sorted(scope.cameras)), _cell_covered(scope, alarms.c.grid_cell))


def case_covered(scope: Scope) -> ColumnElement[bool]:
    """As ``covered``, by the place a case was filed for: a camera may be moved, a case is not."""
    if scope.is_everywhere:
        return true()
    return or_(cases.c.camera_id.in_(sorted(scope.cameras)), _cell_covered(scope, cases.c.grid_cell))


def _cell_covered(scope: Scope, grid_cell: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(false(), *(grid_cell.startswith(area) for area in sorted(scope.areas)))
