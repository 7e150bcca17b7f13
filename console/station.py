"""The station of a machine: watches, records, times and delivers, with or without a window.

Long because it is the one place that chooses what each room of a station is made of.
"""

import argparse
import hashlib
import logging
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from console.application.camera_devices import CameraDevice
from console.application.errors import Unavailable
from console.application.ports import UnitsOfWork
from console.application.push_tries import PushTries
from console.application.settings import SettingsRefused
from console.application.shared_directory import SharedDirectory
from console.application.viewing import Viewing
from console.desks import Desks
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.ptz import PtzSetup
from console.domain.sharing import login_name, shared_source
from console.infrastructure.assets.command import open_store
from console.infrastructure.audit_anchor import AnchorFolder
from console.infrastructure.database.present import is_present
from console.infrastructure.disk import BALLAST_BYTES, Ballast
from console.infrastructure.evidence_notes import forget_notes_of_nothing
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.frame_slots import sweep
from console.infrastructure.gateways.discovery import find_devices
from console.infrastructure.gateways.onvif import OnvifDevice
from console.infrastructure.gateways.platform_camera import PlatformCamera
from console.infrastructure.gateways.sharing_platform import WvpPlatform, spec_of
from console.infrastructure.gateways.to_units import UnitGateways
from console.infrastructure.jobs import JobRunner
from console.infrastructure.journal import Journal
from console.infrastructure.logs import Logs
from console.infrastructure.memory import STATION_SCORE, offer_myself
from console.infrastructure.one_station import hold, station_name
from console.infrastructure.parent import before_exec
from console.infrastructure.paths import shared_cache
from console.infrastructure.pushed.reading import reading_address, reading_key
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.relay import Relay
from console.infrastructure.secrets import open_vault
from console.infrastructure.shipped_matters import add_missing
from console.infrastructure.signing import Signer
from console.infrastructure.site_models import LookingModel, SiteModels
from console.infrastructure.stored_files import RECORDINGS, SNAPSHOTS
from console.infrastructure.supervisor import Supervisor, WorkerPlan, command_for, environment_for_child
from console.infrastructure.watch.alarms import AlarmRoom, ClipSettings
from console.infrastructure.watch.anchors import ANCHOR_EVERY_S, Anchoring, AuditPulse
from console.infrastructure.watch.bays import BayRoom
from console.infrastructure.watch.facts import FactSource, Probe
from console.infrastructure.watch.health import HealthRoom
from console.infrastructure.watch.hearing import HearingRoom
from console.infrastructure.watch.hub import Hub
from console.infrastructure.watch.looking import Looking
from console.infrastructure.watch.platforms import PlatformReadings, SharingPulse
from console.infrastructure.watch.players import PlayerRoom
from console.infrastructure.watch.presets import PresetRoom
from console.infrastructure.watch.ptz import PtzRoom
from console.infrastructure.watch.pulses import (
    ClockPulse,
    DatabasePulse,
    DeliveryPulse,
    DetectionPulse,
    JournalPulse,
    SpeechPulse,
    VideoPulse,
    probe_database,
)
from console.infrastructure.watch.push_refusals import PushRefusals
from console.infrastructure.watch.quarantine import Quarantine
from console.infrastructure.watch.rechecks import RecheckRoom
from console.infrastructure.watch.recorded_clips import RecordedClips
from console.infrastructure.watch.recordings import RecordingIndex, RecordingRoom
from console.infrastructure.watch.replays import ReplayRoom
from console.infrastructure.watch.rhythm import jobs_of, learning_of, retention_of, warnings_of
from console.infrastructure.watch.shared_openings import SharedOpenings
from console.infrastructure.watch.sight import SightRoom
from console.infrastructure.watch.snapshots import SnapshotRoom
from console.infrastructure.watch.station import Rooms, Station, Switchboard
from console.infrastructure.watch.storage import ASK_DISK_EVERY_S, StoragePulse, StorageWatch
from console.infrastructure.watch.streams import LookSize, Streams
from console.infrastructure.watch.talks import TalkRoom
from console.infrastructure.watch.trials import TrialRoom
from console.infrastructure.work_notes import whose_fault
from console.site import DEFAULT_SITE, LOCK_FILE, Site

_log = logging.getLogger(__name__)

