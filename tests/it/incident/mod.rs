//! What an incident may become, whatever is thrown at it.

mod properties;
mod roles;
