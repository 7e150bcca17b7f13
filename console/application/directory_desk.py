"""The directory of cameras at a desk: looked through by who watches, kept by an administrator."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from urllib.parse import urlsplit

from console.application.directory_index import DirectoryIndex, FoundKey
from console.application.directory_ports import Ailment, Branch, BranchRow, CameraLine, DirectoryQueries
from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import Clock, UnitOfWork, UnitsOfWork, Vault
from console.domain.accounts import Actor, Scope, Verb
from console.domain.cameras import PASSWORD_PLACE, STREAM_SCHEMES, Camera, secrets_in, without_credentials
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.domain.places import Place

LONGEST_NAME = 64  # characters; judgement: what a tile's header can show
LONGEST_NUMBER = 32  # characters; judgement: a national code and a suffix
_ORDER = tuple(Ailment)
A_PAGE = 50  # rows; judgement: three screens of a list that somebody types to make shorter


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was looked for.

    Attributes:
        more_after: where the next page begins; ``None`` when this was the last.
    """

    lines: tuple[CameraLine, ...]
    more_after: FoundKey | None


@dataclass(frozen=True, slots=True)
class Leaves:
    """A page of the cameras on a branch.

    Attributes:
        more_after: number and id of the last one, where there are more.
    """

    lines: tuple[CameraLine, ...]
    more_after: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class IllFound:
    """The cameras of the actor's places that are ill.

    Attributes:
        counts: how many suffer from what; a camera may suffer from two things. total: how many cameras these are.
        lines: those that were asked for, by number.
    """

    counts: Mapping[Ailment, int]
    total: int
    lines: tuple[CameraLine, ...]


