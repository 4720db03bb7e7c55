//! Neighbours, spoken with over the wire.

mod grafana;
mod hosted;
mod opsgenie;
mod pagerduty;
mod places;
mod reach;
mod slack;
mod slow;
