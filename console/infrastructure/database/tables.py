"""The tables. What is searched has a column and an index; history that is only ever added to is JSON.

Times are ``UtcTime``. Ids are the domain's strings. ``version`` is for compare-and-swap.

Long because a schema is read as one page.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    literal_column,
    text,
)

from console.infrastructure.database.types import Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _later(name: str) -> Column[str]:
    """Return a column that older rows do not have: they hold nothing there."""
    return Column(name, String, nullable=False, server_default=text("''"))


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _only(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Return a partial index, on both engines: it holds what waits, not what was."""
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


# ---- people

accounts = Table(
    "accounts",
    metadata,
    _key("account_id"),
    _text("sign_in_name"),
    _text("display_name"),
    _text("role"),
    _text("password_hash"),
    Column("is_active", Boolean, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("may_try_at", UtcTime),
    Column("scope", Json),
    Column("totp_secret_name", String, nullable=False, server_default=text("''")),
    Column("totp_last_counter", BigInteger, nullable=False, server_default=text("0")),
    _version(),
    UniqueConstraint("sign_in_name"),
)

shifts = Table(
    "shifts",
    metadata,
    _key("shift_id"),
    _text("account_id"),
    _text("display_name"),
    _text("seat_id"),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    _version(),
    Index("ix_shifts_began_at", "began_at"),
    # Nobody sits at a seat that is taken.
    _only("ended_at IS NULL", "ix_shifts_open_seat", "seat_id", unique=True),
)

# ---- alarms

alarms = Table(
    "alarms",
    metadata,
    _key("alarm_id"),
    _text("hit_id"),
    _text("camera_id"),
    _text("zone_name"),
    _text("category"),
    _text("raised_category"),
    _text("priority"),
    Column("priority_rank", SmallInteger, nullable=False),
    _text("source"),
    _later("address"),
    _later("district"),
    _later("street"),
    _later("community"),
    _later("grid_cell"),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("said", Json),
    Column("raised_at", UtcTime, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("last_hit_at", UtcTime, nullable=False),
    Column("rule", Json),
    Column("media_time_s", Float, nullable=False),
    Column("hits", Integer, nullable=False),
    _text("stage"),
    Column("acknowledged_at", UtcTime),
    _text("acknowledged_by"),
    Column("claim_account_id", String),
    Column("claim_display_name", String),
    Column("claim_seat_id", String),
    Column("claim_until", UtcTime),
    Column("postponed_until", UtcTime),
    Column("verdicts", Json, nullable=False),
    Column("case_id", String),
    _version(),
    UniqueConstraint("hit_id"),
    _only("stage = 'waiting'", "ix_alarms_queue", "priority_rank", "raised_at", "alarm_id"),
    _only("stage = 'waiting'", "ix_alarms_waiting_zone", "camera_id", "zone_name"),
    _only("stage = 'waiting'", "ix_alarms_waiting_place", "latitude", "longitude"),
    Index("ix_alarms_raised_at", "raised_at", "alarm_id"),
    Index("ix_alarms_zone_raised_at", "camera_id", "zone_name", "raised_at"),
)

# ---- cases and what leaves the house for them

cases = Table(
    "cases",
    metadata,
    _key("case_id"),
    _text("number"),
    _text("alarm_id"),
    _text("category"),
    _text("filing_condition"),
    _text("address"),
    _text("district"),
    _text("street"),
    _text("community"),
    _text("grid_cell"),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("filed_at", UtcTime, nullable=False),
    _text("filed_by"),
    Column("camera_id", String),
    Column("rule_id", String),
    Column("unit_id", String),
    Column("routed_at", UtcTime),
    Column("due_at", UtcTime),
    Column("handled_at", UtcTime),
    _text("receipt"),
    Column("reworks", Integer, nullable=False),
    Column("recheck", String),
    _text("closing_condition"),
    Column("closed_at", UtcTime),
    _text("stage"),
    Column("steps", Json, nullable=False),
    _version(),
    Column("clock", String),
    Column("allowed_s", Float),
    Column("near_at", UtcTime),
    Column("extensions", Integer, nullable=False, server_default=text("0")),
    Column("suspended_at", UtcTime),
    Column("suspended_until", UtcTime),
    Column("urged_at", UtcTime),
    Column("appeal", String),
    UniqueConstraint("number"),
    Index("ix_cases_filed_at", "filed_at", "case_id"),
    Index("ix_cases_handled_at", "handled_at"),
    Index("ix_cases_due_at", "due_at"),
    Index("ix_cases_closed_at", "closed_at"),
    Index("ix_cases_alarm_id", "alarm_id"),
    _only("stage NOT IN ('closed', 'void')", "ix_cases_open", "stage"),
    _only("stage NOT IN ('closed', 'void')", "ix_cases_open_camera", "camera_id"),
    _only("stage NOT IN ('closed', 'void') AND handled_at IS NULL", "ix_cases_running", "near_at"),
    Index("ix_cases_category", "category", "filed_at"),
    Index("ix_cases_grid_cell", "grid_cell", "filed_at"),
)

day_sequences = Table(
    "day_sequences",
    metadata,
    _key("day"),
    Column("last_taken", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    _key("order_id"),
    _text("kind"),
    Column("case_id", ForeignKey("cases.case_id", deferrable=True, initially="DEFERRED"), nullable=False),
    _text("unit_id"),
    _text("idempotency_key"),
    Column("body", Json, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    _text("stage"),
    Column("next_try_at", UtcTime),
    Column("leased_until", UtcTime),
    _text("failure"),
    _text("receipt"),
    Column("delivered_at", UtcTime),
    _version(),
    UniqueConstraint("idempotency_key"),
    Index("ix_orders_case_id", "case_id"),
    _only("receipt <> ''", "ix_orders_receipt", "unit_id", "receipt"),
    _only("stage = 'waiting'", "ix_orders_waiting", "not_before", "order_id"),
    _only("stage = 'parked'", "ix_orders_parked", "made_at"),
)

inbox = Table(
    "inbox",
    metadata,
    _text("source"),
    _text("answer_id"),
    Column("taken_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("source", "answer_id"),
)

rechecks = Table(
    "rechecks",
    metadata,
    _key("recheck_id"),
    Column("case_id", ForeignKey("cases.case_id", deferrable=True, initially="DEFERRED"), nullable=False),
    _text("camera_id"),
    _text("rule_id"),
    Column("asked_at", UtcTime, nullable=False),
    _text("asked_by"),
    _text("stage"),
    Column("leased_until", UtcTime),
    Column("answer", String),
    _text("reason"),
    Column("looks", Integer, nullable=False),
    Column("looks_with", Integer, nullable=False),
    Column("best_score", Float, nullable=False),
    Column("done_at", UtcTime),
    Column("still", String),
    _version(),
    Index("ix_rechecks_case_id", "case_id"),
    _only("stage = 'asked'", "ix_rechecks_asked", "asked_at"),
)

# ---- evidence

evidence_items = Table(
    "evidence_items",
    metadata,
    _key("evidence_id"),
    _text("kind"),
    _text("subject_id"),
    _text("path"),
    _text("sha256"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("media_time_s", Float),
    Column("camera_id", String),
    Column("captured_at", UtcTime),
    Column("clock_offset_s", Float),
    _text("clock_source"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("rule", Json),
    _text("remark"),
    _text("made_by"),
    _later("sound"),
    Index("ix_evidence_items_subject", "subject_id", "kind", "begins_at", "evidence_id"),
    Index("ix_evidence_items_begins_at", "begins_at"),
)

custody_lines = Table(
    "custody_lines",
    metadata,
    Column("line", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column(
        "evidence_id",
        ForeignKey("evidence_items.evidence_id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("at", UtcTime, nullable=False),
    _text("who"),
    _text("act"),
    Column("detail", Json, nullable=False),
    Index("ix_custody_lines_evidence_id", "evidence_id", "line"),
)

# ---- talk

talks = Table(
    "talks",
    metadata,
    _key("talk_id"),
    _text("kind"),
    _text("account_id"),
    _text("display_name"),
    _text("seat_id"),
    _text("camera_id"),
    Column("speaker_ids", Json, nullable=False),
    Column("ordered_at", UtcTime, nullable=False),
    _text("text"),
    _text("language"),
    Column("case_id", String),
    _text("stage"),
    Column("began_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("duration_s", Float, nullable=False),
    Column("reached", Json),
    _text("voice"),
    _text("failure"),
    _text("recording"),
    _text("pcm_sha256"),
    _version(),
    Index("ix_talks_ordered_at", "ordered_at", "talk_id"),
    _only("stage IN ('ordered', 'on_air')", "ix_talks_going_on", "ordered_at"),
    _only("case_id IS NOT NULL", "ix_talks_case_id", "case_id"),
)

# ---- the directory

cameras = Table(
    "cameras",
    metadata,
    _key("camera_id"),
    _text("number"),
    _text("name"),
    _text("address"),
    _text("district"),
    _text("street"),
    _text("community"),
    _text("grid_cell"),
    Column("longitude", Float),
    Column("latitude", Float),
    _text("main_address"),
    _text("sub_address"),
    _text("credentials_name"),
    _text("transport"),
    Column("speaker_ids", Json, nullable=False),
    Column("rules", Json, nullable=False),
    _later("code"),
    _later("owner"),
    _later("kind"),
    _later("tags"),  # one a line
    _later("words"),  # what it is found by: console.domain.camera_words
    Index("ix_cameras_number", "number", "camera_id"),
    Index("ix_cameras_grid_cell", "grid_cell"),
    Index("ix_cameras_area", "district", "street", "community", "number", "camera_id"),
    _only("code <> ''", "ix_cameras_code", "code"),
)

favourites = Table(
    "favourites",
    metadata,
    _text("account_id"),
    _text("camera_id"),
    Column("added_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("account_id", "camera_id"),
)

# How often something was changed: who keeps a copy in memory asks whether it is still the one.
marks = Table(
    "marks",
    metadata,
    _key("name"),
    Column("number", BigInteger, nullable=False),
)

speakers = Table(
    "speakers",
    metadata,
    _key("speaker_id"),
    _text("name"),
    _text("driver"),
    _text("host"),
    Column("port", Integer, nullable=False),
    _text("codec"),
)

units = Table(
    "units",
    metadata,
    _key("unit_id"),
    _text("zh"),
    _text("en"),
    _text("address"),
    _text("credentials_name"),
)

routing_rows = Table(
    "routing_rows",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    _text("unit_id"),
    _text("category_prefix"),
    _text("grid_prefix"),
    Column("begins", Time),
    Column("ends", Time),
)

categories = Table(
    "categories",
    metadata,
    _key("code"),
    _text("standard"),
    _text("zh"),
    _text("en"),
    _text("question_zh"),
    _text("question_en"),
    Column("filing", Json, nullable=False),
    Column("closing", Json, nullable=False),
    _text("limit_clock"),
    Column("limit_amount_s", Integer, nullable=False),
    _later("code_30428_2"),
    _later("code_older"),
    _later("confusable"),  # codes with spaces between
    Column("urgency", String, nullable=False, server_default=text("'medium'")),
    _later("unit_zh"),
    _later("unit_en"),
    _later("conditions_from"),
    _later("limit_from"),
    _later("hints_from"),
)

phrases = Table("phrases", metadata, _key("phrase_id"), _text("zh"), _text("en"))

calendars = Table(
    "calendars",
    metadata,
    _key("name"),
    _text("zone"),
    Column("hours", Json, nullable=False),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    _text("calendar"),
    Column("day", Date, nullable=False),
    Column("is_worked", Boolean, nullable=False),
    PrimaryKeyConstraint("calendar", "day"),
)

walls = Table(
    "walls",
    metadata,
    _key("seat_id"),
    Column("layout", Json, nullable=False),
    Column("cameras", Json, nullable=False),
)

screens = Table(
    "screens",
    metadata,
    _key("name"),
    Column("key_digest", String, nullable=False),
    Column("layout", Json),
    Column("cameras", Json),
    Column("sent_by", String),
    Column("sent_by_name", String),
    Column("sent_at", UtcTime),
)

# The walls of a seat in windows of their own; the one of its main window is in ``walls``.
further_walls = Table(
    "further_walls",
    metadata,
    _key("seat_id"),
    Column("number", Integer, primary_key=True, nullable=False, autoincrement=False),
    Column("layout", Json, nullable=False),
    Column("cameras", Json, nullable=False),
)

# ---- history that nobody edits

audit_lines = Table(
    "audit_lines",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    _text("who"),
    _text("seat_id"),
    _text("verb"),
    _text("subject"),
    # Text, not JSON: the digest is over these very characters.
    Column("detail", Text, nullable=False),
    _text("before"),
    _text("digest"),
    _later("camera_id"),
    Column("from_at", UtcTime),
    Column("to_at", UtcTime),
    _later("reason"),
    _later("case_id"),
    Column("form", SmallInteger, nullable=False, server_default=text("1")),
    _later("marks"),
    CheckConstraint("position > 0", name="begins_at_one"),
    Index("ix_audit_lines_subject", "subject"),
    Index("ix_audit_lines_verb", "verb", "position"),
    _only("camera_id <> ''", "ix_audit_lines_camera_id", "camera_id", "position"),
    _only("case_id <> ''", "ix_audit_lines_case_id", "case_id", "position"),
    Index("ix_audit_lines_at", "at"),
)

unwatched_spans = Table(
    "unwatched_spans",
    metadata,
    Column("span", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("camera_id"),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Index("ix_unwatched_spans_ends_at", "ends_at", "begins_at"),
)

# ---- what waits: the conditions of the partial indexes, written out and not bound, so that both planners know them

ALARM_WAITS: ColumnElement[bool] = alarms.c.stage == literal_column("'waiting'")
CASE_IS_OPEN: ColumnElement[bool] = cases.c.stage.not_in([literal_column("'closed'"), literal_column("'void'")])
ORDER_WAITS: ColumnElement[bool] = orders.c.stage == literal_column("'waiting'")
ORDER_ARRIVED: ColumnElement[bool] = orders.c.receipt != literal_column("''")
ORDER_IS_PARKED: ColumnElement[bool] = orders.c.stage == literal_column("'parked'")
RECHECK_IS_ASKED: ColumnElement[bool] = rechecks.c.stage == literal_column("'asked'")
TALK_GOES_ON: ColumnElement[bool] = talks.c.stage.in_([literal_column("'ordered'"), literal_column("'on_air'")])
