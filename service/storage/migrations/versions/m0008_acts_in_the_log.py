"""Decisions and exhibits wait to be entered in the log, those that are there already too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("decisions", "exhibits")
WAITING = sa.text("unlogged")


def upgrade() -> None:
    """To this version."""
    for table in TABLES:
        op.add_column(
            table, sa.Column("unlogged", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        op.create_index(
            f"ix_{table}_unlogged",
            table,
            ["id"],
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )


def downgrade() -> None:
    """Back to the version before; receipts keep the places they were given."""
    for table in TABLES:
        op.drop_index(f"ix_{table}_unlogged", table)
        op.drop_column(table, "unlogged")
