//! Neighbours, spoken with over the wire.

mod opsgenie;
mod pagerduty;
mod reach;
mod slack;
