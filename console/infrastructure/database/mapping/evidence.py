"""Evidence, its custody, and what was said in the street."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.evidence import CustodyLine, EvidenceItem, EvidenceKind
from console.domain.ids import AccountId, CameraId, CaseId, EvidenceId, SeatId, SpeakerId, TalkId
from console.domain.speaking import TalkKind, TalkSession, TalkStage
from console.infrastructure.database.mapping.alarms import rule_in, written_rule


def row_of(item: EvidenceItem) -> dict[str, Any]:
    return {
        "evidence_id": item.evidence_id,
        "kind": item.kind.value,
        "subject_id": item.subject_id,
        "path": item.path,
        "sha256": item.sha256,
        "size_bytes": item.size_bytes,
        "begins_at": item.begins_at,
        "duration_s": item.duration_s,
        "media_time_s": item.media_time_s,
        "camera_id": item.camera_id,
        "captured_at": item.captured_at,
        "clock_offset_s": item.clock_offset_s,
        "clock_source": item.clock_source,
        "width": item.width,
        "height": item.height,
        "sound": item.sound,
        "rule": None if item.rule is None else written_rule(item.rule),
        "remark": item.remark,
        "made_by": item.made_by,
    }


def item_in(row: RowMapping) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId(row["evidence_id"]),
        kind=EvidenceKind(row["kind"]),
        subject_id=row["subject_id"],
        path=row["path"],
        sha256=row["sha256"],
        size_bytes=row["size_bytes"],
        begins_at=row["begins_at"],
        duration_s=row["duration_s"],
        media_time_s=row["media_time_s"],
        camera_id=None if row["camera_id"] is None else CameraId(row["camera_id"]),
        captured_at=row["captured_at"],
        clock_offset_s=row["clock_offset_s"],
        clock_source=row["clock_source"],
        width=row["width"],
        height=row["height"],
        sound=row["sound"],
        rule=rule_in(row["rule"]),
        remark=row["remark"],
        made_by=row["made_by"],
        deleted_at=row["deleted_at"],
        deleted_why=row["why"] or "",
    )


def row_of_custody(line: CustodyLine) -> dict[str, Any]:
    return {
        "evidence_id": line.evidence_id,
        "at": line.at,
        "who": line.who,
        "act": line.act,
        "detail": line.detail,
    }


def custody_in(row: RowMapping) -> CustodyLine:
    return CustodyLine(
        evidence_id=EvidenceId(row["evidence_id"]),
        at=row["at"],
        who=row["who"],
        act=row["act"],
        detail=row["detail"],
    )


def row_of_talk(talk: TalkSession) -> dict[str, Any]:
    return {
        "talk_id": talk.talk_id,
        "kind": talk.kind.value,
        "account_id": talk.account_id,
        "display_name": talk.display_name,
        "seat_id": talk.seat_id,
        "camera_id": talk.camera_id,
        "speaker_ids": talk.speaker_ids,
        "ordered_at": talk.ordered_at,
        "text": talk.text,
        "language": talk.language,
        "case_id": talk.case_id,
        "stage": talk.stage.value,
        "began_at": talk.began_at,
        "ended_at": talk.ended_at,
        "duration_s": talk.duration_s,
        "reached": talk.reached,
        "voice": talk.voice,
        "failure": talk.failure,
        "recording": talk.recording,
        "pcm_sha256": talk.pcm_sha256,
        "version": talk.version,
    }


def talk_in(row: RowMapping) -> TalkSession:
    return TalkSession(
        talk_id=TalkId(row["talk_id"]),
        kind=TalkKind(row["kind"]),
        account_id=AccountId(row["account_id"]),
        display_name=row["display_name"],
        seat_id=SeatId(row["seat_id"]),
        camera_id=CameraId(row["camera_id"]),
        speaker_ids=tuple(SpeakerId(speaker) for speaker in row["speaker_ids"]),
        ordered_at=row["ordered_at"],
        text=row["text"],
        language=row["language"],
        case_id=None if row["case_id"] is None else CaseId(row["case_id"]),
        stage=TalkStage(row["stage"]),
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        duration_s=row["duration_s"],
        reached=row["reached"],
        voice=row["voice"],
        failure=row["failure"],
        recording=row["recording"],
        pcm_sha256=row["pcm_sha256"],
        version=row["version"],
    )
