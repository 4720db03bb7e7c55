//! In memory, for simulation.
