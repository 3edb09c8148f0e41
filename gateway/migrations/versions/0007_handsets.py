"""The simulated company's handsets (development only): what each phone of the simulator has received."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE handset_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        provider_id text NOT NULL UNIQUE,
        sender text NOT NULL,
        body text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX handset_messages_number ON handset_messages (number_id, id);
    GRANT SELECT, INSERT, DELETE ON handset_messages TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE handset_messages")
