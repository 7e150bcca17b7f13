"""What an administrator keeps: cameras with zones and rules, speakers, units, routing, matters, phrases, walls."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from console.domain.alarms import Priority
from console.domain.camera_words import LINE, Reading, words_of
from console.domain.cameras import Camera, CameraKind
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock, Limit, WorkingCalendar
from console.domain.ids import CameraId, CategoryCode, RuleId, SpeakerId, UnitId
from console.domain.routing import RoutingRow, Unit
from console.domain.rules import CameraRule, Hours, RuleFamily, RuleFigures, Tiling, place_of
from console.domain.speaking import Phrase, Speaker
from console.domain.walls import Layout, Wall
from console.infrastructure.database.mapping.places import columns_of, place_in


def row_of_camera(camera: Camera, reading: Reading) -> dict[str, Any]:
    return {
        "camera_id": camera.camera_id,
        "number": camera.number,
        "name": camera.name,
        **columns_of(camera.place),
        "main_address": camera.main_address,
        "sub_address": camera.sub_address,
        "credentials_name": camera.credentials_name,
        "transport": camera.transport,
        "speaker_ids": camera.speaker_ids,
        "rules": [_written_rule(rule) for rule in camera.rules],
        "code": camera.code,
        "owner": camera.owner,
        "kind": camera.kind.value,
        "tags": LINE.join(camera.tags),
        "words": words_of(camera, reading),
    }


def camera_in(row: RowMapping) -> Camera:
    camera_id = CameraId(row["camera_id"])
    return Camera(
        camera_id=camera_id,
        number=row["number"],
        name=row["name"],
        place=place_in(row),
        main_address=row["main_address"],
        sub_address=row["sub_address"],
        credentials_name=row["credentials_name"],
        transport=row["transport"],
        speaker_ids=tuple(SpeakerId(speaker) for speaker in row["speaker_ids"]),
        rules=tuple(_rule_in(camera_id, rule) for rule in row["rules"]),
        code=row["code"],
        owner=row["owner"],
        kind=CameraKind(row["kind"]),
        tags=tuple(row["tags"].splitlines()),
    )


def _written_rule(rule: CameraRule) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id,
        "zone": {"name": rule.zone.name, "polygon": rule.zone.polygon},
        "category": rule.category,
        "labels": rule.labels,
        "dwell_s": rule.dwell_s,
        "minimum_score": rule.minimum_score,
        "region": rule.region,
        "looks_per_s": rule.looks_per_s,
        "priority": rule.priority,
        "family": rule.family,
        "figures": asdict(rule.figures),
        "hours": None if rule.hours is None else _written_hours(rule.hours),
        "is_on": rule.is_on,
        "tiling": rule.tiling,
    }


def _rule_in(camera_id: CameraId, written: dict[str, Any]) -> CameraRule:
    left, top, right, bottom = written["region"]
    return CameraRule(
        rule_id=RuleId(written["rule_id"]),
        camera_id=camera_id,
        zone=place_of(written["zone"]["name"], tuple((x, y) for x, y in written["zone"]["polygon"])),
        category=CategoryCode(written["category"]),
        labels=tuple(written["labels"]),
        dwell_s=written["dwell_s"],
        minimum_score=written["minimum_score"],
        region=(left, top, right, bottom),
        looks_per_s=written["looks_per_s"],
        priority=written["priority"],
        # Rules written before there were families have neither: they are of vehicles that stand.
        family=RuleFamily(written.get("family", RuleFamily.STANDING_VEHICLE)),
        figures=_figures_in(written.get("figures", {})),
        hours=_hours_in(written.get("hours")),
        is_on=written.get("is_on", True),
        tiling=Tiling(written.get("tiling", Tiling.WHOLE)),
    )


def _written_hours(hours: Hours) -> dict[str, Any]:
    return {"begins": hours.begins.isoformat(), "ends": hours.ends.isoformat(), "days": sorted(hours.days)}


def _hours_in(written: dict[str, Any] | None) -> Hours | None:
    if written is None:
        return None
    begins, ends = time.fromisoformat(written["begins"]), time.fromisoformat(written["ends"])
    return Hours(begins=begins, ends=ends, days=frozenset(written["days"]))


def _figures_in(written: dict[str, Any]) -> RuleFigures:
    allowed = written.get("allowed")
    return RuleFigures(
        **{
            **written,
            "allowed": None if allowed is None else tuple(allowed),
            "parks": tuple(tuple((x, y) for x, y in outline) for outline in written.get("parks", ())),
        }
    )


def row_of_speaker(speaker: Speaker) -> dict[str, Any]:
    return {
        "speaker_id": speaker.speaker_id,
        "name": speaker.name,
        "driver": speaker.driver,
        "host": speaker.host,
        "port": speaker.port,
        "codec": speaker.codec,
    }


def speaker_in(row: RowMapping) -> Speaker:
    return Speaker(
        speaker_id=SpeakerId(row["speaker_id"]),
        name=row["name"],
        driver=row["driver"],
        host=row["host"],
        port=row["port"],
        codec=row["codec"],
    )


def row_of_unit(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "zh": unit.zh,
        "en": unit.en,
        "address": unit.address,
        "credentials_name": unit.credentials_name,
    }


def unit_in(row: RowMapping) -> Unit:
    return Unit(
        unit_id=UnitId(row["unit_id"]),
        zh=row["zh"],
        en=row["en"],
        address=row["address"],
        credentials_name=row["credentials_name"],
    )


def row_of_routing(line: RoutingRow) -> dict[str, Any]:
    return {
        "row": line.row,
        "unit_id": line.unit_id,
        "category_prefix": line.category_prefix,
        "grid_prefix": line.grid_prefix,
        "begins": line.begins,
        "ends": line.ends,
    }


def routing_in(row: RowMapping) -> RoutingRow:
    return RoutingRow(
        row=row["row"],
        unit_id=UnitId(row["unit_id"]),
        category_prefix=row["category_prefix"],
        grid_prefix=row["grid_prefix"],
        begins=row["begins"],
        ends=row["ends"],
    )


def row_of_category(category: Category) -> dict[str, Any]:
    return {
        "code": category.code,
        "standard": category.standard,
        "zh": category.zh,
        "en": category.en,
        "question_zh": category.question_zh,
        "question_en": category.question_en,
        "filing": [_written_condition(condition) for condition in category.filing],
        "closing": [_written_condition(condition) for condition in category.closing],
        "limit_clock": category.limit.clock.value,
        "limit_amount_s": int(category.limit.amount.total_seconds()),
        "code_30428_2": category.code_30428_2,
        "code_older": category.code_older,
        "confusable": " ".join(category.confusable),
        "urgency": category.urgency.value,
        "unit_zh": category.unit_zh,
        "unit_en": category.unit_en,
        "conditions_from": category.conditions_from,
        "limit_from": category.limit_from,
        "hints_from": category.hints_from,
    }


def category_in(row: RowMapping) -> Category:
    return Category(
        code=CategoryCode(row["code"]),
        standard=row["standard"],
        zh=row["zh"],
        en=row["en"],
        question_zh=row["question_zh"],
        question_en=row["question_en"],
        filing=tuple(_condition_in(condition) for condition in row["filing"]),
        closing=tuple(_condition_in(condition) for condition in row["closing"]),
        limit=Limit(Clock(row["limit_clock"]), timedelta(seconds=row["limit_amount_s"])),
        code_30428_2=row["code_30428_2"],
        code_older=row["code_older"],
        confusable=tuple(CategoryCode(code) for code in row["confusable"].split()),
        urgency=Priority(row["urgency"]),
        unit_zh=row["unit_zh"],
        unit_en=row["unit_en"],
        conditions_from=row["conditions_from"],
        limit_from=row["limit_from"],
        hints_from=row["hints_from"],
    )


def _written_condition(condition: Condition) -> dict[str, str]:
    return {"code": condition.code, "zh": condition.zh, "en": condition.en}


def _condition_in(written: dict[str, str]) -> Condition:
    return Condition(code=written["code"], zh=written["zh"], en=written["en"])


def row_of_phrase(phrase: Phrase) -> dict[str, Any]:
    return {"phrase_id": phrase.phrase_id, "zh": phrase.zh, "en": phrase.en}


def phrase_in(row: RowMapping) -> Phrase:
    return Phrase(phrase_id=row["phrase_id"], zh=row["zh"], en=row["en"])


def row_of_calendar(name: str, calendar: WorkingCalendar) -> dict[str, Any]:
    return {
        "name": name,
        "zone": calendar.zone.key,
        "hours": [[begins.isoformat(), ends.isoformat()] for begins, ends in calendar.hours],
    }


def rows_of_days(name: str, calendar: WorkingCalendar) -> list[dict[str, Any]]:
    worked: dict[date, bool] = dict.fromkeys(calendar.holidays, False)
    worked.update(dict.fromkeys(calendar.make_up_days, True))
    return [{"calendar": name, "day": day, "is_worked": is_worked} for day, is_worked in sorted(worked.items())]


def calendar_in(row: RowMapping, days: Sequence[RowMapping]) -> WorkingCalendar:
    return WorkingCalendar(
        zone=ZoneInfo(row["zone"]),
        hours=tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in row["hours"]),
        holidays=frozenset(day["day"] for day in days if not day["is_worked"]),
        make_up_days=frozenset(day["day"] for day in days if day["is_worked"]),
    )


def row_of_wall(seat_id: str, wall: Wall) -> dict[str, Any]:
    return {"seat_id": seat_id, "layout": row_of_layout(wall.layout), "cameras": wall.cameras}


def wall_in(row: RowMapping) -> Wall:
    return Wall(
        layout=layout_in(row["layout"]),
        cameras=tuple(None if camera is None else CameraId(camera) for camera in row["cameras"]),
    )


def row_of_layout(layout: Layout) -> dict[str, Any]:
    return {"name": layout.name, "columns": layout.columns, "rows": layout.rows, "places": layout.places}


def layout_in(kept: Mapping[str, Any]) -> Layout:
    return Layout(
        name=kept["name"],
        columns=kept["columns"],
        rows=kept["rows"],
        places=tuple((column, line, columns, rows) for column, line, columns, rows in kept["places"]),
    )
