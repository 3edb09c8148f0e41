"""What is left on the account of each route's company, and since when that is less than its reserve."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("""
    -- `balance`: in the company's own words, as it said at `balance_at`.
    ALTER TABLE routes
        ADD balance text NOT NULL DEFAULT '',
        ADD balance_at timestamptz,
        ADD low_since timestamptz;
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE routes DROP balance, DROP balance_at, DROP low_since")
