"""Tickets that SP4N-LAPOR has under its own number or sent us without anyone's, an index for offices, and quizzes."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
    -- `lapor`: the number under which SP4N-LAPOR has the ticket. Its own reporters are answered there, and are nobody here.
    ALTER TABLE aspirations ADD lapor text UNIQUE, ALTER number_id DROP NOT NULL,
        DROP CONSTRAINT aspirations_channel_check,
        ADD CONSTRAINT aspirations_channel_check CHECK (channel IN ('sms', 'ussd', 'api', 'lapor')),
        ADD CONSTRAINT aspirations_reporter CHECK (number_id IS NOT NULL OR (channel = 'lapor' AND lapor IS NOT NULL));
    -- Figures by office count what was forwarded too.
    DROP INDEX aspiration_events_at;
    CREATE INDEX aspiration_events_at ON aspiration_events (at)
        WHERE verb IN ('verify', 'forward', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse');

    -- `quiz`: {"options": {"1": "benar", …}, "right": "2", "facts": {"id": …}}; `results_at`: when all who answered were told.
    ALTER TABLE items ADD quiz jsonb, ADD results_at timestamptz;
    CREATE INDEX items_quizzes ON items (valid_until) WHERE quiz IS NOT NULL;
    -- `area`: where whoever answered lived then.
    CREATE TABLE quiz_answers (
        item_id bigint NOT NULL REFERENCES items,
        number_id bigint NOT NULL REFERENCES numbers,
        choice text NOT NULL,
        area text REFERENCES areas,
        language text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (item_id, number_id)
    );
    CREATE INDEX quiz_answers_number ON quiz_answers (number_id);
    GRANT SELECT, INSERT ON quiz_answers TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE quiz_answers; ALTER TABLE items DROP quiz, DROP results_at;")
    # A ticket without a reporter has no place in the older schema; LAPOR still has it.
    op.execute("""
    UPDATE aspirations SET merged_into = NULL, state = 'archived'
    WHERE merged_into IN (SELECT id FROM aspirations WHERE number_id IS NULL);
    DELETE FROM aspiration_supporters WHERE aspiration_id IN (SELECT id FROM aspirations WHERE number_id IS NULL);
    DELETE FROM aspiration_events WHERE aspiration_id IN (SELECT id FROM aspirations WHERE number_id IS NULL);
    DELETE FROM aspirations WHERE number_id IS NULL;
    ALTER TABLE aspirations DROP CONSTRAINT aspirations_reporter, DROP CONSTRAINT aspirations_channel_check, DROP lapor,
        ADD CONSTRAINT aspirations_channel_check CHECK (channel IN ('sms', 'ussd', 'api'));
    ALTER TABLE aspirations ALTER number_id SET NOT NULL;
    DROP INDEX aspiration_events_at;
    CREATE INDEX aspiration_events_at ON aspiration_events (at)
        WHERE verb IN ('verify', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse');
    """)
