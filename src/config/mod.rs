//! Settings: `watchroom.toml` and the environment, read once at start, every problem told at once.

mod settings;

pub use settings::Settings;
