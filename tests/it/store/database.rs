//! Databases for tests: each test has a schema of its own on the server that `tests/run` starts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use tokio_postgres::{Client, NoTls};
use watchroom::store::postgres::{OpenError, Options, PostgresStore};

use super::kit::Counting;

/// How long a store of a test may be silent before another takes over what it carries out.
pub const LEASE: Duration = Duration::from_millis(900);

/// A schema that is gone when the test is.
pub struct Database {
    server: String,
    schema: String,
    /// What makes the documents.
    version: u32,
}

impl Database {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        #[expect(clippy::disallowed_methods, reason = "tests/run says where the server is")]
        let server = std::env::var("WATCHROOM_POSTGRES");
        let server = server.expect("WATCHROOM_POSTGRES, an address: `tests/run postgres` starts a server and sets it");
        let schema = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, schema, version: 1 };
        database.run(&format!("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}", database.schema));
        database
    }

    /// The server itself, without a schema.
    pub fn server(&self) -> &str {
        &self.server
    }

    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// As in `DATABASE_URL`.
    pub fn url(&self) -> String {
        format!("{}?options=-csearch_path%3D{1}&application_name={1}", self.server, self.schema)
    }

    pub fn open(&self) -> Result<PostgresStore, OpenError> {
        PostgresStore::open(&self.url(), Arc::new(Counting(self.version)), Options { lease: LEASE })
    }

    /// From now on stores come from a release that makes other documents.
    pub fn documents_are_made_otherwise(&mut self) {
        self.version += 1;
    }

    /// Runs statements.
    pub fn run(&self, statements: &str) {
        let statements = statements.to_owned();
        self.with(async move |client| client.batch_execute(&statements).await.unwrap());
    }

    /// A number that a statement gives.
    pub fn number(&self, statement: &str) -> i64 {
        let statement = statement.to_owned();
        self.with(async move |client| client.query_one(&statement, &[]).await.unwrap().get(0))
    }

    /// Whoever is connected with this schema loses the connection, as when the server starts anew.
    pub fn cut(&self) {
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = current_setting('search_path') AND pid <> pg_backend_pid()",
        );
    }

    fn with<T: Send + 'static>(&self, work: impl AsyncFnOnce(&Client) -> T + Send + 'static) -> T {
        let url = self.url();
        let apart = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let (client, link) = tokio_postgres::connect(&url, NoTls).await.unwrap();
                tokio::select! {
                    done = work(&client) => done,
                    _ = link => panic!("the connection was lost"),
                }
            })
        });
        apart.join().unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.run(&format!("DROP SCHEMA {} CASCADE", self.schema));
    }
}
