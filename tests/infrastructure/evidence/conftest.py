"""A case with a clip and two stills in a store, and the package made of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from console.application.evidence_desk import PackContents
from console.application.read_models import AlarmCard, AlarmRow, CasePage, CaseRow
from console.domain.alarms import AlarmStage, Priority, Source, Verdict
from console.domain.cases import Act, Case, CaseStep, RecheckAnswer, Stage
from console.domain.evidence import CustodyLine, EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import AccountId, AlarmId, CameraId, CaseId, CategoryCode, RecheckId, RuleId, UnitId
from console.domain.places import Place
from console.domain.rechecks import Recheck, RecheckStage
from console.infrastructure.evidence_files import EvidencePacks
from console.infrastructure.evidence_store import EvidenceStore

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
RULE = RuleFacts(
    rule_id="rule-1",
    zone_name="消防通道",
    polygon=((0.1, 0.2), (0.9, 0.2), (0.9, 0.8)),
    box=(0.3, 0.3, 0.5, 0.6),
    label="car",
    score=0.91,
    mean_score=0.83,
    dwell_s=62.4,
    model_name="detector-s",
    model_sha256="ab" * 32,
    device="CPU",
    precision="FP16",
)


class Drawer:
    """A vault in memory."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def delete(self, name: str) -> None:
        self.secrets.pop(name, None)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def contents(store: EvidenceStore) -> PackContents:
    """Return a closed case with a clip and two stills, sealed in the store."""
    random = Random(7)
    items = tuple(
        _sealed(store, kind, suffix, random.randbytes(size), AT + timedelta(seconds=number * 12))
        for number, (kind, suffix, size) in enumerate(
            [
                (EvidenceKind.CLIP, ".mp4", 9_000),
                (EvidenceKind.STILL, ".jpg", 1_500),
                (EvidenceKind.STILL, ".jpg", 1_500),
            ]
        )
    )
    custody = tuple(
        CustodyLine(evidence_id=item.evidence_id, at=AT, who="李文静", act="exported", detail={"reason": "复查"})
        for item in items
    )
    return PackContents(
        page=_page(items), alarm=_card(items), items=items, custody=custody, made_by="李文静", reason="复查"
    )


@pytest.fixture
def vault() -> Drawer:
    return Drawer()


@pytest.fixture
def pack(store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path) -> Path:
    path = tmp_path / "case.citydesk-evidence"
    EvidencePacks(store, vault).write(contents, path)
    return path


@pytest.fixture
def changed(pack: Path, tmp_path: Path) -> Callable[[bytes], Path]:
    """Return a function: bytes → a file of them beside the package."""

    def write(content: bytes) -> Path:
        path = tmp_path / "changed.citydesk-evidence"
        path.write_bytes(content)
        return path

    return write


def _sealed(store: EvidenceStore, kind: EvidenceKind, suffix: str, data: bytes, at: datetime) -> EvidenceItem:
    name, path = store.reserve(suffix)
    path.write_bytes(data)
    sealed = store.seal_new(name, path)
    return EvidenceItem(
        evidence_id=name,
        kind=kind,
        subject_id="alarm-1",
        path=sealed.path,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        begins_at=at,
        captured_at=at - timedelta(seconds=0.2),
        clock_offset_s=-0.2,
        clock_source="rtcp",
        sound="aac",
        camera_id=CameraId("01"),
        width=1280,
        height=720,
        rule=RULE,
    )


def _page(items: tuple[EvidenceItem, ...]) -> CasePage:
    case = Case(
        case_id=CaseId("case-1"),
        number="20261122-0007",
        alarm_id=AlarmId("alarm-1"),
        category=CategoryCode("09012"),
        filing_condition="F1",
        closing_condition="C1",
        place=Place(address="学府路 12 号北门", street="学府路", grid_cell="310104001002003"),
        filed_at=AT,
        filed_by=AccountId("op"),
        unit_id=UnitId("unit-2"),
        closed_at=AT + timedelta(hours=1),
        stage=Stage.CLOSED,
        steps=[CaseStep(act=Act.FILED, at=AT, who="李文静", facts={"remark": "白色厢式货车"})],
    )
    look = Recheck(
        recheck_id=RecheckId("look-1"),
        case_id=case.case_id,
        camera_id=CameraId("01"),
        rule_id=RuleId("rule-1"),
        asked_at=AT,
        asked_by="receipt-1",
        stage=RecheckStage.DONE,
        answer=RecheckAnswer.CLEARED,
        looks=20,
    )
    row = CaseRow(
        case_id="case-1",
        number=case.number,
        category="09012",
        category_zh="占用消防通道",
        category_en="Fire lane blocked",
        address="学府路 12 号北门",
        stage="closed",
        unit_zh="执法二中队",
        unit_en="Enforcement Team 2",
        filed_at=AT,
        due_at=None,
        handled_at=AT,
        closed_at=case.closed_at,
        recheck="cleared",
    )
    return CasePage(
        case=case,
        row=row,
        camera_number="01",
        camera_name="学府路北门",
        rule=RULE,
        evidence=items,
        deliveries=(),
        rechecks=(look,),
        talks=(),
    )


def _card(items: tuple[EvidenceItem, ...]) -> AlarmCard:
    row = AlarmRow(
        alarm_id="alarm-1",
        camera_id="01",
        camera_number="01",
        camera_name="学府路北门",
        category="09012",
        category_zh="占用消防通道",
        category_en="Fire lane blocked",
        source=Source.VIDEO,
        address="",
        priority=Priority.HIGH,
        stage=AlarmStage.CONFIRMED,
        raised_at=AT,
        acknowledged_at=AT,
        claimed_by="",
        claimed_seat="",
        claimed_until=None,
        postponed_until=None,
        hits=1,
        still_path="",
    )
    verdict = Verdict(
        stage=AlarmStage.CONFIRMED,
        at=AT,
        account_id=AccountId("op"),
        display_name="李文静",
        category=CategoryCode("09012"),
        filing_condition="F1",
    )
    return AlarmCard(
        row=row,
        address="学府路 12 号北门",
        grid_cell="310104001002003",
        street="学府路",
        community="",
        began_at=AT,
        last_hit_at=AT,
        rule=RULE,
        evidence=items,
        verdicts=(verdict,),
        case_id="case-1",
        case_number="20261122-0007",
        open_cases_here=(),
        alarms_here_30_days=1,
        confirmed_here_30_days=1,
    )
