"""The ledger of everything that leaves: batches, chunks, messages, attempts, receipts, suppressions, routes."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE batches (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        month date NOT NULL,
        lane text NOT NULL CHECK (lane IN ('urgent', 'reply', 'bulk')),
        class text NOT NULL CHECK (class IN ('emergency', 'important', 'routine', 'reply')),
        texts jsonb NOT NULL,
        wants_answer boolean NOT NULL DEFAULT false,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paused', 'cancelled', 'finished')),
        expires_at timestamptz,
        total bigint NOT NULL DEFAULT 0,
        is_planned boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        finished_at timestamptz
    );
    CREATE INDEX batches_unfinished ON batches (lane, id) WHERE state IN ('open', 'paused');

    CREATE SEQUENCE messages_id CACHE 1;
    -- `cause` makes a single message unique (the inbound it answers, the event it tells of); a batch has one row a number.
    -- `body` is empty for a row of a batch: its text is the batch's, in the row's language.
    CREATE TABLE messages (
        month date NOT NULL,
        id bigint NOT NULL DEFAULT nextval('messages_id'),
        batch_id bigint,
        number_id bigint NOT NULL,
        lane text NOT NULL,
        class text NOT NULL,
        language text NOT NULL,
        body text,
        cause text,
        route text NOT NULL,
        reply_from text,
        wants_answer boolean NOT NULL DEFAULT false,
        status text NOT NULL DEFAULT 'queued' CHECK
            (status IN ('queued', 'sending', 'unconfirmed', 'sent', 'delivered', 'failed', 'skipped')),
        reason text,
        attempt smallint NOT NULL DEFAULT 0,
        resent boolean NOT NULL DEFAULT false,
        not_before timestamptz,
        expires_at timestamptz,
        claimed_at timestamptz,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (month, id)
    ) PARTITION BY RANGE (month);
    CREATE UNIQUE INDEX messages_once_a_batch ON messages (month, batch_id, number_id) WHERE batch_id IS NOT NULL;
    CREATE UNIQUE INDEX messages_cause ON messages (month, cause) WHERE cause IS NOT NULL;
    CREATE INDEX messages_single ON messages (lane, route, id) WHERE status = 'queued' AND batch_id IS NULL;
    CREATE INDEX messages_open ON messages (claimed_at) WHERE status = 'sending';
    CREATE INDEX messages_unconfirmed ON messages (number_id) WHERE status = 'unconfirmed';
    -- A row of a batch is found by its batch; an index of all numbers would cost a third of a fan-out.
    CREATE INDEX messages_number ON messages (number_id, created_at) WHERE batch_id IS NULL;

    -- Status is a rank that only rises within an attempt: 0 unknown, 1 sent, 2 failed, 3 delivered.
    CREATE TABLE attempts (
        month date NOT NULL,
        message_id bigint NOT NULL,
        number smallint NOT NULL,
        number_id bigint NOT NULL,
        route text NOT NULL,
        provider_id text,
        rank smallint NOT NULL CHECK (rank BETWEEN 0 AND 3),
        code text NOT NULL DEFAULT '',
        words text NOT NULL DEFAULT '',
        parts smallint,
        cost text,
        claimed_at timestamptz NOT NULL,
        settled_at timestamptz,
        PRIMARY KEY (month, message_id, number)
    ) PARTITION BY RANGE (month);
    CREATE INDEX attempts_provider ON attempts (provider_id, route) WHERE provider_id IS NOT NULL;

    CREATE TABLE chunks (
        batch_id bigint NOT NULL REFERENCES batches ON DELETE CASCADE,
        first_id bigint NOT NULL,
        last_id bigint NOT NULL,
        month date NOT NULL,
        lane text NOT NULL,
        route text NOT NULL,
        leased_until timestamptz,
        lease bigint NOT NULL DEFAULT 0,
        is_done boolean NOT NULL DEFAULT false,
        PRIMARY KEY (batch_id, route, first_id)
    );
    CREATE INDEX chunks_waiting ON chunks (lane, batch_id, first_id) WHERE NOT is_done;

    -- Every receipt is written here by the hook and applied in batches; what fits no attempt is kept for 48 hours.
    CREATE TABLE receipts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        route text NOT NULL,
        provider_id text,
        month date,
        message_id bigint,
        attempt smallint,
        number_id bigint,
        rank smallint NOT NULL,
        code text NOT NULL DEFAULT '',
        words text NOT NULL DEFAULT '',
        opted_out boolean NOT NULL DEFAULT false,
        received_at timestamptz NOT NULL,
        tried_at timestamptz
    );
    CREATE INDEX receipts_untried ON receipts (id) WHERE tried_at IS NULL;
    CREATE INDEX receipts_provider ON receipts (provider_id, route);
    CREATE INDEX receipts_number ON receipts (number_id);

    -- scope: `notices` (routine and important), `all`, or one `route` that the carrier blocks.
    CREATE TABLE suppressions (
        number_id bigint NOT NULL REFERENCES numbers,
        scope text NOT NULL CHECK (scope IN ('notices', 'all', 'route')),
        route text NOT NULL DEFAULT '',
        reason text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (number_id, scope, route)
    );
    CREATE TABLE routes (
        name text PRIMARY KEY,
        paused_at timestamptz,
        retry_at timestamptz,
        reason text NOT NULL DEFAULT '',
        suspects bigint[] NOT NULL DEFAULT '{}'
    );

    -- The application may not create tables, but the clock must open the months to come.
    CREATE FUNCTION open_months(upto date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        parent text;
        opened integer := 0;
        start date;
    BEGIN
        IF upto > current_date + interval '25 months' THEN
            RAISE EXCEPTION 'months may be opened two years ahead at most';
        END IF;
        FOREACH parent IN ARRAY ARRAY['messages', 'attempts'] LOOP
            start := date_trunc('month', current_date - interval '2 months')::date;
            WHILE start <= upto LOOP
                IF to_regclass(format('%I', parent || to_char(start, '_YYYY_MM'))) IS NULL THEN
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                        parent || to_char(start, '_YYYY_MM'), parent, start, (start + interval '1 month')::date);
                    EXECUTE format('ALTER TABLE %I SET (fillfactor = 70, autovacuum_analyze_scale_factor = 0.02)',
                        parent || to_char(start, '_YYYY_MM'));
                    opened := opened + 1;
                END IF;
                start := (start + interval '1 month')::date;
            END LOOP;
        END LOOP;
        RETURN opened;
    END $$;
    REVOKE ALL ON FUNCTION open_months(date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION open_months(date) TO kabar_app;
    SELECT open_months((current_date + interval '3 months')::date);

    GRANT SELECT, INSERT, UPDATE ON batches, messages, attempts, chunks, routes TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON receipts, suppressions TO kabar_app;
    GRANT USAGE ON SEQUENCE messages_id TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE routes, suppressions, receipts, chunks")
    op.execute("DROP TABLE attempts")
    op.execute("DROP TABLE messages")
    op.execute("DROP SEQUENCE messages_id; DROP TABLE batches; DROP FUNCTION open_months(date)")
