//! Neighbours, spoken with over the wire.

mod pagerduty;
mod slack;
