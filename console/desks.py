"""The desks of a site, wired to its database: the same for a seat, the station and the story."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from console.application.accounts_desk import AccountsDesk
from console.application.alarm_intake import AlarmIntake
from console.application.alarm_review import AlarmReview
from console.application.audit_desk import AuditDesk
from console.application.bays_desk import BayNotes, BaysDesk
from console.application.camera_sight import SightDesk, SightNotes
from console.application.case_clock_desk import CaseClockDesk
from console.application.case_clocks import CaseClocks
from console.application.case_desk import CaseDesk, CaseSettings
from console.application.directory_desk import DirectoryDesk
from console.application.directory_import import DirectoryImport
from console.application.dispatch import Dispatch
from console.application.errors import Unavailable
from console.application.learning import LearningNotes
from console.application.learning_desk import LearningDesk
from console.application.listening_desk import ListeningDesk
from console.application.live_wall import LiveWall
from console.application.onboarding_desk import ModelLabels, OnboardingDesk
from console.application.permissions import Gate
from console.application.ptz_desk import PtzDesk
from console.application.ptz_tours import PtzTourDesk
from console.application.recheck import RecheckDesk
from console.application.recordings_desk import RecordingsDesk
from console.application.rules_desk import RulesDesk
from console.application.screens_desk import ScreensDesk
from console.application.storage_desk import StorageDesk
from console.application.talk import TalkDesk, TalkSettings
from console.application.upkeep import Upkeep
from console.application.wall_book import WallBook
from console.domain.speaking import QuietHours
from console.infrastructure.audit_anchor import SiteAnchors
from console.infrastructure.database.directory_queries import SqlDirectoryQueries
from console.infrastructure.documents.directory_files import DirectoryFilesOnDisk
from console.infrastructure.documents.register import RegisterFiles
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.signing import Signer
from console.infrastructure.site_models import SiteModels
from console.infrastructure.stored_files import FilesOnDisk
from console.site import Site

NUMBER_TEMPLATE = "{day}-{sequence:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """One object a desk. Safe from any thread."""

    gate: Gate
    intake: AlarmIntake
    review: AlarmReview
    cases: CaseDesk
    dispatch: Dispatch
    rechecks: RecheckDesk
    talk: TalkDesk
    wall: LiveWall
    listening: ListeningDesk
    screens: ScreensDesk
    directory: DirectoryDesk
    wall_book: WallBook
    tables: DirectoryImport
    recordings: RecordingsDesk
    ptz: PtzDesk
    ptz_tours: PtzTourDesk
    onboarding: OnboardingDesk
    rules: RulesDesk
    audit: AuditDesk
    accounts: AccountsDesk
    storage: StorageDesk
    upkeep: Upkeep
    sight: SightDesk
    sight_notes: SightNotes
    bays: BaysDesk
    bay_notes: BayNotes
    learning: LearningNotes
    lessons: LearningDesk
    case_times: CaseClockDesk
    case_clocks: CaseClocks

    @classmethod
    def of(cls, site: Site) -> Self:
        gate = Gate(site.units, site.clock)
        talk = site.settings.talk
        files, rules = FilesOnDisk(site.paths.data), site.settings.storage.rules()
        quiet = (
            QuietHours(begins=talk.quiet_from, ends=talk.quiet_to)
            if talk.quiet_from is not None and talk.quiet_to is not None and talk.quiet_from != talk.quiet_to
            else None
        )
        signer = Signer(site.vault)

        def labels() -> ModelLabels | None:
            """Tell what the watching model knows; not where its papers cannot be read, which health says."""
            try:
                models = SiteModels(site.paths.data)
                known, shipped = frozenset(models.watching().labels), frozenset(models.shipped_labels())
            except Unavailable:
                return None
            return ModelLabels(known, tuple(sorted(known - shipped)))

        return cls(
            gate=gate,
            intake=AlarmIntake(site.units, site.clock),
            review=AlarmReview(site.units, site.queries, gate, site.clock),
            cases=CaseDesk(
                site.units,
                site.queries,
                gate,
                site.clock,
                CaseSettings(
                    zone=site.zone,
                    number_template=NUMBER_TEMPLATE,
                    undo=timedelta(seconds=site.settings.delivery.undo_s),
                ),
            ),
            dispatch=Dispatch(site.units, site.clock),
            case_times=CaseClockDesk(site.units, gate, site.clock),
            case_clocks=CaseClocks(site.units, site.clock),
            rechecks=RecheckDesk(site.units, gate, site.clock),
            talk=TalkDesk(site.units, site.queries, gate, site.clock, TalkSettings(zone=site.zone, quiet=quiet)),
            wall=LiveWall(site.units, gate),
            listening=ListeningDesk(site.units, gate, site.settings.sound.rule()),
            screens=ScreensDesk(site.units, gate, site.clock),
            directory=DirectoryDesk(site.units, SqlDirectoryQueries(site.database), gate, site.clock, site.vault),
            onboarding=OnboardingDesk(site.units, gate, labels),
            rules=RulesDesk(site.units, gate, labels),
            ptz=PtzDesk(site.units, gate, site.clock, site.zone),
            ptz_tours=PtzTourDesk(site.units, gate),
            wall_book=WallBook(site.units, gate, site.clock),
            tables=DirectoryImport(site.units, gate, site.vault, DirectoryFilesOnDisk()),
            recordings=RecordingsDesk(
                site.units,
                site.queries,
                gate,
                site.clock,
                timedelta(minutes=site.settings.recording.by_hand_min),
            ),
            audit=AuditDesk(
                site.units,
                site.queries,
                gate,
                site.clock,
                SiteAnchors(site.anchor_folder, site.name, signer),
                RegisterFiles(signer, site.zone),
            ),
            accounts=AccountsDesk(site.units, gate, Argon2PasswordHasher(), site.clock, site.vault),
            storage=StorageDesk(site.units, gate, site.clock, files, rules),
            sight=SightDesk(site.units, gate),
            sight_notes=SightNotes(site.units),
            bays=BaysDesk(site.units, gate, site.clock),
            bay_notes=BayNotes(site.units),
            learning=LearningNotes(site.units, site.clock),
            lessons=LearningDesk(site.units, gate),
            upkeep=Upkeep(
                site.units,
                site.clock,
                files,
                rules,
                timedelta(days=site.settings.storage.case_days),
                timedelta(days=site.settings.storage.stay_days),
            ),
        )
