"""The directory as a table: read in whole or not at all, every complaint with its line, and written out again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from console.application.directory_desk import check_entry
from console.application.directory_tables import HEAD, Complaint, cells_of, entry_of, parse
from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import UnitsOfWork, Vault
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.words import N_


class DirectoryFiles(Protocol):
    """Tables in files, by the suffix: ``.csv`` or ``.xlsx``. Raises ``Unavailable`` for the disk's refusals."""

    def read(self, path: Path) -> Sequence[Sequence[str]]:
        """Return the rows with the head, every cell as text.

        Raises:
            DomainError: it is no table.
        """
        ...

    def write(self, rows: Iterable[Sequence[str]], path: Path) -> int:
        """Write rows, whole or not at all, and return how many; nothing in them is a formula there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What a file would do. Nothing of it is done while there is a complaint.

    Attributes:
        mark: of the directory it was held against.
        changed: what is kept now, and what it would be.
        removed: what the file does not name, where it was said to be the whole directory.
        same: how many cameras stay as they are.
        secrets: ``user:password`` of the cameras whose row brings one.
    """

    mark: int
    added: tuple[Camera, ...] = ()
    changed: tuple[tuple[Camera, Camera], ...] = ()
    removed: tuple[Camera, ...] = ()
    same: int = 0
    complaints: tuple[Complaint, ...] = ()
    secrets: Mapping[CameraId, str] = field(default_factory=dict, repr=False)


class DirectoryImport:
    """Verbs of an administrator. Safe from any thread; a large table takes seconds: never on the GUI thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, vault: Vault, files: DirectoryFiles) -> None:
        self._units = units
        self._gate = gate
        self._vault = vault
        self._files = files

    def plan(self, actor: Actor, path: Path, *, is_whole: bool = False) -> ImportPlan:
        """Say what a file would add, change and remove, and everything that is wrong with it. Changes nothing.

        Args:
            is_whole: the file is the whole directory: cameras of the actor's places that it does not name would go.

        Raises:
            DomainError: the file is no table.
            Unavailable: it cannot be read.
        """
        actor = self._gate.require(actor, Verb.ADMINISTER, "directory")
        rows = parse(self._files.read(path))
        with self._units.read() as unit:
            mark, kept = unit.directory.mark(), unit.directory.cameras()
        return _planned(actor, rows.lines, rows.complaints, kept, mark, is_whole=is_whole)

    def carry_out(self, actor: Actor, plan: ImportPlan, source: str) -> None:
        """Do what a plan says, in one unit of work.

        Args:
            source: the file's name, for the audit.

        Raises:
            DomainError: there is a complaint.
            Stale: the directory was changed since the plan was made.
        """
        actor = self._gate.require(actor, Verb.ADMINISTER, "directory")
        if plan.complaints:
            raise DomainError("The table has {n} faults; nothing was taken in.", n=len(plan.complaints))
        secret_names = {camera_id: f"camera-{camera_id}-{new_id()[:8]}" for camera_id in plan.secrets}
        entries = [*plan.added, *(after for _, after in plan.changed)]
        entries = [
            replace(entry, credentials_name=secret_names.get(entry.camera_id, entry.credentials_name))
            for entry in entries
        ]
        outside = [one for one in (*entries, *plan.removed) if not actor.may(Verb.ADMINISTER, one.place, one.camera_id)]
        if outside:
            self._gate.require(actor, Verb.ADMINISTER, outside[0].camera_id, camera=outside[0])
        with self._units.read() as unit:
            unit.directory.read_names([entry.name for entry in entries])
        before = {old.camera_id: old.credentials_name for old, _ in plan.changed}
        unused = {before[camera_id] for camera_id in plan.secrets if before.get(camera_id)}
        unused |= {camera.credentials_name for camera in plan.removed if camera.credentials_name}
        with self._units.write() as unit:
            if unit.directory.mark() != plan.mark:
                raise Stale("The directory was changed meanwhile. Look at the table again.")
            unit.directory.put_cameras(entries)
            if plan.removed:
                unit.directory.remove_cameras([camera.camera_id for camera in plan.removed])
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "import_cameras",
                    source,
                    added=len(plan.added),
                    changed=len(plan.changed),
                    removed=len(plan.removed),
                    secrets=len(plan.secrets),
                )
            )
            for camera_id, name in secret_names.items():
                self._vault.put(name, plan.secrets[camera_id])
            unit.commit()
        with self._units.read() as unit:
            free = [name for name in unused if not unit.directory.signs_in_with(name)]
        for name in free:
            self._vault.delete(name)

    def export(self, actor: Actor, path: Path) -> int:
        """Write the cameras of the actor's places to a table, without any secret; return how many.

        Raises:
            Unavailable: the file cannot be written.
        """
        actor = self._gate.require(actor, Verb.ADMINISTER, "directory")
        with self._units.read() as unit:
            own = [one for one in unit.directory.cameras() if actor.may(Verb.ADMINISTER, one.place, one.camera_id)]
        count = self._files.write([HEAD, *(cells_of(camera) for camera in own)], path) - 1
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, "export_cameras", path.name, cameras=count))
            unit.commit()
        return count


def _planned(
    actor: Actor,
    lines: Sequence[tuple[int, Mapping[str, str]]],
    complaints: Sequence[Complaint],
    kept: Sequence[Camera],
    mark: int,
    *,
    is_whole: bool,
) -> ImportPlan:
    by_number = {camera.number: camera for camera in kept}
    by_code = {camera.code: camera for camera in kept if camera.code}
    found = list(complaints)
    added: list[Camera] = []
    changed: list[tuple[Camera, Camera]] = []
    secrets: dict[CameraId, str] = {}
    seen: dict[tuple[str, str], int] = {}
    named: set[CameraId] = set()
    same = 0
    for line, cells in lines:
        said = len(found)
        for column in ("number", "code"):
            if value := cells.get(column, ""):
                first = seen.setdefault((column, value), line)
                if first != line:
                    found.append(
                        Complaint(line, N_("{value} stands in line {first} already."), {"value": value, "first": first})
                    )
        by_its_code, by_its_number = by_code.get(cells.get("code", "")), by_number.get(cells.get("number", ""))
        old = by_its_code or by_its_number
        if by_its_code is not None and by_its_number is not None and by_its_code != by_its_number:
            values = {"code": cells["code"], "number": cells["number"], "name": by_its_number.name}
            found.append(
                Complaint(line, N_("Code {code} is one camera's and number {number} another's, {name}."), values)
            )
        if old is not None:
            named.add(old.camera_id)
        entry, wrong = entry_of(cells, old)
        found += [Complaint(line, *one) for one in wrong]
        if entry is None:
            continue
        try:
            check_entry(entry)
        except DomainError as refusal:
            found.append(Complaint(line, refusal.sentence, refusal.values))
        for one in (entry, old):
            if one is not None and not actor.may(Verb.ADMINISTER, one.place, one.camera_id):
                found.append(Complaint(line, N_("This place is not yours to keep cameras in."), {}))
                break
        if len(found) > said:
            continue
        secret = cells.get("login", "")
        if secret:
            secrets[entry.camera_id] = secret
        if old is None:
            added.append(entry)
        elif entry != old or secret:
            changed.append((old, entry))
        else:
            same += 1
    removed = [
        camera
        for camera in (kept if is_whole else ())
        if camera.camera_id not in named and actor.may(Verb.ADMINISTER, camera.place, camera.camera_id)
    ]
    return ImportPlan(
        mark=mark,
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(removed),
        same=same,
        complaints=tuple(sorted(found, key=lambda one: one.line)),
        secrets=secrets,
    )
