"""What a key may hand in a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ("uploads_per_day", "bytes_per_day")


def upgrade() -> None:
    """To this version."""
    with op.batch_alter_table("api_keys") as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    with op.batch_alter_table("api_keys") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
