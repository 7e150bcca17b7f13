"""The site: its settings, secrets, records, cameras, assets and the device that looks."""

import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from console.application.errors import Unavailable
from console.application.settings import Settings, SettingsRefused, read_settings, text_of
from console.doctor.findings import Finding, Grade
from console.domain.cameras import StreamProfile, without_credentials
from console.domain.retention import LEGAL_DAYS, Room, room_at
from console.infrastructure.assets.store import AssetStore
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import FILE_NAME, address_of, open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.disk import GIB
from console.infrastructure.paths import Paths
from console.infrastructure.secrets import would_keep_in_file
from console.words import N_
from inference.devices import Device

SETTINGS_FILE = "citydesk.toml"
_REACH_TIMEOUT_S = 3.0
_RTSP_PORT = 554
_AT_ONCE = 32
_PORTS = {"rtsp": _RTSP_PORT, "rtsps": 322, "http": 80, "https": 443}


def settings(paths: Paths) -> tuple[Settings, Finding]:
    """Return the settings to go on with (the defaults where the file is refused), and what is wrong with them."""
    file = paths.data / SETTINGS_FILE
    subject = N_("Settings")
    raw = file.read_bytes() if file.exists() else b""
    try:
        read = read_settings(text_of(raw, str(file)), os.environ, str(file))
    except SettingsRefused as refusal:
        finding = Finding(
            subject=subject,
            grade=Grade.WRONG,
            sentence=N_("They cannot be used: {faults}"),
            values={"faults": "; ".join(refusal.faults), "file": file},
            cure=N_("Correct {file}; its defaults are in `citydesk doctor --settings`."),
        )
        return Settings(), finding
    sentence = N_("{file} is in order.") if file.exists() else N_("There is no {file}; the defaults are used.")
    return read, Finding(subject=subject, grade=Grade.FINE, sentence=sentence, values={"file": file})


def secrets(site: str, paths: Paths) -> Finding:
    """Say where passwords are kept."""
    in_file = would_keep_in_file(site, paths.data)
    sentence = (
        N_("Passwords are kept in an encrypted file: this session has no key ring.")
        if in_file
        else N_("Passwords are kept in the platform's key ring.")
    )
    return Finding(subject=N_("Secrets"), grade=Grade.FINE, sentence=sentence)


def storage(chosen: Settings, paths: Paths) -> Finding:
    """Say how long things are kept, and whether the disk lets recordings be written now."""
    subject = N_("Storage")
    rules = chosen.storage
    place = paths.data
    while not place.exists():
        place = place.parent
    values: dict[str, object] = {
        "days": rules.keep_days,
        "least": LEGAL_DAYS.days,
        "free": round(shutil.disk_usage(place).free / GIB, 1),
        "reserve": rules.reserve_gb,
    }
    if room_at(shutil.disk_usage(place).free, rules.reserve_bytes) is not Room.EVERYTHING:
        return Finding(
            subject=subject,
            grade=Grade.NOTE,
            sentence=N_("{free} GB are free, less than the reserve of {reserve} GB: nothing is recorded."),
            values=values,
            cure=N_("Free some room, or set storage.reserve_gb lower; recording goes on by itself."),
        )
    if rules.keep_days < LEGAL_DAYS.days:
        return Finding(
            subject=subject,
            grade=Grade.NOTE,
            sentence=N_("Recordings are kept {days} days; in public places the law asks for {least}."),
            values=values,
            cure=N_("Set storage.keep_days to {least}, unless another law holds here."),
        )
    return Finding(
        subject=subject,
        grade=Grade.FINE,
        sentence=N_("Recordings are kept {days} days; recording stops below {reserve} GB, {free} are free."),
        values=values,
    )