# Its main thread watches the street: a database that another program holds must not keep it (judgement: a unit of
# work takes milliseconds, and what waits stands in the journal). Between two tries everything else gets its turn.
WAIT_FOR_LOCK_S, REST_S = 0.5, 2.0
# Resident MiB beyond which a worker leaks rather than works. On the demo's nine streams they held at most 128, 311 and
# 110 (2026-11-22); a media worker may besides keep rings of up to 450 MB a stream (judgement: six such cameras).
MOST_MEDIA, MOST_VISION, MOST_TALK = 3072, 1536, 1024
VISION_WORKER = "vision-1"
TALK_WORKER = "talk-1"
PUSH_LISTENER = "push-1"
INTAKE = "intake-1"
# Readers that do not read hold 4 MB each (``pushed/rtsp_door``); judgement: a hundred of them.
MOST_PUSH = 512
# Bodies end at 64 KiB, forms with photos share 96 MiB (``intake/limits``); judgement: some thousand callers at once.
MOST_INTAKE = 768
EMBEDDER = "efficientnet_lite0.tflite"
LEARN_WITHIN_S = 100.0  # below the lease of a job, which nobody renews meanwhile
# From its first import on, which is seconds of work: pictures come before detection. As in the worker itself.
NICE_VISION = 10
# The street is seen before it is understood or spoken to: with all starting at once on two cores the first picture
# took 3.06 s from the seat's command, so 2.72 s (medians of `bench start`, 2026-11-22).
AFTER_PICTURES_S = 1.0
SIGHT = "sight"  # the folder of how cameras should look


def main(arguments: list[str]) -> int:
    """Run the station until it is asked to end. Exit code 0 also when another one runs already."""
    parser = argparse.ArgumentParser(prog="citydesk station")
    parser.add_argument("--site", default=DEFAULT_SITE)
    parser.add_argument("--stay", action="store_true", help="go on without seats, as a service")
    chosen = parser.parse_args(arguments)
    try:
        site = Site.open(chosen.site, wait_for_lock_s=WAIT_FOR_LOCK_S, rest_s=REST_S)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, "station")
    logs.begin()
    try:
        lock = hold(site.paths.data / LOCK_FILE)
    except Unavailable as cause:
        _log.info("%s", cause)
        return 0
    offer_myself(STATION_SCORE)
    with lock:
        try:
            return _run(site, stays=chosen.stay)
        except Unavailable as cause:
            _log.error("%s", cause)
            print(cause, file=sys.stderr)
            return 1
        finally:
            site.endpoint_file.unlink(missing_ok=True)
            site.close()
            logs.end()


def _run(site: Site, *, stays: bool) -> int:
    if not is_present(site.database):
        _upgrade(site)
    add_missing(site.units)
    slots = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
    sweep(slots, slots_prefix(site))
    hub = Hub(secrets.token_bytes(32))
    # A vault of its own: anchors are made in another thread, and a file vault belongs to one.
    folder = AnchorFolder(site.anchor_folder, site.name, Signer(open_vault(site.name, site.paths.data)))
    anchoring = Anchoring(site.units, folder, site.clock)
    station = _wire(site, hub, slots, anchoring, stays=stays)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: station.end())
    hub.endpoint.save(site.endpoint_file)
    station.run()
    try:
        anchoring()  # what was done since the last time
    except Unavailable as cause:
        _log.warning("the last lines of the audit are not anchored: %s", cause)
    return 0


