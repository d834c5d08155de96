"""The tables. Moments are UTC; what a table holds of an organisation goes with the organisation."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

__all__ = [
    "METADATA",
    "accesses",
    "api_keys",
    "appeals",
    "attestations",
    "canary_runs",
    "decisions",
    "deliveries",
    "exhibits",
    "idempotency",
    "log_entries",
    "log_leaves",
    "logs",
    "opinions",
    "organisations",
    "policies",
    "reports",
    "reviews",
    "screenings",
    "sessions",
    "unlogged",
    "webhooks",
]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment; SQLite keeps it without its zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        """With its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _of_organisation() -> Column[str]:
    return Column(
        "organisation", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False
    )


organisations = Table(
    "organisations",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
)

api_keys = Table(
    "api_keys",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("uploads_per_day", BigInteger),
    Column("bytes_per_day", BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
    Index("ix_api_keys_organisation_id", "organisation", "id"),
)

reports = Table(
    "reports",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("sha256", String(64), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_reports_same", "organisation", "sha256", "made_by", "id"),
)

WITH_BYTES = text("blob IS NOT NULL")
WAITING = text("unlogged")

screenings = Table(
    "screenings",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("api_key", String(30), nullable=False),
    Column("state", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("sha256", String(64)),
    Column("bytes", BigInteger),
    Column("fresh", Boolean, nullable=False),
    Column("blob", String(100)),
    Column("attempts", Integer, nullable=False),
    Column("fault", Text),
    Column("report", ForeignKey("reports.id", ondelete="SET NULL")),
    Column("origin", String(30)),
    Column("findings", JSON),
    Column("exhibit", Boolean, nullable=False, server_default=false()),
    Column("supplied", LargeBinary),
    Column("resource", String(300)),
    Column("created_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("keep_until", Moment),
    Index("ix_screenings_listed", "organisation", "id"),
    Index("ix_screenings_waiting", "state", "touched_at"),
    Index("ix_screenings_works", "organisation", "sha256"),
    Index("ix_screenings_report", "report"),
    Index(
        "ix_screenings_kept_until",
        "keep_until",
        sqlite_where=WITH_BYTES,
        postgresql_where=WITH_BYTES,
    ),
    Index(
        "ix_screenings_kept_since",
        "finished_at",
        sqlite_where=WITH_BYTES,
        postgresql_where=WITH_BYTES,
    ),
)

idempotency = Table(
    "idempotency",
    METADATA,
    _of_organisation(),
    Column("key", String(255), nullable=False),
    Column("request", String(64), nullable=False),
    Column("screening", ForeignKey("screenings.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("organisation", "key"),
    Index("ix_idempotency_screening", "screening"),
    Index("ix_idempotency_created_at", "created_at"),
)

webhooks = Table(
    "webhooks",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("url", Text, nullable=False),
    Column("secret", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_webhooks_organisation_id", "organisation", "id"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("webhook", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", String(50), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("status", Integer),
    Column("fault", Text),
    Column("created_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Index("ix_deliveries_listed", "organisation", "id"),
    Index("ix_deliveries_due", "state", "due_at"),
)

logs = Table(
    "logs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(60), nullable=False),
    Column("head", Text),
)
"""The log of this service: one row. Whoever writes to it holds the row."""

log_leaves = Table(
    "log_leaves",
    METADATA,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Never changed and never deleted: without the salt of its entry a leaf tells nothing."""

log_entries = Table(
    "log_entries",
    METADATA,
    Column("report", ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("leaf_index", ForeignKey("log_leaves.leaf_index"), nullable=False, unique=True),
    Column("signature", Text, nullable=False),
    Column("entry", Text, nullable=False),
)

unlogged = Table(
    "unlogged",
    METADATA,
    Column("report", ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
)
"""Reports that are not in the log yet; each is written with its report."""

attestations = Table(
    "attestations",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("report", ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("shows", JSON, nullable=False),
    Column("salt", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Index("ix_attestations_report", "organisation", "report", "id"),
)

policies = Table(
    "policies",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("version", Integer, nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("active_from", Moment),
    UniqueConstraint("organisation", "version"),
)

reviews = Table(
    "reviews",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("screening", ForeignKey("screenings.id", ondelete="CASCADE"), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("two_person", Boolean, nullable=False),
    Column("assignee", String(200)),
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Index("ix_reviews_queue", "organisation", "state", "due_at"),
    Index("ix_reviews_screening", "screening"),
)

opinions = Table(
    "opinions",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("review", ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("review", "caller"),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("review", ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("screening", ForeignKey("screenings.id", ondelete="CASCADE"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("unlogged", Boolean, nullable=False, server_default=true()),
    Index("ix_decisions_standing", "organisation", "sha256", "id"),
    Index("ix_decisions_unlogged", "id", sqlite_where=WAITING, postgresql_where=WAITING),
)

appeals = Table(
    "appeals",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("screening", ForeignKey("screenings.id", ondelete="CASCADE"), nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("review", ForeignKey("reviews.id", ondelete="SET NULL")),
    Column("statement", Text),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("stated_at", Moment),
    Index("ix_appeals_screening", "organisation", "screening"),
)

exhibits = Table(
    "exhibits",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("appeal", ForeignKey("appeals.id", ondelete="CASCADE"), nullable=False),
    Column("screening", ForeignKey("screenings.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("receipt", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("unlogged", Boolean, nullable=False, server_default=true()),
    Index("ix_exhibits_appeal", "appeal", "id"),
    Index("ix_exhibits_unlogged", "id", sqlite_where=WAITING, postgresql_where=WAITING),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("api_key", ForeignKey("api_keys.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

accesses = Table(
    "accesses",
    METADATA,
    Column("id", String(30), primary_key=True),
    _of_organisation(),
    Column("at", Moment, nullable=False),
    Column("caller", String(255), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("subject", String(30)),
    Column("status", Integer, nullable=False),
    Column("reason", String(32)),
    Column("salt", String(32)),
    Column("digest", String(64)),
    Index("ix_accesses_listed", "organisation", "id"),
    Index("ix_accesses_subject", "organisation", "subject", "id"),
    Index("ix_accesses_caller", "organisation", "caller", "id"),
)

canary_runs = Table(
    "canary_runs",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("made_by", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""Of the operator, and of no organisation."""