class DirectoryDesk:
    """Safe from any thread; never on the GUI thread.

    Keeps the words of the cameras in memory, for the one scope that asked last: a seat is one person's.
    """

    def __init__(self, units: UnitsOfWork, queries: DirectoryQueries, gate: Gate, clock: Clock, vault: Vault) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._vault = vault
        self._indexing = threading.Lock()
        self._index: tuple[Scope, DirectoryIndex] | None = None

    # ---- looking through it --------------------------------------------------------------------------------------

    def prepare(self, actor: Actor) -> int:
        """Read what a search needs, so that the first one need not wait; return how many cameras there are."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        return self._index_of(actor.scope).size

    def find(self, actor: Actor, words: str, after: FoundKey | None = None, most: int = A_PAGE) -> Found:
        """Return the cameras that hold every word: in number, code, name, its pinyin or initials, address, owner, tags.

        Args:
            words: as typed; nothing typed finds nothing.
        """
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        keys = self._index_of(actor.scope).find(words, after, most + 1)
        page = keys[:most]
        lines = self._queries.lines([key.camera_id for key in page], actor.scope, actor.account_id)
        return Found(tuple(lines), page[-1] if len(keys) > most else None)

    def ill(
        self, actor: Actor, ailment: Ailment | None = None, words: str = "", silent: Collection[CameraId] = ()
    ) -> IllFound:
        """Return the cameras that are ill, and how many suffer from what.

        Args:
            ailment: only those that suffer from this. words: only those that hold every word, as ``find``.
            silent: the cameras that give no picture now: the station tells its seats, and keeps no row of it.
        """
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        suffering: dict[CameraId, set[Ailment]] = {name: {Ailment.SILENT} for name in silent}
        with self._units.read() as unit:
            for fault in unit.sight.open_faults():
                suffering.setdefault(fault.camera_id, set()).add(Ailment(fault.kind.value))
        lines = self._queries.lines(sorted(suffering), actor.scope, actor.account_id)
        ill = [replace(line, ailments=tuple(sorted(suffering[line.camera_id], key=_ORDER.index))) for line in lines]
        counts = {one: sum(1 for line in ill if one in line.ailments) for one in Ailment}
        if words.strip():
            index = self._index_of(actor.scope)
            holding = {key.camera_id for key in index.find(words, None, max(1, index.size))}
            ill = [line for line in ill if line.camera_id in holding]
        asked = [line for line in ill if ailment is None or ailment in line.ailments]
        return IllFound(counts, len(lines), tuple(sorted(asked, key=lambda line: (line.number, line.camera_id))))

    def tree(self, actor: Actor, branch: Branch) -> Sequence[BranchRow]:
        """Return the branches that grow on one, with how many cameras of the actor's places hang on each."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        return self._queries.branches(branch, actor.scope)

    def leaves(self, actor: Actor, branch: Branch, after: tuple[str, str] | None = None, most: int = A_PAGE) -> Leaves:
        """Return the cameras on a branch by number; of favourites those of the actor's account."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        lines = self._queries.lines_on(branch, actor.scope, actor.account_id, after, most + 1)
        last = lines[most - 1] if len(lines) > most else None
        return Leaves(tuple(lines[:most]), (last.number, last.camera_id) if last is not None else None)

    def set_favourite(self, actor: Actor, camera_id: CameraId, *, is_one: bool) -> None:
        """Note that the actor's account keeps this camera at hand, or no longer."""
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            unit.directory.camera(camera_id)
            unit.directory.set_favourite(actor.account_id, camera_id, self._clock.now() if is_one else None)
            unit.commit()

    def _index_of(self, scope: Scope) -> DirectoryIndex:
        """Return the words of what a scope covers, read again where the directory has changed."""
        mark = self._queries.mark()
        with self._indexing:
            if self._index is None or self._index[0] != scope or self._index[1].mark != mark:
                self._index = (scope, DirectoryIndex(mark, self._queries.entries(scope)))
            return self._index[1]

    # ---- keeping it ----------------------------------------------------------------------------------------------

    def entry(self, actor: Actor, camera_id: CameraId) -> Camera:
        """Return all that is kept of a camera, to be changed.

        Raises:
            Stale: it left the directory.
        """
        self._gate.require(actor, Verb.ADMINISTER, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            return unit.directory.camera(camera_id)

    def check(self, actor: Actor, camera: Camera) -> None:
        """Refuse what could not be added, before it is tried for longer. Raises as ``add``."""
        self._gate.require(actor, Verb.ADMINISTER, camera.camera_id, camera=camera)
        check_entry(camera)
        with self._units.read() as unit:
            _refuse_twins(unit, camera)

    def add(self, actor: Actor, camera: Camera, secret: str = "") -> CameraId:
        """Add a camera.

        Args:
            camera: its ``credentials_name`` is not looked at.
            secret: ``user:password`` for the vault; empty where the camera asks for none.

        Raises:
            DomainError: number or name is missing, or somebody else's; or an address is none.
            Stale: there is a camera of this id already.
        """
        self._gate.require(actor, Verb.ADMINISTER, camera.camera_id, camera=camera)
        check_entry(camera)
        name = _new_secret_name(camera.camera_id) if secret else ""
        entry = replace(camera, credentials_name=name)
        with self._units.write() as unit:
            _refuse_twins(unit, entry)
            if _is_known(unit, entry.camera_id):
                raise Stale("There is a camera of this id already. Look again.")
            unit.directory.put_camera(entry)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "add_camera",
                    entry.camera_id,
                    camera_id=entry.camera_id,
                    number=entry.number,
                    name=entry.name,
                    code=entry.code,
                    has_secret=int(bool(secret)),
                )
            )
            if secret:
                self._vault.put(name, secret)
            unit.commit()
        return entry.camera_id

    def change(self, actor: Actor, camera: Camera, secret: str | None = None) -> None:
        """Put this in the place of what is kept of the camera.

        Args:
            secret: ``user:password``; ``None`` keeps what is in the vault, the empty one forgets it.

        Raises:
            DomainError: as ``add``.
            Stale: the camera left the directory.
        """
        before = self.entry(actor, camera.camera_id)
        self._gate.require(actor, Verb.ADMINISTER, camera.camera_id, camera=camera)
        check_entry(camera)
        old_name = before.credentials_name
        name = old_name if secret is None else _new_secret_name(camera.camera_id) if secret else ""
        entry = replace(camera, credentials_name=name)
        with self._units.write() as unit:
            if unit.directory.camera(camera.camera_id) != before:
                raise Stale("Somebody changed this camera first. Look again.")
            _refuse_twins(unit, entry)
            unit.directory.put_camera(entry)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "change_camera",
                    entry.camera_id,
                    camera_id=entry.camera_id,
                    from_at=None,
                    to_at=None,
                    **_changes(before, entry),
                )
            )
            if secret:
                self._vault.put(name, secret)
            unit.commit()
        if old_name and name != old_name:
            self._forget(old_name)

    def remove(self, actor: Actor, camera_id: CameraId) -> None:
        """Take a camera out of the directory. What it saw stays where it is kept.

        Raises:
            Stale: it is not there any more.
        """
        camera = self.entry(actor, camera_id)
        with self._units.write() as unit:
            unit.directory.camera(camera_id)
            unit.directory.remove_cameras([camera_id])
            unit.audit.append(
                self._gate.facts(
                    actor, "remove_camera", camera_id, camera_id=camera_id, number=camera.number, name=camera.name
                )
            )
            unit.commit()
        if camera.credentials_name:
            self._forget(camera.credentials_name)

    def _forget(self, credentials_name: str) -> None:
        """Take a secret out of the vault, unless another camera signs in with it."""
        with self._units.read() as unit:
            if unit.directory.signs_in_with(credentials_name):
                return
        self._vault.delete(credentials_name)


