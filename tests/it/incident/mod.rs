//! What an incident may become, whatever is thrown at it.

mod bounds;
mod properties;
mod roles;
