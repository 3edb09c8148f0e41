"""Planning a broadcast: signatures under texts that speak of an election."""

from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
    -- A signature is for the words it was given to: changed texts need another one.
    CREATE TABLE broadcast_signatures (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        texts_hash text NOT NULL,
        official_id bigint NOT NULL REFERENCES officials,
        at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, texts_hash)
    );
    GRANT SELECT, INSERT ON broadcast_signatures TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE broadcast_signatures")
