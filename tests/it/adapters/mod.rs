//! Neighbours, spoken with over the wire.

mod slack;