def check_entry(camera: Camera) -> None:
    """Refuse what cannot be an entry of the directory, whatever else is in it.

    Raises:
        DomainError: says what is wrong.
    """
    if not camera.number.strip() or len(camera.number) > LONGEST_NUMBER:
        raise DomainError("A camera has a number of 1 to {most} characters.", most=LONGEST_NUMBER)
    if not camera.name.strip() or len(camera.name) > LONGEST_NAME:
        raise DomainError("A camera has a name of 1 to {most} characters.", most=LONGEST_NAME)
    if not camera.main_address.strip():
        raise DomainError("A camera has the address of its main stream, like rtsp://10.1.2.3:554/main.")
    _check_address(camera.main_address)
    if camera.sub_address:
        _check_address(camera.sub_address)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_one = bool(parts.scheme and (parts.netloc or parts.path)) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or any(sign.isspace() for sign in address):
        raise DomainError(
            "“{address}” is no address of a stream; it looks like rtsp://10.1.2.3:554/main.",
            address=without_credentials(address),
        )
    if parts.scheme not in STREAM_SCHEMES:
        raise DomainError(
            "No stream comes by “{scheme}”; an address begins with one of {schemes}.",
            scheme=parts.scheme,
            schemes=", ".join(STREAM_SCHEMES),
        )
    for name in secrets_in(address):
        raise DomainError(
            "“{name}” in an address is a secret: write {place} in its stead, and the secret into the vault.",
            name=name,
            place=PASSWORD_PLACE,
        )


def _refuse_twins(unit: UnitOfWork, entry: Camera) -> None:
    """Refuse a number or a national code that is another camera's.

    Raises:
        DomainError: names the other one.
    """
    other = unit.directory.camera_numbered(entry.number)
    if other is not None and other.camera_id != entry.camera_id:
        raise DomainError("Number {number} is taken by {name}.", number=entry.number, name=other.name)
    other = unit.directory.camera_coded(entry.code)
    if other is not None and other.camera_id != entry.camera_id:
        raise DomainError("Code {code} is taken by {name}.", code=entry.code, name=other.name)


def _is_known(unit: UnitOfWork, camera_id: CameraId) -> bool:
    try:
        unit.directory.camera(camera_id)
    except Stale:
        return False
    return True


def _new_secret_name(camera_id: CameraId) -> str:
    """Return a name of its own for each secret: until the row is committed the old one goes on being used."""
    return f"camera-{camera_id}-{new_id()[:8]}"


def _changes(before: Camera, after: Camera) -> dict[str, str]:
    """Return what is otherwise now, with what it was; of secrets only that they are others."""
    found: dict[str, str] = {}
    for field in fields(Camera):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        if field.name == "credentials_name":
            found["secret"] = "changed" if new else "forgotten"
            continue
        found[field.name], found[f"{field.name}_before"] = _written(new), _written(old)
    return found


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(str(getattr(one, "rule_id", one)) for one in value)
    if isinstance(value, Place):
        return " ".join(str(part) for part in astuple(value) if part)
    return str(value)