def _upgrade(site: Site) -> None:
    """Bring the tables to the present in a process of its own: every start would wait for Alembic's import here.

    Raises:
        Unavailable: they are newer than this program, or the database went away.
    """
    command = command_for("upgrade", ["--site", site.name])
    ended = subprocess.run(
        command, env=environment_for_child({}), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines()[-1:] or [f"it ended with {ended.returncode}"]
        raise Unavailable("The records could not be brought to the present: {reason}", reason=said[0])


def _learn(site: Site) -> None:
    """Learn from verdicts in a process of its own, and wait for its end.

    Raises:
        Unavailable: the embedder is not here, or learning failed.
    """
    model = open_store().path_of(EMBEDDER)
    cache = shared_cache() / "openvino"
    command = command_for("learner", ["--site", site.name, "--model", str(model), "--cache", str(cache)])
    try:
        ended = subprocess.run(
            command, env=environment_for_child({}), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LEARN_WITHIN_S, check=False, preexec_fn=before_exec(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise Unavailable("Learning from verdicts took too long.") from cause
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines()[-1:] or [f"it ended with {ended.returncode}"]
        raise Unavailable("Verdicts could not be learned from: {reason}", reason=said[0])


def slots_prefix(site: Site) -> str:
    """Return what every slot file of this site begins with; a restarted station sweeps what a killed one left.

    Sites of one name in two data folders are two sites: neither may sweep the other's pictures away.
    """
    folder = hashlib.sha256(str(site.paths.data.resolve()).encode()).hexdigest()[:8]
    return f"citydesk-{os.getuid() if hasattr(os, 'getuid') else 0}-{site.name}-{folder}-"


def _wire(site: Site, hub: Hub, slots: Path, anchoring: Anchoring, *, stays: bool) -> Station:
    desks = Desks.of(site)
    settings = site.settings
    model = SiteModels(site.paths.data).watching()
    store = EvidenceStore(site.paths.data / "evidence")
    switchboard = Switchboard()
    count = settings.station.media_workers or min(os.cpu_count() or 1, 2)
    media_workers = tuple(f"media-{number}" for number in range(1, count + 1))
    prefix = f"{slots_prefix(site)}{secrets.token_hex(4)}-"
    runners: list[JobRunner] = []
    name = station_name(site.paths.data)
    storage = StorageWatch(
        data=site.paths.data,
        recordings=site.paths.data / RECORDINGS,
        reserve_bytes=settings.storage.reserve_bytes,
        upkeep=desks.upkeep,
        ballast=Ballast(site.paths.data, min(BALLAST_BYTES, settings.storage.reserve_bytes // 16)),
        clock=site.clock,
        make_room=lambda: runners[0].wake(retention_of(name)),
    )
    platforms = {name: _platform(site, name) for name in settings.sharing}
    sight = SightRoom(
        notes=desks.sight_notes,
        store=store,
        intake=desks.intake,
        folder=site.paths.data / SIGHT,
        clock=site.clock,
        send=switchboard.send,
        tell=switchboard.tell,
    )
    streams = Streams(
        slots=slots,
        prefix=prefix,
        vault=site.vault,
        look=LookSize(model.width, model.height, model.is_stretched),
        clock=site.clock,
        media_workers=media_workers,
        send=switchboard.send,
        continuous=settings.recording.continuous,
        may_record=storage.may_record,
        most_per_device=settings.cameras.connections_per_device,
        show=switchboard.show,
        find=partial(_cameras_of, site.units),
        shared=SharedOpenings(
            platforms,
            site.clock,
            frozenset(name for name, platform in settings.sharing.items() if not platform.tell_stop),
        ),
        pushed=_pushed(site, hub),
        sight=sight.wish,
        sound=settings.sound.keeping_rule(),
        zone=site.zone,
    )
    sight.join(streams)
    shelf = RecordingShelf(site.paths.data / RECORDINGS)
    recorded_clips = RecordedClips(
        units=site.units,
        intake=desks.intake,
        shelf=shelf,
        sealing=store,
        streams=streams,
        clock=site.clock,
        send=switchboard.send,
        tell=switchboard.tell,
    )
    journal = Journal(site.paths.data / "journal.jsonl")
    forget_notes_of_nothing(store.incoming, {wanted.path for wanted in journal.wanted()})
    alarms = AlarmRoom(
        recordings=recorded_clips,
        intake=desks.intake,
        journal=journal,
        streams=streams,
        sealing=store,
        settings=ClipSettings(pre_roll_s=settings.alarm.pre_roll_s, post_roll_s=settings.alarm.post_roll_s),
        clock=site.clock,
        send=switchboard.send,
        tell=switchboard.tell,
        may_keep=storage.may_keep,
    )
    looking = Looking(site.units, site.clock, model_name=model.name, device=settings.vision.device)
    lost: list[Station] = []
    supervisor = Supervisor(
        _plans(site, media_workers, model),
        hub.endpoint.to_environment(),
        site.clock,
        lambda death: lost[0].note_lost_worker(death),
    )
    relay = Relay(
        desks.dispatch,
        # A vault for each line: a file vault belongs to one thread.
        lambda: UnitGateways(open_vault(site.name, site.paths.data), store),
        site.clock,
        switchboard.tell,
    )
    audit = Probe("anchors", anchoring, ANCHOR_EVERY_S, site.clock)

    def connect(camera_id: CameraId, setup: PtzSetup) -> Callable[[], CameraDevice]:
        return _device_of(site, streams, camera_id, setup, platforms)

    turning = PtzRoom(
        desk=desks.ptz,
        connect=connect,
        clock=site.clock,
        show=switchboard.show,
        station=name,
    )
    jobs = jobs_of(
        name, storage, desks.upkeep, site.queries, switchboard.tell, site.clock, desks.ptz, turning.take_tours
    )
    jobs.append(warnings_of(desks.case_clocks, switchboard.tell))
    runners.append(JobRunner(jobs, name, site.units, site.clock))
    readings = [PlatformReadings(one, platforms[one], SharedDirectory(site.units, site.clock)) for one in platforms]
    # Runners of their own: a platform takes minutes to list what it has, and neither a disk nor another waits for it.
    for reading in readings:
        every = timedelta(minutes=settings.sharing[reading.name].read_every_min)
        runners.append(JobRunner([reading.job(every)], name, site.units, site.clock))
    # Another of its own: what learns takes its time.
    learning = JobRunner([learning_of(name, desks.learning, partial(_learn, site))], name, site.units, site.clock)
    database = probe_database(site.queries, site.clock)
    disk = Probe("disk", storage.measure, ASK_DISK_EVERY_S, site.clock)
    sources: list[FactSource] = [
        VideoPulse(streams, supervisor, site.clock),
        DetectionPulse(streams, looking),
        DeliveryPulse(database, lambda: relay.pulse_s, site.clock.now),
        SpeechPulse(supervisor, TALK_WORKER),
        StoragePulse(disk, settings.storage.rules(), site.clock),
        DatabasePulse(database),
        JournalPulse(lambda: alarms.waiting),
        ClockPulse(streams),
        sight,
        AuditPulse(audit),
    ]
    if readings:
        sources.append(SharingPulse(readings, lambda: [state for runner in runners[1:] for state in runner.states()]))
    push_refusals = PushRefusals(supervisor, PUSH_LISTENER, site.clock)
    if settings.push.is_on:
        sources.append(push_refusals)
    hearing_views = Viewing(site.units, site.clock, "live_sound")
    kept_sound_views = Viewing(site.units, site.clock, "kept_sound")
    players = PlayerRoom(units=site.units, files=store, recordings=shelf, streams=streams, send=switchboard.send)
    replays = ReplayRoom(units=site.units, recordings=shelf, streams=streams, clock=site.clock, send=switchboard.send)
    rooms = Rooms(
        streams=streams,
        quarantine=Quarantine(
            whose_fault=partial(whose_fault, site.paths.logs),
            streams=streams,
            decoders=supervisor,
            plan=lambda name, alone_for: _media_plan(site, name, alone_for),
            clock=site.clock,
            send=switchboard.send,
        ),
        alarms=alarms,
        rechecks=RecheckRoom(
            desk=desks.rechecks,
            streams=streams,
            sealing=store,
            looks=settings.recheck.looks,
            within_s=settings.recheck.within_s,
            vision_worker=VISION_WORKER,
            send=switchboard.send,
            tell=switchboard.tell,
        ),
        talks=TalkRoom(
            desk=desks.talk,
            sealing=store,
            talk_worker=TALK_WORKER,
            longest_s=settings.talk.longest_s,
            clock=site.clock,
            send=switchboard.send,
            show=switchboard.show,
            tell=switchboard.tell,
            is_alone=site.database.is_sqlite,
        ),
        recordings=RecordingRoom(streams, site.paths.data / RECORDINGS / "by-hand.json", site.clock),
        index=RecordingIndex(shelf, site.units, site.clock, switchboard.tell),
        recorded_clips=recorded_clips,
        players=players,
        replays=replays,
        snapshots=SnapshotRoom(site.paths.data / SNAPSHOTS, streams, switchboard.send),
        ptz=turning,
        presets=PresetRoom(desks.ptz, connect),
        trials=TrialRoom(
            streams,
            find_devices,
            lambda address, login: OnvifDevice(address, login.user, login.password, site.clock),
        ),
        looking=looking,
        sight=sight,
        bays=BayRoom(
            notes=desks.bay_notes,
            sealing=store,
            intake=desks.intake,
            streams=streams,
            send=switchboard.send,
            tell=switchboard.tell,
            may_keep=storage.may_keep,
        ),
        viewing=Viewing(site.units, site.clock),
        hearing_views=hearing_views,
        push_tries=PushTries(site.units, site.clock),
        push_refusals=push_refusals,
        kept_sound_views=kept_sound_views,
        hearing=HearingRoom(
            streams=streams,
            rule=settings.sound.rule(),
            views=hearing_views,
            kept_views=kept_sound_views,
            players=lambda seat, name: players.worker_of(seat, name) or replays.worker_of(seat, name),
            talk_worker=TALK_WORKER,
            clock=site.clock,
            send=switchboard.send,
        ),
        health=HealthRoom(sources=sources, workers=supervisor, clock=site.clock),
    )
    station = Station(
        hub=hub,
        switchboard=switchboard,
        supervisor=supervisor,
        rooms=rooms,
        relay=relay,
        jobs=[*runners, learning],
        units=site.units,
        clock=site.clock,
        vision_worker=VISION_WORKER,
        talk_worker=TALK_WORKER,
        probes=(database, disk, audit),
        stays=stays,
    )
    lost.append(station)
    return station


def _device_of(
    site: Site, streams: Streams, camera_id: CameraId, setup: PtzSetup, platforms: Mapping[str, WvpPlatform]
) -> Callable[[], CameraDevice]:
    """Return what opens a camera's device in a thread of its own; its password is read here, a vault has one thread."""
    source = shared_source(setup.device_address)
    if source is not None and source.platform in platforms:
        return lambda: PlatformCamera(platforms[source.platform], source)
    # One that nobody shows or watches the streams do not know; its tour needs its password all the same.
    camera = streams.camera(camera_id) or next(iter(_cameras_of(site.units, [camera_id])), None)
    secret = site.vault.get(camera.credentials_name) if camera is not None and camera.credentials_name else None
    user, _, password = (secret or "").partition(":")
    return lambda: OnvifDevice(setup.device_address, user, password, site.clock)


def _platform(site: Site, name: str) -> WvpPlatform:
    """Return what asks a platform of the settings."""
    vault = open_vault(site.name, site.paths.data)  # of its own: it is read in the platform's threads, one at a time
    return WvpPlatform(spec_of(name, site.settings.sharing[name]), partial(vault.get, login_name(name)))


def _cameras_of(units: UnitsOfWork, names: Collection[str]) -> Sequence[Camera]:
    """Read cameras by their ids; none while the records are away: whoever shows them asks again."""
    try:
        with units.read() as unit:
            return unit.directory.cameras_of([CameraId(name) for name in names])
    except Unavailable as cause:
        _log.warning("cameras cannot be looked up: %s", cause)
        return ()


def _pushed(site: Site, hub: Hub) -> Callable[[str], str] | None:
    """Return where workers read what devices send; ``None`` where none may."""
    push = site.settings.push
    key = reading_key(hub.endpoint.key)
    return partial(reading_address, port=push.rtsp_port, key=key, host=push.read_at) if push.is_on else None


def _push_plan(site: Site) -> WorkerPlan:
    push = site.settings.push
    arguments = ["--worker-id", PUSH_LISTENER, "--logs", str(site.paths.logs), "--data", str(site.paths.data)]
    arguments += ["--site", site.name, "--host", push.host]
    arguments += ["--rtsp-port", str(push.rtsp_port), "--rtmp-port", str(push.rtmp_port)]
    arguments += ["--srt-port", str(push.srt_port)]
    return WorkerPlan(PUSH_LISTENER, "push-listener", tuple(arguments), most_mib=MOST_PUSH)


def _plans(site: Site, media_workers: tuple[str, ...], model: LookingModel) -> list[WorkerPlan]:
    logs = str(site.paths.logs)
    plans = [_media_plan(site, name) for name in media_workers]
    vision = [
        "--worker-id", VISION_WORKER,
        "--logs", logs,
        "--model", str(model.model),
        "--manifest", str(model.manifest),
        "--device", site.settings.vision.device,
        "--cache", str(shared_cache() / "openvino"),
    ]  # fmt: skip
    plans.append(WorkerPlan(VISION_WORKER, "vision-worker", tuple(vision), NICE_VISION, AFTER_PICTURES_S, MOST_VISION))
    talk = [
        "--worker-id", TALK_WORKER,
        "--logs", logs,
        "--cache", str(shared_cache() / "speech"),
        "--assets", str(site.paths.assets),
    ]  # fmt: skip
    plans.append(WorkerPlan(TALK_WORKER, "talk-worker", tuple(talk), after_s=AFTER_PICTURES_S, most_mib=MOST_TALK))
    if site.settings.push.is_on:
        plans.append(_push_plan(site))
    if site.settings.intake.is_on or site.settings.sensors.is_on:
        arguments = ("--worker-id", INTAKE, "--site", site.name)
        plans.append(WorkerPlan(INTAKE, "intake", arguments, after_s=AFTER_PICTURES_S, most_mib=MOST_INTAKE))
    return plans


def _media_plan(site: Site, name: str, alone_for: str = "") -> WorkerPlan:
    logs, recordings = str(site.paths.logs), str(site.paths.data / RECORDINGS)
    ca_file = site.settings.cameras.ca_file
    arguments = ("--worker-id", name, "--logs", logs, "--recordings", recordings, "--ca-file", ca_file)
    device = ("--hardware-decode", str(site.settings.video.hardware_decode))
    # The neighbours of a stream that killed their decoder come first: two that start at once hold each other up.
    after_s = AFTER_PICTURES_S if alone_for else 0.0
    return WorkerPlan(
        name, "media-worker", (*arguments, *device), after_s=after_s, most_mib=MOST_MEDIA, alone_for=alone_for
    )
