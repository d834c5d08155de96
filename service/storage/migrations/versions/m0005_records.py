"""The access log, and what retention and erasure look for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITH_BYTES = sa.text("blob IS NOT NULL")


def upgrade() -> None:
    """To this version. Works that were not to be kept, and are still there, are due at once."""
    op.create_table(
        "accesses",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.String(length=255), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_accesses_listed", "accesses", ["organisation", "id"])
    op.create_index("ix_accesses_subject", "accesses", ["organisation", "subject", "id"])
    op.create_index("ix_accesses_caller", "accesses", ["organisation", "caller", "id"])
    op.add_column("screenings", sa.Column("keep_until", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE screenings SET keep_until = finished_at"
        " WHERE finished_at IS NOT NULL AND blob IS NOT NULL AND blob <> sha256"
    )
    op.create_index("ix_screenings_report", "screenings", ["report"])
    op.create_index(
        "ix_screenings_kept_until",
        "screenings",
        ["keep_until"],
        sqlite_where=WITH_BYTES,
        postgresql_where=WITH_BYTES,
    )
    op.create_index(
        "ix_screenings_kept_since",
        "screenings",
        ["finished_at"],
        sqlite_where=WITH_BYTES,
        postgresql_where=WITH_BYTES,
    )
    op.create_index("ix_idempotency_screening", "idempotency", ["screening"])
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index("ix_idempotency_created_at", "idempotency")
    op.drop_index("ix_idempotency_screening", "idempotency")
    op.drop_index("ix_screenings_kept_since", "screenings")
    op.drop_index("ix_screenings_kept_until", "screenings")
    op.drop_index("ix_screenings_report", "screenings")
    op.drop_column("screenings", "keep_until")
    op.drop_index("ix_accesses_caller", "accesses")
    op.drop_index("ix_accesses_subject", "accesses")
    op.drop_index("ix_accesses_listed", "accesses")
    op.drop_table("accesses")
