"""The first tables, and the triggers that keep history from being edited.

Long because it is one revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Table, and what may never be done to its lines.
WRITTEN_ONCE = (
    ("audit_lines", ("UPDATE", "DELETE")),
    ("custody_lines", ("UPDATE", "DELETE")),
    ("evidence_items", ("UPDATE",)),
)


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_sqlite()
    else:
        _refuse_changes_postgresql()


def _refuse_changes_sqlite() -> None:
    for table, acts in WRITTEN_ONCE:
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} are written once'); END"
            )


def _refuse_changes_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% are written once', TG_TABLE_NAME; END $$"
    )
    for table, acts in WRITTEN_ONCE:
        refused = " OR ".join((*acts, "TRUNCATE"))
        op.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE {refused} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _create_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("sign_in_name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("may_try_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("sign_in_name", name="uq_accounts_sign_in_name"),
    )
    op.create_table(
        "alarms",
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("hit_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("raised_category", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("priority_rank", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_hit_at", MOMENT, nullable=False),
        sa.Column("rule", JSON, nullable=True),
        sa.Column("media_time_s", sa.Float(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("claim_account_id", sa.String(), nullable=True),
        sa.Column("claim_display_name", sa.String(), nullable=True),
        sa.Column("claim_seat_id", sa.String(), nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.Column("postponed_until", MOMENT, nullable=True),
        sa.Column("verdicts", JSON, nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", name="pk_alarms"),
        sa.UniqueConstraint("hit_id", name="uq_alarms_hit_id"),
    )
    _partial("ix_alarms_queue", "alarms", ["priority_rank", "raised_at", "alarm_id"], "stage = 'waiting'")
    op.create_index("ix_alarms_raised_at", "alarms", ["raised_at", "alarm_id"])
    _partial("ix_alarms_waiting_zone", "alarms", ["camera_id", "zone_name"], "stage = 'waiting'")
    op.create_index("ix_alarms_zone_raised_at", "alarms", ["camera_id", "zone_name", "raised_at"])

    op.create_table(
        "audit_lines",
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("position > 0", name="ck_audit_lines_begins_at_one"),
        sa.PrimaryKeyConstraint("position", name="pk_audit_lines"),
    )
    op.create_index("ix_audit_lines_at", "audit_lines", ["at"])
    op.create_index("ix_audit_lines_subject", "audit_lines", ["subject"])

    op.create_table(
        "calendar_days",
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_worked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "day", name="pk_calendar_days"),
    )
    op.create_table(
        "calendars",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("hours", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_calendars"),
    )
    op.create_table(
        "cameras",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid_cell", sa.String(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("main_address", sa.String(), nullable=False),
        sa.Column("sub_address", sa.String(), nullable=False),
        sa.Column("credentials_name", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("speaker_ids", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.PrimaryKeyConstraint("camera_id", name="pk_cameras"),
    )
    op.create_index("ix_cameras_grid_cell", "cameras", ["grid_cell"])
    op.create_index("ix_cameras_number", "cameras", ["number"])

    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("filing_condition", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid_cell", sa.String(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("rule_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("routed_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("reworks", sa.Integer(), nullable=False),
        sa.Column("recheck", sa.String(), nullable=True),
        sa.Column("closing_condition", sa.String(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
    )
    op.create_index("ix_cases_alarm_id", "cases", ["alarm_id"])
    op.create_index("ix_cases_category", "cases", ["category", "filed_at"])
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    op.create_index("ix_cases_due_at", "cases", ["due_at"])
    op.create_index("ix_cases_filed_at", "cases", ["filed_at", "case_id"])
    op.create_index("ix_cases_grid_cell", "cases", ["grid_cell", "filed_at"])
    op.create_index("ix_cases_handled_at", "cases", ["handled_at"])
    _partial("ix_cases_open", "cases", ["stage"], "stage NOT IN ('closed', 'void')")
    _partial("ix_cases_open_camera", "cases", ["camera_id"], "stage NOT IN ('closed', 'void')")
    op.create_index("ix_cases_receipt", "cases", ["unit_id", "receipt"])

    op.create_table(
        "categories",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("question_zh", sa.String(), nullable=False),
        sa.Column("question_en", sa.String(), nullable=False),
        sa.Column("filing", JSON, nullable=False),
        sa.Column("closing", JSON, nullable=False),
        sa.Column("limit_clock", sa.String(), nullable=False),
        sa.Column("limit_amount_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_categories"),
    )
    op.create_table(
        "day_sequences",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("last_taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_sequences"),
    )
    op.create_table(
        "evidence_items",
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("media_time_s", sa.Float(), nullable=True),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("captured_at", MOMENT, nullable=True),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("clock_source", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("rule", JSON, nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_evidence_items"),
    )
    op.create_index("ix_evidence_items_begins_at", "evidence_items", ["begins_at"])
    op.create_index(
        "ix_evidence_items_subject", "evidence_items", ["subject_id", "kind", "begins_at", "evidence_id"]
    )

    op.create_table(
        "inbox",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "answer_id", name="pk_inbox"),
    )
    op.create_table(
        "phrases",
        sa.Column("phrase_id", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("phrase_id", name="pk_phrases"),
    )
    op.create_table(
        "routing_rows",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("category_prefix", sa.String(), nullable=False),
        sa.Column("grid_prefix", sa.String(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.PrimaryKeyConstraint("row", name="pk_routing_rows"),
    )
    op.create_table(
        "shifts",
        sa.Column("shift_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shift_id", name="pk_shifts"),
    )
    op.create_index("ix_shifts_began_at", "shifts", ["began_at"])
    _partial("ix_shifts_open_seat", "shifts", ["seat_id"], "ended_at IS NULL", unique=True)

    op.create_table(
        "speakers",
        sa.Column("speaker_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("speaker_id", name="pk_speakers"),
    )
    op.create_table(
        "talks",
        sa.Column("talk_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("speaker_ids", JSON, nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("reached", JSON, nullable=True),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("pcm_sha256", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("talk_id", name="pk_talks"),
    )
    _partial("ix_talks_case_id", "talks", ["case_id"], "case_id IS NOT NULL")
    _partial("ix_talks_going_on", "talks", ["ordered_at"], "stage IN ('ordered', 'on_air')")
    op.create_index("ix_talks_ordered_at", "talks", ["ordered_at", "talk_id"])

    op.create_table(
        "units",
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("credentials_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name="pk_units"),
    )
    op.create_table(
        "unwatched_spans",
        sa.Column("span", LONG, autoincrement=True, nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("span", name="pk_unwatched_spans"),
    )
    op.create_index("ix_unwatched_spans_ends_at", "unwatched_spans", ["ends_at", "begins_at"])

    op.create_table(
        "walls",
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("layout", JSON, nullable=False),
        sa.Column("cameras", JSON, nullable=False),
        sa.PrimaryKeyConstraint("seat_id", name="pk_walls"),
    )
    op.create_table(
        "custody_lines",
        sa.Column("line", LONG, autoincrement=True, nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence_items.evidence_id"],
            name="fk_custody_lines_evidence_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("line", name="pk_custody_lines"),
    )
    op.create_index("ix_custody_lines_evidence_id", "custody_lines", ["evidence_id", "line"])

    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.case_id"], name="fk_orders_case_id", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("order_id", name="pk_orders"),
        sa.UniqueConstraint("idempotency_key", name="uq_orders_idempotency_key"),
    )
    op.create_index("ix_orders_case_id", "orders", ["case_id"])
    _partial("ix_orders_parked", "orders", ["made_at"], "stage = 'parked'")
    _partial("ix_orders_waiting", "orders", ["not_before", "order_id"], "stage = 'waiting'")

    op.create_table(
        "rechecks",
        sa.Column("recheck_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("looks_with", sa.Integer(), nullable=False),
        sa.Column("best_score", sa.Float(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("still", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.case_id"], name="fk_rechecks_case_id", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("recheck_id", name="pk_rechecks"),
    )
    _partial("ix_rechecks_asked", "rechecks", ["asked_at"], "stage = 'asked'")
    op.create_index("ix_rechecks_case_id", "rechecks", ["case_id"])
