"""The whole conversation: tickets supported, hurried and rated; sessions that can be taken up again; PINs that lock."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
    -- `landmark` is the reporter's own word for a place; `rating` runs from 1, very pleased, to 4, disappointed.
    ALTER TABLE aspirations
        ADD on_behalf boolean NOT NULL DEFAULT false,
        ADD landmark text,
        ADD hurried_at timestamptz,
        ADD rating smallint CHECK (rating BETWEEN 1 AND 4);
    CREATE INDEX aspirations_alike ON aspirations (area, category, created_at);
    CREATE TABLE aspiration_supporters (
        aspiration_id bigint NOT NULL REFERENCES aspirations,
        number_id bigint NOT NULL REFERENCES numbers,
        at timestamptz NOT NULL,
        PRIMARY KEY (aspiration_id, number_id)
    );
    CREATE INDEX aspiration_supporters_number ON aspiration_supporters (number_id);

    -- `noted_at`: when `state` was written last; `checkpoint_at`: the checkpoint it may be taken up from, or none.
    ALTER TABLE ussd_sessions ADD noted_at timestamptz, ADD checkpoint_at timestamptz;
    DROP INDEX ussd_sessions_number;
    CREATE INDEX ussd_sessions_number ON ussd_sessions (number_id, noted_at);
    -- At which screens people lose or leave a session; counts alone.
    CREATE TABLE ussd_drops (
        day date NOT NULL,
        screen text NOT NULL,
        n bigint NOT NULL,
        PRIMARY KEY (day, screen)
    );

    ALTER TABLE officials ADD pin_failures smallint NOT NULL DEFAULT 0, ADD pin_locked_until timestamptz;

    -- People who asked to be telephoned.
    CREATE TABLE call_backs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        asked_at timestamptz NOT NULL,
        done_at timestamptz
    );
    CREATE UNIQUE INDEX call_backs_open ON call_backs (number_id) WHERE done_at IS NULL;

    -- Numbers to be erased once the SMS that says so is settled. `cause` is that message's.
    CREATE TABLE erasures (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        cause text NOT NULL,
        asked_at timestamptz NOT NULL,
        done_at timestamptz,
        outcome text CHECK (outcome IN ('erased', 'came back'))
    );
    CREATE UNIQUE INDEX erasures_open ON erasures (number_id) WHERE done_at IS NULL;
    -- All that is left of an erased number: its keyed hash, so that no list registers it again.
    CREATE TABLE erased_hashes (
        hash bytea PRIMARY KEY,
        at timestamptz NOT NULL
    );

    GRANT SELECT, INSERT, DELETE ON aspiration_supporters TO kabar_app;
    GRANT SELECT, INSERT, UPDATE ON ussd_drops, call_backs, erasures TO kabar_app;
    GRANT DELETE ON call_backs TO kabar_app;
    GRANT SELECT, INSERT, DELETE ON erased_hashes TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE erased_hashes, erasures, call_backs, ussd_drops, aspiration_supporters;
    ALTER TABLE officials DROP pin_failures, DROP pin_locked_until;
    DROP INDEX ussd_sessions_number;
    ALTER TABLE ussd_sessions DROP noted_at, DROP checkpoint_at;
    CREATE INDEX ussd_sessions_number ON ussd_sessions (number_id);
    DROP INDEX aspirations_alike;
    ALTER TABLE aspirations DROP on_behalf, DROP landmark, DROP hurried_at, DROP rating;
    """)
