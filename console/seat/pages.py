"""The pages of a signed-in operator behind the wall, each given just what it needs.

The seat imports this module by its name, in a thread, when the first picture stands on the wall: charts, documents
and ciphers are half of what a seat imports, and nobody needs them before the street is seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Self

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from console.application.sign_in import SignIn
from console.desks import Desks
from console.domain.accounts import Actor
from console.domain.categories import Category
from console.domain.ids import CameraId
from console.domain.routing import Unit
from console.infrastructure.station_link import StationLink
from console.infrastructure.stored_files import RECORDINGS
from console.seat.clips import StationClips
from console.seat.papers import Papers
from console.seat.rule_trials import RuleTrials, trial_command
from console.seat.stills import MainStills
from console.seat.zone_pictures import ZonePictures
from console.site import Site
from console.words import N_
from widgets.accounts.accounts_page import AccountsPage
from widgets.alarms.orders import ReviewDesks
from widgets.alarms.review_page import ReviewPage
from widgets.audit.audit_page import AuditPage
from widgets.bays.bays_page import BaysPage
from widgets.cases.cases_page import CasesPage
from widgets.cases.orders import CaseDesks
from widgets.desk import Desk
from widgets.directory.panel import DirectoryPanel
from widgets.evidence.player import PlayerPage
from widgets.evidence.stills import Stills
from widgets.health.health_page import HealthPage
from widgets.learning.learning_page import LearningPage
from widgets.onboarding.onboarding_page import OnboardingPage
from widgets.ptz.tours_page import ToursPage
from widgets.recordings.recordings_page import RecordingDesks, RecordingsPage
from widgets.recordings.replaying import ReplayPlayer
from widgets.settings.own_password import OwnPassword
from widgets.settings.settings_page import AboutFacts, SettingsPage
from widgets.shift.shift_page import ShiftDesks, ShiftPage
from widgets.state.telling import Teller
from widgets.talk.talk_bar import TalkBar
from widgets.zones.zones_page import ZonesPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What one operator sees besides the wall. Lives and dies with the sign-in."""

    review: ReviewPage
    cases: CasesPage
    evidence: PlayerPage
    recordings: RecordingsPage
    shift: ShiftPage
    talk: TalkBar
    health: HealthPage
    settings: SettingsPage
    own_password: OwnPassword
    accounts: AccountsPage
    audit: AuditPage
    learning: LearningPage
    bays: BaysPage
    onboarding: OnboardingPage
    tours: ToursPage
    zones: ZonesPage
    directory: DirectoryPanel
    clips: StationClips
    stills: Stills

    @classmethod
    def build(
        cls,
        *,
        site: Site,
        desks: Desks,
        papers: Papers,
        actor: Actor,
        desk: Desk,
        teller: Teller,
        link: StationLink,
        replays: ReplayPlayer,
        sign_in: SignIn,
        live_picture: Callable[[CameraId], QImage],
        main_stills: MainStills,
        parent: QWidget,
    ) -> Self:
        lists = _Lists(site)
        clips = StationClips(link, parent)
        stills = Stills(desk, papers.store.absolute, parent)
        review = ReviewPage(
            actor,
            ReviewDesks(review=desks.review, cases=desks.cases, talk=desks.talk, wall=desks.wall, units=lists.units),
            desk,
            teller,
            site.clock,
            stills,
            clips,
            live_picture,
            parent,
        )
        cases = CasesPage(
            actor,
            CaseDesks(
                cases=desks.cases,
                times=desks.case_times,
                rechecks=desks.rechecks,
                evidence=papers.evidence,
                categories=lists.categories,
                units=lists.units,
                documents=papers.folder,
                is_as_sealed=papers.is_as_sealed,
            ),
            desk,
            teller,
            site.clock,
            stills,
            clips,
            parent,
        )
        evidence = PlayerPage(
            actor, papers.evidence, desks.talk, desk, teller, stills, clips, papers.is_as_sealed, parent
        )
        recordings = RecordingsPage(
            actor,
            RecordingDesks(
                recordings=desks.recordings,
                storage=desks.storage,
                link=link,
                cameras=desks.wall.cameras,
                cases=desks.cases.list,
            ),
            desk,
            teller,
            site.clock,
            replays,
            parent,
        )
        shift = ShiftPage(
            actor,
            ShiftDesks(shifts=papers.shifts, wall=desks.wall, categories=lists.categories, documents=papers.folder),
            desk,
            teller,
            site.clock,
            parent,
        )
        own = OwnPassword(lambda old, new, code: sign_in.change_password(actor, old, new, code), desk, teller)
        return cls(
            review=review,
            cases=cases,
            evidence=evidence,
            recordings=recordings,
            shift=shift,
            talk=TalkBar(actor, desks.talk, link, desk, teller, parent),
            health=HealthPage(teller, site.clock, parent),
            settings=SettingsPage(teller, _about(site), parent, own=own),
            own_password=own,
            accounts=AccountsPage(actor, desks.accounts, desk, teller, site.clock, parent),
            audit=AuditPage(actor, desks.audit, desk, teller, site.clock, site.zone, papers.folder, parent),
            learning=LearningPage(actor, desks.lessons, desk, teller, stills, parent),
            bays=BaysPage(actor, desks.bays, desk, teller, site.clock, stills, parent),
            onboarding=OnboardingPage(
                actor,
                desks.onboarding,
                desks.directory,
                desks.ptz,
                desks.tables,
                link,
                desk,
                teller,
                site.clock,
                parent,
            ),
            tours=ToursPage(actor, desks.ptz_tours, desks.directory, link, desk, teller, site.clock, parent),
            zones=ZonesPage(
                actor,
                desks.rules,
                desks.directory,
                ZonePictures(main_stills, live_picture, desk),
                RuleTrials(partial(trial_command, site.paths.data), parent),
                site.paths.data / RECORDINGS,
                site.clock,
                desk,
                teller,
                parent,
            ),
            directory=DirectoryPanel(actor, desks.directory, desk, teller, parent),
            clips=clips,
            stills=stills,
        )


def _about(site: Site) -> AboutFacts:
    licences = Path(__file__).resolve().parent.parent.parent / "THIRD_PARTY.md"
    return AboutFacts(
        version=version("citydesk"),
        licences=licences.read_text(encoding="utf-8") if licences.exists() else "",
        rows=((N_("Records"), str(site.paths.data)), (N_("Logs"), str(site.paths.logs))),
    )


class _Lists:
    """Short lists of the directory. Safe from any thread."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def units(self) -> tuple[Unit, ...]:
        with self._site.units.read() as unit:
            return tuple(unit.directory.units())

    def categories(self) -> tuple[Category, ...]:
        with self._site.units.read() as unit:
            return tuple(unit.directory.categories())
