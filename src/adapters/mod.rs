//! Neighbours in their own words, behind [`ports`](crate::ports) in ours.

pub mod address;
pub mod calendar;
pub mod http;
pub mod oncall;
pub mod publish;
pub mod reach;
pub mod slack;
