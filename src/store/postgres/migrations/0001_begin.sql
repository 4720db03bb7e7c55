-- The record: what was accepted, in the order of commits. `body` is to the letter what was hashed.
CREATE TABLE watchroom_event (
    stream bytea NOT NULL,
    seq bigint NOT NULL,
    commit_number bigint NOT NULL,
    nth bigint NOT NULL,
    at text NOT NULL,
    hash bytea NOT NULL,
    body text NOT NULL,
    texts text,
    erased boolean NOT NULL DEFAULT false,
    PRIMARY KEY (stream, seq)
);

CREATE UNIQUE INDEX watchroom_event_order ON watchroom_event (commit_number, nth);

-- Everything else: heads, documents, jobs, receipts and remembered keys, under the keys of `store/keys.rs`.
CREATE TABLE watchroom_entry (
    key bytea PRIMARY KEY,
    value bytea NOT NULL
);

-- One row. Whoever holds its lock writes; all others wait their turn.
CREATE TABLE watchroom_state (
    id bigint PRIMARY KEY,
    layout bigint NOT NULL,
    projector bigint,
    commits bigint NOT NULL,
    jobs bigint NOT NULL,
    at text NOT NULL
);

INSERT INTO watchroom_state (id, layout, projector, commits, jobs, at) VALUES (1, 1, NULL, 0, 0, '1970-01-01T00:00:00Z');

-- The last group of each process: tells whether a commit was made whose answer was lost.
CREATE TABLE watchroom_writer (
    id bytea PRIMARY KEY,
    groups bigint NOT NULL,
    seen timestamptz NOT NULL DEFAULT now()
);

-- Who carries out jobs. The fence grows with each new holder.
CREATE TABLE watchroom_lease (
    name text PRIMARY KEY,
    holder bytea NOT NULL,
    fence bigint NOT NULL,
    until timestamptz NOT NULL
);