def database(chosen: Settings, paths: Paths) -> Finding:
    """Say whether the records can be reached. Never makes a database."""
    subject = N_("Database")
    address = chosen.database.url.get_secret_value() or address_of({}, paths.data)
    shown = without_credentials(address) if not address.startswith("sqlite") else str(paths.data / FILE_NAME)
    if address.startswith("sqlite") and not (paths.data / FILE_NAME).exists():
        return Finding(
            subject=subject,
            grade=Grade.FINE,
            sentence=N_("{place} will be made at the first start."),
            values={"place": shown},
        )
    try:
        opened = open_database(address, SystemClock())
        try:
            with opened.reading():
                pass
        finally:
            opened.close()
    except Unavailable as refusal:
        return Finding(
            subject=subject,
            grade=Grade.WRONG,
            sentence=N_("{place} does not answer: {reason}"),
            values={"place": shown, "reason": refusal},
            cure=N_("Start the server, or correct CITYDESK_DATABASE_URL; without it the records are in a file here."),
        )
    return Finding(subject=subject, grade=Grade.FINE, sentence=N_("{place} answers."), values={"place": shown})


def streams(chosen: Settings, paths: Paths) -> Finding:
    """Say which cameras of the directory cannot be reached from here."""
    subject = N_("Cameras")
    address = chosen.database.url.get_secret_value() or address_of({}, paths.data)
    if address.startswith("sqlite") and not (paths.data / FILE_NAME).exists():
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("None are in the directory yet."))
    try:
        opened = open_database(address, SystemClock())
        try:
            with SqlUnitsOfWork(opened).read() as unit:
                cameras = tuple(unit.directory.cameras())
        finally:
            opened.close()
    except Unavailable as refusal:
        return Finding(
            subject=subject,
            grade=Grade.NOTE,
            sentence=N_("The directory cannot be read: {reason}"),
            values={"reason": refusal},
        )
    addresses = [camera.address(StreamProfile.MAIN) for camera in cameras]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(_answers, addresses))
    silent = [camera.name for camera, answered in zip(cameras, answers, strict=True) if not answered]
    if not silent:
        return Finding(
            subject=subject,
            grade=Grade.FINE,
            sentence=N_("All {count} can be reached."),
            values={"count": len(cameras)},
        )
    return Finding(
        subject=subject,
        grade=Grade.NOTE,
        sentence=N_("{silent} of {count} do not answer: {names}"),
        values={"silent": len(silent), "count": len(cameras), "names": ", ".join(silent[:10])},
        cure=N_("Check their power, their cables and whether this machine may reach their network."),
    )


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    if not parts.hostname:
        return False
    port = parts.port or _PORTS.get(parts.scheme, _RTSP_PORT)
    try:
        with socket.create_connection((parts.hostname, port), _REACH_TIMEOUT_S):
            return True
    except OSError:
        return False


def assets(store: AssetStore) -> Finding:
    """Say which models, voices and footage are not here."""
    absent = [name for name in store.catalogue.names if not store.is_ready(name)]
    if not absent:
        return Finding(
            subject=N_("Assets"),
            grade=Grade.FINE,
            sentence=N_("All {count} are here and whole."),
            values={"count": len(store.catalogue.names)},
        )
    return Finding(
        subject=N_("Assets"),
        grade=Grade.WRONG,
        sentence=N_("Not here, or damaged: {names}."),
        values={"names": ", ".join(absent)},
        cure=N_("citydesk assets fetch   (without a network: citydesk assets fetch --offline FOLDER)"),
    )


def device(chosen: Settings, devices: tuple[Device, ...]) -> Finding:
    """Say whether the device that shall look is there."""
    wanted = chosen.vision.device
    names = ", ".join(f"{found.name} ({found.full_name})" for found in devices)
    if not devices:
        return Finding(
            subject=N_("Inference"),
            grade=Grade.WRONG,
            sentence=N_("OpenVINO reports no device at all: its plugins are missing."),
            cure=N_("Install Citydesk again; a bundle must hold openvino/libs/libopenvino_intel_cpu_plugin.so."),
        )
    base = wanted.split(":")[0].split(".")[0]
    if base != "AUTO" and not any(found.name.split(".")[0] == base for found in devices):
        return Finding(
            subject=N_("Inference"),
            grade=Grade.WRONG,
            sentence=N_("{wanted} is set, and OpenVINO reports only {names}."),
            values={"wanted": wanted, "names": names},
            cure=N_('Set device = "AUTO" under [vision], or install the driver of that device.'),
        )
    return Finding(
        subject=N_("Inference"),
        grade=Grade.FINE,
        sentence=N_("{wanted} is set; OpenVINO reports {names}."),
        values={"wanted": wanted, "names": names},
    )
