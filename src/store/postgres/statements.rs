//! Every statement of a running store, prepared once for each connection.

use futures_util::future::try_join_all;
use tokio_postgres::{Client, Error, Statement};

/// What is asked of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Entry,
    EntriesUp,
    EntriesDown,
    Lanes,
    Events,
    State,
    TakeLease,
    LeaveLease,
}

impl Ask {
    const ALL: [Self; 8] = [
        Self::Entry,
        Self::EntriesUp,
        Self::EntriesDown,
        Self::Lanes,
        Self::Events,
        Self::State,
        Self::TakeLease,
        Self::LeaveLease,
    ];

    const fn sql(self) -> &'static str {
        match self {
            Self::Entry => "SELECT value FROM watchroom_entry WHERE key = $1",
            Self::EntriesUp => {
                "SELECT key, value FROM watchroom_entry WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"
            }
            Self::EntriesDown => {
                "SELECT key, value FROM watchroom_entry WHERE key >= $1 AND key < $2 ORDER BY key DESC LIMIT $3"
            }
            // The length of a lane's name stands before it, in four bytes of which the last two can be other than zero.
            Self::Lanes => {
                "SELECT DISTINCT substring(key FROM 1 FOR 5 + get_byte(key, 3) * 256 + get_byte(key, 4)) AS lane \
                 FROM watchroom_entry WHERE key >= $1 AND key < $2 ORDER BY lane"
            }
            Self::Events => {
                "SELECT seq, at, body, texts, erased FROM watchroom_event WHERE stream = $1 AND seq >= $2 ORDER BY seq \
                 LIMIT $3"
            }
            Self::State => "SELECT commits, projector FROM watchroom_state WHERE id = 1",
            // Held by another process until the database's clock says otherwise.
            Self::TakeLease => {
                "INSERT INTO watchroom_lease (name, holder, fence, until) \
                 VALUES ('jobs', $1, 1, now() + $2::bigint * interval '1 millisecond') \
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, \
                 fence = watchroom_lease.fence + CASE WHEN watchroom_lease.holder = excluded.holder THEN 0 ELSE 1 END \
                 WHERE watchroom_lease.holder = excluded.holder OR watchroom_lease.until < now() \
                 RETURNING fence"
            }
            Self::LeaveLease => {
                "UPDATE watchroom_lease SET until = now() - interval '1 second' WHERE name = 'jobs' AND holder = $1 \
                 RETURNING fence"
            }
        }
    }
}

/// The statements of whoever reads.
pub(super) struct Asks(Vec<Statement>);

impl Asks {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        try_join_all(Ask::ALL.map(|ask| client.prepare(ask.sql()))).await.map(Self)
    }

    pub fn of(&self, ask: Ask) -> &Statement {
        &self.0[ask as usize]
    }
}

/// The statements of the committer, in the order in which a group needs them.
pub(super) struct Writes {
    /// Waits for its turn.
    pub lock: Statement,
    /// How many groups this process has made.
    pub made: Statement,
    /// Who may finish jobs; nobody takes them over until the group is done.
    pub fence: Statement,
    pub fetch: Statement,
    pub expired: Statement,
    pub events: Statement,
    pub erase: Statement,
    pub delete: Statement,
    pub put: Statement,
    pub count: Statement,
    pub mark: Statement,
    /// None where the server knows no notifications: others look by themselves.
    pub notify: Option<Statement>,
}

impl Writes {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let all = try_join_all([
            client.prepare("SELECT layout, projector, commits, jobs, at FROM watchroom_state WHERE id = 1 FOR UPDATE"),
            client.prepare("SELECT groups FROM watchroom_writer WHERE id = $1"),
            client.prepare("SELECT holder, fence FROM watchroom_lease WHERE name = 'jobs' FOR UPDATE"),
            client.prepare(
                "SELECT key, value FROM watchroom_entry WHERE key = ANY($1::bytea[]) UNION ALL \
                 SELECT place.key, place.value FROM watchroom_entry job JOIN watchroom_entry place ON place.key = job.value \
                 WHERE job.key = ANY($2::bytea[])",
            ),
            client.prepare("SELECT key FROM watchroom_entry WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"),
            client.prepare(
                "INSERT INTO watchroom_event (stream, seq, commit_number, nth, at, hash, body, texts) \
                 SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], \
                 $7::text[], $8::text[])",
            ),
            client.prepare(
                "UPDATE watchroom_event SET texts = NULL, erased = true \
                 FROM unnest($1::bytea[], $2::bigint[]) AS gone (stream, seq) \
                 WHERE watchroom_event.stream = gone.stream AND watchroom_event.seq = gone.seq AND texts IS NOT NULL",
            ),
            client.prepare("DELETE FROM watchroom_entry WHERE key = ANY($1::bytea[])"),
            client.prepare(
                "INSERT INTO watchroom_entry (key, value) SELECT * FROM unnest($1::bytea[], $2::bytea[]) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ),
            client.prepare("UPDATE watchroom_state SET commits = $1, jobs = $2, at = $3 WHERE id = 1"),
            client.prepare(
                "INSERT INTO watchroom_writer (id, groups) VALUES ($1, $2) \
                 ON CONFLICT (id) DO UPDATE SET groups = excluded.groups, seen = now()",
            ),
        ]);
        let [lock, made, fence, fetch, expired, events, erase, delete, put, count, mark] =
            <[Statement; 11]>::try_from(all.await?).expect("as many as were prepared");
        let notify = client.prepare("SELECT pg_notify($1, $2)").await.ok();
        Ok(Self { lock, made, fence, fetch, expired, events, erase, delete, put, count, mark, notify })
    }
}
