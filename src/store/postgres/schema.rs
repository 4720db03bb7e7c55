//! The tables: made and changed by numbered files, by whichever process comes first.
//!
//! A change first adds what the next release needs and takes nothing away from the one before, which may run beside it; a
//! later one takes away what no release uses any more. A release never looks at numbers above its own.

use tokio_postgres::{Client, Error, error::SqlState};

use super::{OpenError, connect::Address, group::limit};

/// Every change, in order.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_begin.sql")];
/// The oldest server that is known to do, as `server_version_num` has it.
const OLDEST: i64 = 130_000;
/// So often it is looked again whether another process has made a change.
const TRIES: u32 = 20;

/// Makes the tables what this release needs.
pub(super) async fn prepare(client: &Client, address: &Address) -> Result<(), OpenError> {
    let failed = |error: Error| OpenError::of(address, &error);
    is_usable(client, address).await?;
    for (number, change) in (1_i64..).zip(MIGRATIONS) {
        let mut tries = 0;
        while !is_done(client, number).await.map_err(failed)? {
            tries += 1;
            match make(client, number, change).await {
                // Another process was faster, or was about to be.
                Err(error) if tries < TRIES && is_race(&error) => {}
                made => made.map_err(failed)?,
            }
        }
    }
    Ok(())
}

/// Are all tables there that this release needs? Nothing is changed.
pub(super) async fn is_there(client: &Client, address: &Address) -> Result<bool, OpenError> {
    let failed = |error: Error| OpenError::of(address, &error);
    is_usable(client, address).await?;
    for number in 1..=limit(MIGRATIONS.len()) {
        if !is_done(client, number).await.map_err(failed)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Is the server new enough?
async fn is_usable(client: &Client, address: &Address) -> Result<(), OpenError> {
    let failed = |error: Error| OpenError::of(address, &error);
    let row = client
        .query_one("SELECT current_setting('server_version_num'), current_setting('server_version')", &[])
        .await
        .map_err(failed)?;
    let (number, version): (String, String) = (row.get(0), row.get(1));
    if !is_new_enough(&number) {
        return Err(OpenError::TooOld { at: address.to_string(), version });
    }
    Ok(())
}

fn is_new_enough(number: &str) -> bool {
    number.parse::<i64>().is_ok_and(|number| number >= OLDEST)
}

async fn is_done(client: &Client, number: i64) -> Result<bool, Error> {
    let found = client.query_opt("SELECT 1 FROM watchroom_migration WHERE number = $1", &[&number]).await;
    match found {
        Ok(row) => Ok(row.is_some()),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn make(client: &Client, number: i64, change: &str) -> Result<(), Error> {
    if number == 1 {
        let table = "CREATE TABLE IF NOT EXISTS watchroom_migration (number bigint PRIMARY KEY, made timestamptz NOT NULL \
                     DEFAULT now())";
        client.batch_execute(table).await?;
    }
    // The number first: it is the lock that keeps two processes from making the same change.
    let all = format!("BEGIN; INSERT INTO watchroom_migration (number) VALUES ({number}); {change}; COMMIT");
    let made = client.batch_execute(&all).await;
    if made.is_err() {
        client.batch_execute("ROLLBACK").await?;
    }
    made
}

fn is_race(error: &Error) -> bool {
    let races = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| races.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_are_too_old_are_told_from_others() {
        assert!(is_new_enough("130000") && is_new_enough("170004"));
        assert!(!is_new_enough("120022") && !is_new_enough("90624") && !is_new_enough("unknown"));
    }
}
