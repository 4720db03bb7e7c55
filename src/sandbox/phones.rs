//! What a bot is set up with to reach the sample people's telephones: an account at a Twilio, and a token at an ntfy, that only play.
//! Text messages and calls go to a telephone's number; a push goes to whoever has the topic for a name.

/// The account's id.
pub const TWILIO_ACCOUNT: &str = "AC00000000000000000000000000000001";
/// The account's token; it signs what is told of calls.
pub const TWILIO_TOKEN: &str = "sandbox-twilio-token";
/// The number that messages and calls come from.
pub const FROM: &str = "+12025550100";
/// Lets the bot publish pushes.
pub const NTFY_TOKEN: &str = "sandbox-ntfy-token";
