"""The desks: verdicts with versions, wordings of claims, clocks of rumours; items with corrections; relay tasks."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
    -- `merged`: its people and wordings went to `merged_into`. `moved`: it was a complaint and is a ticket now. `erased`:
    -- whoever alone asked it is gone, and so are its words.
    ALTER TABLE rumours
        DROP CONSTRAINT rumours_state_check,
        ADD CONSTRAINT rumours_state_check CHECK (state IN ('open', 'published', 'merged', 'moved', 'erased')),
        ADD merged_into bigint REFERENCES rumours,
        ADD kind text,
        ADD version integer NOT NULL DEFAULT 0,
        ADD harm smallint NOT NULL DEFAULT 1 CHECK (harm BETWEEN 1 AND 3),
        ADD askers integer NOT NULL DEFAULT 0,
        ADD places text[] NOT NULL DEFAULT '{}',
        ADD is_trusted boolean NOT NULL DEFAULT false,
        ADD is_telling boolean NOT NULL DEFAULT false,
        ADD is_spreading boolean NOT NULL DEFAULT false,
        ADD due_at timestamptz,
        ADD warned_at timestamptz,
        ADD first_word_at timestamptz,
        ADD alarmed_at timestamptz,
        ADD CONSTRAINT rumours_merged_into CHECK ((state = 'merged') = (merged_into IS NOT NULL));
    UPDATE rumours SET version = 1 WHERE state = 'published';
    UPDATE rumours r SET askers = (SELECT count(*) FROM rumour_askers a WHERE a.rumour_id = r.id);
    -- Where a claim stands in the desk's list: open ones first, by askers times harm, the older first; then the newest.
    ALTER TABLE rumours ADD place bigint GENERATED ALWAYS AS (
        CASE WHEN state = 'open'
             THEN 50000000000000000 + least(askers * harm, 49999999)::bigint * 1000000000 + (999999999 - id)
             ELSE id END) STORED;
    CREATE INDEX rumours_queue ON rumours (place DESC) WHERE state IN ('open', 'published');
    CREATE INDEX rumours_telling ON rumours (id) WHERE is_telling;
    CREATE INDEX rumours_due ON rumours (due_at) WHERE state = 'open' AND first_word_at IS NULL;
    CREATE INDEX rumours_unwarned ON rumours (due_at) WHERE state = 'open' AND warned_at IS NULL;
    CREATE INDEX rumours_spreading ON rumours (id) WHERE is_spreading AND alarmed_at IS NULL;
    CREATE INDEX rumours_merged ON rumours (merged_into) WHERE merged_into IS NOT NULL;
    DROP INDEX rumours_latest;
    CREATE INDEX rumours_latest ON rumours (checked_at DESC, id DESC) WHERE state = 'published';

    -- `told`: the version this person was last told; 0 that it is being checked, -1 nothing yet.
    ALTER TABLE rumour_askers ADD area text, ADD told integer NOT NULL DEFAULT -1;
    CREATE INDEX rumour_askers_untold ON rumour_askers (rumour_id, told);

    CREATE TABLE rumour_verdicts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rumour_id bigint NOT NULL REFERENCES rumours,
        state text NOT NULL CHECK (state IN ('submitted', 'approved', 'rejected', 'replaced')),
        version integer,
        label text NOT NULL CHECK (label IN ('salah', 'menyesatkan', 'benar', 'belum_terbukti')),
        kind text,
        summary text NOT NULL,
        fact text NOT NULL,
        sources text[] NOT NULL,
        hash text NOT NULL,
        author_id bigint NOT NULL REFERENCES officials,
        written_at timestamptz NOT NULL,
        decided_by bigint REFERENCES officials,
        decided_at timestamptz,
        note text,
        CHECK (state <> 'approved' OR (version IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> author_id)),
        UNIQUE (rumour_id, version)
    );
    CREATE UNIQUE INDEX rumour_verdicts_waiting ON rumour_verdicts (rumour_id) WHERE state = 'submitted';
    INSERT INTO rumour_verdicts (rumour_id, state, version, label, summary, fact, sources, hash, author_id, written_at,
                                 decided_by, decided_at)
    SELECT id, 'approved', 1, label, summary, coalesce(fact, ''), sources, '', author_id, checked_at, approver_id, checked_at
    FROM rumours WHERE state = 'published';

    -- The words by which a claim is known. Those that a person has seen to mean it are compared with new ones (`words`);
    -- others were taken for it by that comparison, and are found again in just these words alone.
    CREATE TABLE rumour_wordings (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rumour_id bigint NOT NULL REFERENCES rumours,
        hash bytea NOT NULL UNIQUE,
        words text
    );
    CREATE INDEX rumour_wordings_of ON rumour_wordings (rumour_id);
    CREATE TABLE rumour_words (
        word text NOT NULL,
        wording_id bigint NOT NULL REFERENCES rumour_wordings ON DELETE CASCADE,
        PRIMARY KEY (word, wording_id)
    );
    CREATE INDEX rumour_words_of ON rumour_words (wording_id);
    INSERT INTO rumour_wordings (rumour_id, hash, words)
    SELECT DISTINCT ON (claim_hash) id, claim_hash, lower(claim) FROM rumours WHERE claim <> ''
    ORDER BY claim_hash, (state = 'published') DESC, id DESC;
    INSERT INTO rumour_words (word, wording_id)
    SELECT DISTINCT word, w.id FROM rumour_wordings w, regexp_split_to_table(w.words, '[^a-z0-9]+') AS word
    WHERE word <> '';
    -- Known claims that a new one might be, for a person to say.
    CREATE TABLE rumour_matches (
        rumour_id bigint NOT NULL REFERENCES rumours,
        candidate_id bigint NOT NULL REFERENCES rumours,
        likeness smallint NOT NULL,
        differs boolean NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'denied')),
        decided_by bigint REFERENCES officials,
        decided_at timestamptz,
        PRIMARY KEY (rumour_id, candidate_id)
    );
    CREATE INDEX rumour_matches_to ON rumour_matches (candidate_id);

    GRANT SELECT, INSERT, UPDATE (state, version, summary, decided_by, decided_at, note) ON rumour_verdicts TO kabar_app;
    GRANT SELECT, INSERT, UPDATE (rumour_id), DELETE ON rumour_wordings TO kabar_app;
    GRANT SELECT, INSERT, DELETE ON rumour_words TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON rumour_matches TO kabar_app;

    -- Who wrote, who approved, which item a correction takes the place of; and what a project costs and how far it is.
    ALTER TABLE items
        ADD corrects_id bigint REFERENCES items,
        ADD hash text NOT NULL DEFAULT '',
        ADD submitted_at timestamptz,
        ADD approved_at timestamptz,
        ADD retired_at timestamptz,
        ADD note text,
        ADD office text REFERENCES offices,
        ADD budget bigint CHECK (budget >= 0),
        ADD percent smallint CHECK (percent BETWEEN 0 AND 100),
        ADD is_telling boolean NOT NULL DEFAULT false,
        ADD words tsvector GENERATED ALWAYS AS (
            jsonb_to_tsvector('simple', titles, '["string"]') || jsonb_to_tsvector('simple', texts, '["string"]')) STORED,
        ADD CONSTRAINT items_valid CHECK (valid_until > valid_from),
        ADD CONSTRAINT items_sourced CHECK (state NOT IN ('submitted', 'published') OR source <> '');
    CREATE SEQUENCE item_number START 101;
    CREATE INDEX items_words ON items USING gin (words) WHERE state = 'published';
    CREATE INDEX items_telling ON items (id) WHERE is_telling;
    CREATE INDEX items_corrects ON items (corrects_id) WHERE corrects_id IS NOT NULL;
    -- Who got an item by SMS: they are told when it is put right, and asked once whether it was of use.
    CREATE TABLE item_readers (
        item_id bigint NOT NULL REFERENCES items,
        number_id bigint NOT NULL REFERENCES numbers,
        at timestamptz NOT NULL,
        is_useful boolean,
        told_id bigint REFERENCES items,
        PRIMARY KEY (item_id, number_id)
    );
    CREATE INDEX item_readers_number ON item_readers (number_id);
    -- What people looked for and did not find; nobody's number stands here.
    CREATE TABLE item_misses (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cause text NOT NULL UNIQUE,
        words text NOT NULL,
        topic text NOT NULL,
        area text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX item_misses_at ON item_misses (at);
    GRANT SELECT, INSERT, UPDATE, DELETE ON item_readers TO kabar_app;
    GRANT SELECT, INSERT, DELETE ON item_misses TO kabar_app;
    GRANT USAGE ON SEQUENCE item_number TO kabar_app;

    -- What a KIM is asked to read aloud or put up, and in how many RT it was.
    CREATE TABLE relay_tasks (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        code text NOT NULL,
        area text NOT NULL REFERENCES areas,
        script text NOT NULL,
        wanted smallint CHECK (wanted > 0),
        author_id bigint NOT NULL REFERENCES officials,
        created_at timestamptz NOT NULL,
        UNIQUE (code, area)
    );
    CREATE INDEX relay_tasks_area ON relay_tasks (area);
    CREATE TABLE relay_reports (
        task_id bigint NOT NULL REFERENCES relay_tasks,
        official_id bigint NOT NULL REFERENCES officials,
        reached smallint NOT NULL CHECK (reached BETWEEN 1 AND 99),
        at timestamptz NOT NULL,
        PRIMARY KEY (task_id, official_id)
    );
    GRANT SELECT, INSERT ON relay_tasks TO kabar_app;
    GRANT SELECT, INSERT, UPDATE (reached, at) ON relay_reports TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE relay_reports, relay_tasks, item_misses, item_readers;
    DROP INDEX items_words, items_telling, items_corrects;
    ALTER TABLE items
        DROP words, DROP is_telling, DROP percent, DROP budget, DROP office, DROP note, DROP retired_at, DROP approved_at,
        DROP submitted_at, DROP hash, DROP corrects_id,
        DROP CONSTRAINT items_valid, DROP CONSTRAINT items_sourced;
    DROP SEQUENCE item_number;
    DROP TABLE rumour_matches, rumour_words, rumour_wordings, rumour_verdicts;
    DROP INDEX rumour_askers_untold;
    ALTER TABLE rumour_askers DROP told, DROP area;
    DROP INDEX rumours_queue, rumours_telling, rumours_due, rumours_unwarned, rumours_spreading, rumours_merged, rumours_latest;
    CREATE INDEX rumours_latest ON rumours (checked_at DESC) WHERE state = 'published';
    DELETE FROM rumour_askers a USING rumours r WHERE r.id = a.rumour_id AND r.state NOT IN ('open', 'published');
    DELETE FROM rumours WHERE state NOT IN ('open', 'published');
    ALTER TABLE rumours
        DROP place, DROP alarmed_at, DROP first_word_at, DROP warned_at, DROP due_at, DROP is_spreading, DROP is_telling,
        DROP is_trusted, DROP places, DROP askers, DROP harm, DROP version, DROP kind,
        DROP CONSTRAINT rumours_merged_into, DROP merged_into,
        DROP CONSTRAINT rumours_state_check,
        ADD CONSTRAINT rumours_state_check CHECK (state IN ('open', 'published'));
    """)
