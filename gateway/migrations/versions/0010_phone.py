"""Officials by phone: one-time codes they were asked for, orders they gave, who is on duty, whom we asked to approve."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
    -- `totp_step`: the last time step whose code was used, so that no code counts twice.
    ALTER TABLE officials
        ADD code_failures smallint NOT NULL DEFAULT 0,
        ADD code_locked_until timestamptz,
        ADD totp_cipher bytea,
        ADD totp_key_no integer,
        ADD totp_step bigint;
    -- What a code was asked for: an act on a subject as it was shown (`hash`). Without a cell only a TOTP answers it.
    CREATE TABLE code_asks (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        official_id bigint NOT NULL REFERENCES officials,
        act text NOT NULL,
        subject text NOT NULL,
        hash text NOT NULL,
        serial integer,
        cell text,
        ends_at timestamptz NOT NULL,
        closed_at timestamptz,
        outcome text,
        FOREIGN KEY (official_id, serial, cell) REFERENCES official_cards
    );
    CREATE UNIQUE INDEX code_asks_open ON code_asks (official_id, act, subject) WHERE closed_at IS NULL;
    CREATE UNIQUE INDEX code_asks_cell ON code_asks (official_id, serial, cell) WHERE closed_at IS NULL;
    -- Orders by SMS, by keyed hash of their words: the same words within ten minutes are one order.
    CREATE TABLE official_orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        official_id bigint NOT NULL REFERENCES officials,
        digest bytea NOT NULL,
        subject text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX official_orders_same ON official_orders (official_id, digest, at);
    -- Weekdays from 1, Monday; none means every day. Hours are the city's; an end before the beginning is next morning's.
    CREATE TABLE duties (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        official_id bigint NOT NULL REFERENCES officials,
        place smallint NOT NULL CHECK (place BETWEEN 1 AND 9),
        weekdays smallint[] NOT NULL DEFAULT '{}',
        begins time NOT NULL,
        ends time NOT NULL,
        first_day date,
        last_day date,
        CHECK (last_day IS NULL OR first_day IS NULL OR first_day <= last_day)
    );
    CREATE INDEX duties_official ON duties (official_id);

    -- Whom we asked by SMS to approve what was submitted then, as it was then.
    CREATE TABLE approval_requests (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        submitted_at timestamptz NOT NULL,
        hash text NOT NULL,
        official_id bigint NOT NULL REFERENCES officials,
        asked_at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, submitted_at, hash, official_id)
    );
    -- What the author was told of a broadcast by SMS, each once.
    CREATE TABLE broadcast_notices (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        kind text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, kind)
    );

    CREATE INDEX broadcasts_changed ON broadcasts (changed_at);
    -- Corrections neither heed the weekly cap nor count for it.
    ALTER TABLE batches ADD is_capped boolean NOT NULL DEFAULT true;

    -- A one-time code of an SMS, sealed, until the message is understood; the body never holds it.
    ALTER TABLE inbound ADD code_cipher bytea, ADD code_key_no integer;

    GRANT SELECT, INSERT, UPDATE ON code_asks TO kabar_app;
    GRANT SELECT, INSERT, DELETE ON official_orders, duties TO kabar_app;
    GRANT SELECT, INSERT ON approval_requests, broadcast_notices TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX broadcasts_changed;
    ALTER TABLE batches DROP is_capped;
    ALTER TABLE inbound DROP code_cipher, DROP code_key_no;
    DROP TABLE broadcast_notices, approval_requests, duties, official_orders, code_asks;
    ALTER TABLE officials DROP code_failures, DROP code_locked_until, DROP totp_cipher, DROP totp_key_no, DROP totp_step;
    """)
