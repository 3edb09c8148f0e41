"""Every phone number once, every act once."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
    -- `prefix` is + and seven digits, all that routing may see. An erased number keeps its row and loses lookup and cipher.
    CREATE TABLE numbers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        lookup bytea UNIQUE,
        cipher bytea,
        key_no smallint NOT NULL,
        prefix text NOT NULL,
        is_demo boolean NOT NULL DEFAULT false,
        -- The language a person chose without being registered.
        language text,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    -- `tx` tells which rows are sure to be complete: no transaction below the oldest running one can add any more.
    CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at timestamptz NOT NULL,
        actor text NOT NULL,
        act text NOT NULL,
        subject text NOT NULL,
        number_id bigint,
        detail jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX audit_tx ON audit (tx, id);
    CREATE INDEX audit_subject ON audit (subject, id);
    CREATE INDEX audit_number ON audit (number_id, id) WHERE number_id IS NOT NULL;
    CREATE TABLE audit_seals (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        upto xid8 NOT NULL UNIQUE,
        rows bigint NOT NULL,
        digest bytea NOT NULL,
        sealed_at timestamptz NOT NULL
    );
    GRANT SELECT, INSERT, UPDATE ON numbers TO kabar_app;
    GRANT SELECT, INSERT ON audit, audit_seals TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE audit_seals, audit, numbers")
