"""People: policies of organisations, reviews, appeals, sessions, and what suppliers declare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    with op.batch_alter_table("screenings") as table:
        table.add_column(sa.Column("origin", sa.String(length=30), nullable=True))
        table.add_column(sa.Column("findings", sa.JSON(), nullable=True))
        table.add_column(
            sa.Column("exhibit", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("supplied", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("resource", sa.String(length=300), nullable=True))
    op.create_table(
        "policies",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation", "version"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("screening", sa.String(length=30), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["screening"], ["screenings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reviews_queue", "reviews", ["organisation", "state", "due_at"])
    op.create_index("ix_reviews_screening", "reviews", ["screening"])
    op.create_table(
        "opinions",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("review", sa.String(length=30), nullable=False),
        sa.Column("caller", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("review", "caller"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("review", sa.String(length=30), nullable=False),
        sa.Column("screening", sa.String(length=30), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["screening"], ["screenings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decisions_standing", "decisions", ["organisation", "sha256", "id"])
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("screening", sa.String(length=30), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("review", sa.String(length=30), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["screening"], ["screenings.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index("ix_appeals_screening", "appeals", ["organisation", "screening"])
    op.create_table(
        "exhibits",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=30), nullable=False),
        sa.Column("appeal", sa.String(length=30), nullable=False),
        sa.Column("screening", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["appeal"], ["appeals.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["screening"], ["screenings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exhibits_appeal", "exhibits", ["appeal", "id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("api_key", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["api_key"], ["api_keys.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("sessions")
    op.drop_index("ix_exhibits_appeal", "exhibits")
    op.drop_table("exhibits")
    op.drop_index("ix_appeals_screening", "appeals")
    op.drop_table("appeals")
    op.drop_index("ix_decisions_standing", "decisions")
    op.drop_table("decisions")
    op.drop_table("opinions")
    op.drop_index("ix_reviews_queue", "reviews")
    op.drop_index("ix_reviews_screening", "reviews")
    op.drop_table("reviews")
    op.drop_table("policies")
    with op.batch_alter_table("screenings") as table:
        for name in ("resource", "supplied", "exhibit", "findings", "origin"):
            table.drop_column(name)
