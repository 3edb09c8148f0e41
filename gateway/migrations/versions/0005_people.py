"""Officials with their tokens, PINs and paper cards; residents with their consent on record."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE officials (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        role text NOT NULL CHECK
            (role IN ('admin', 'approver', 'kim', 'lurah', 'office', 'emergency', 'auditor', 'dpo')),
        area text NOT NULL REFERENCES areas,
        office text REFERENCES offices,
        number_id bigint NOT NULL REFERENCES numbers,
        token_hash bytea UNIQUE,
        pin_hash text,
        is_demo boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        disabled_at timestamptz,
        CHECK ((role = 'office') = (office IS NOT NULL))
    );
    CREATE INDEX officials_number ON officials (number_id);
    CREATE TABLE official_cards (
        official_id bigint NOT NULL REFERENCES officials,
        serial integer NOT NULL,
        cell text NOT NULL,
        code_hash bytea NOT NULL,
        used_at timestamptz,
        voided_at timestamptz,
        PRIMARY KEY (official_id, serial, cell)
    );

    CREATE TABLE residents (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL UNIQUE REFERENCES numbers,
        name text,
        area text REFERENCES areas,
        rt text,
        rw text,
        language text NOT NULL DEFAULT 'id',
        topics text[] NOT NULL DEFAULT '{}',
        groups text[] NOT NULL DEFAULT '{}',
        state text NOT NULL CHECK (state IN ('active', 'pending', 'stopped')),
        is_demo boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
    );
    CREATE INDEX residents_area ON residents (area) WHERE state = 'active';
    -- The ledger of consent: what was agreed to, how, in which words, and when. Rows are never changed.
    CREATE TABLE consents (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        how text NOT NULL CHECK (how IN ('sms', 'ussd', 'paper', 'verbal', 'sheet')),
        given boolean NOT NULL,
        text_version text NOT NULL,
        language text NOT NULL,
        answer text,
        by text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX consents_number ON consents (number_id, at);

    GRANT SELECT, INSERT, UPDATE ON officials, official_cards TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON residents TO kabar_app;
    GRANT SELECT, INSERT ON consents TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE consents, residents, official_cards, officials")
