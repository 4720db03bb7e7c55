//! Names of schedules and overrides.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::text_id;

text_id! {
    /// A schedule's name in commands and in the configuration.
    ScheduleId
}
text_id! {
    /// An override's name; never used twice in a schedule.
    OverrideId
}
