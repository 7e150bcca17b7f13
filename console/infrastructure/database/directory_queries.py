"""Rows of the directory: the words a search holds in memory, the tree and its counts, one page of cameras."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, literal, select, true, tuple_

from console.application.directory_index import IndexEntry
from console.application.directory_ports import Branch, BranchRow, CameraLine, Sorting, Standing
from console.domain.accounts import Scope
from console.domain.camera_words import LINE
from console.domain.cameras import CameraKind
from console.domain.ids import AccountId, CameraId
from console.infrastructure.database.engine import Database
from console.infrastructure.database.repositories.directory import SqlDirectory
from console.infrastructure.database.scopes import camera_covered
from console.infrastructure.database.shared_tables import shared_channels
from console.infrastructure.database.tables import cameras, favourites

_AREA = (cameras.c.district, cameras.c.street, cameras.c.community)
_BY = {Sorting.KIND: cameras.c.kind, Sorting.OWNER: cameras.c.owner, Sorting.TAG: cameras.c.tags}


class SqlDirectoryQueries:
    """Keeps the promises of ``directory_ports.DirectoryQueries``. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> int:
        with self._database.reading() as connection:
            return SqlDirectory(connection).mark()

    def entries(self, scope: Scope) -> Sequence[IndexEntry]:
        columns = (cameras.c.number, cameras.c.camera_id, cameras.c.words)
        statement = select(*columns).where(camera_covered(scope))
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        # Sorted here: a database sorts by its own rules of letters, and pages are compared by Python's.
        return [IndexEntry(number, CameraId(camera_id), words) for number, camera_id, words in sorted(rows)]

    def lines(self, camera_ids: Sequence[CameraId], scope: Scope, account_id: AccountId) -> Sequence[CameraLine]:
        statement = _lines(account_id).where(cameras.c.camera_id.in_(list(camera_ids)), camera_covered(scope))
        with self._database.reading() as connection:
            found = {row["camera_id"]: _line_in(row) for row in connection.execute(statement).mappings()}
        return [found[name] for name in camera_ids if name in found]

    def branches(self, branch: Branch, scope: Scope) -> Sequence[BranchRow]:
        if branch.is_last:
            return []
        column = _AREA[len(branch.path)] if branch.sorting is Sorting.AREA else _BY[branch.sorting]
        statement = select(column, func.count()).where(_on(branch), camera_covered(scope)).group_by(column)
        counts: Counter[str] = Counter()
        with self._database.reading() as connection:
            for name, count in connection.execute(statement):
                for one in name.split(LINE) if branch.sorting is Sorting.TAG else [name]:
                    counts[one] += count
        names = sorted(counts, key=_as_counted)
        return [BranchRow(Branch(branch.sorting, (*branch.path, name)), counts[name]) for name in names]

    def lines_on(
        self, branch: Branch, scope: Scope, account_id: AccountId, after: tuple[str, str] | None, most: int
    ) -> Sequence[CameraLine]:
        key = (cameras.c.number, cameras.c.camera_id)
        statement = _lines(account_id).where(_on(branch), camera_covered(scope)).order_by(*key).limit(most)
        if branch.sorting is Sorting.FAVOURITES:
            statement = statement.where(favourites.c.camera_id.is_not(None))
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple_(literal(after[0]), literal(after[1])))
        with self._database.reading() as connection:
            return [_line_in(row) for row in connection.execute(statement).mappings()]


def _as_counted(name: str) -> tuple[bool, list[tuple[int, str]]]:
    """Return a key that puts 第2社区 before 第12社区, and what has no name last."""
    return not name, [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def looked_through(database: Database, words: Sequence[str], most: int) -> int:
    """Find words by looking at every row: the road not taken, kept to be measured beside the one that was."""
    holds = (cameras.c.words.contains(word, autoescape=True) for word in words)
    statement = select(cameras.c.camera_id).where(*holds).order_by(cameras.c.number, cameras.c.camera_id).limit(most)
    with database.reading() as connection:
        return len(connection.execute(statement).all())


def _lines(account_id: AccountId) -> Select[Any]:
    columns = cameras.c
    own = and_(favourites.c.camera_id == columns.camera_id, favourites.c.account_id == account_id)
    return select(
        columns.camera_id,
        columns.number,
        columns.code,
        columns.name,
        columns.address,
        columns.street,
        columns.owner,
        columns.kind,
        columns.tags,
        favourites.c.account_id.label("favourite_of"),
        shared_channels.c.is_online,
        shared_channels.c.gone_at,
    ).select_from(
        cameras.outerjoin(favourites, own).outerjoin(shared_channels, shared_channels.c.camera_id == columns.camera_id)
    )


def _line_in(row: RowMapping) -> CameraLine:
    return CameraLine(
        camera_id=CameraId(row["camera_id"]),
        number=row["number"],
        code=row["code"],
        name=row["name"],
        address=row["address"],
        street=row["street"],
        owner=row["owner"],
        kind=CameraKind(row["kind"]),
        tags=tuple(row["tags"].splitlines()),
        is_favourite=row["favourite_of"] is not None,
        standing=_standing_in(row),
    )


def _standing_in(row: RowMapping) -> Standing:
    if row["gone_at"] is not None:
        return Standing.GONE
    return Standing.OFFLINE if row["is_online"] is False else Standing.FINE


def _on(branch: Branch) -> ColumnElement[bool]:
    """Say which cameras hang on a branch."""
    if branch.sorting is Sorting.AREA:
        named = zip(_AREA, branch.path, strict=False)
        return and_(true(), *(column == name for column, name in named))
    if not branch.path:
        return true()
    (name,) = branch.path
    if branch.sorting is Sorting.TAG and name:
        lined = literal(LINE) + cameras.c.tags + literal(LINE)
        return lined.contains(f"{LINE}{name}{LINE}", autoescape=True)
    return _BY[branch.sorting] == name
