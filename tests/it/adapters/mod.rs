//! Neighbours, spoken with over the wire.

mod grafana;
mod opsgenie;
mod pagerduty;
mod reach;
mod slack;
mod slow;
