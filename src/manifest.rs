//! What the Slack app asks for, read from `manifest.yml`, which is the one place that says it.

/// The file itself.
pub const MANIFEST: &str = include_str!("../manifest.yml");

/// The bot's OAuth scopes.
pub fn scopes() -> Vec<String> {
    list(MANIFEST, "bot")
}

/// The events that the bot listens to.
pub fn events() -> Vec<String> {
    list(MANIFEST, "bot_events")
}

/// The plain list under `key:`. Our own file is this simple; a reader for all of YAML would be a dependency for two lists.
fn list(yaml: &str, key: &str) -> Vec<String> {
    let wanted = format!("{key}:");
    let lines = yaml.lines().skip_while(|line| line.trim() != wanted).skip(1);
    let items = lines.map(str::trim).filter(|line| !line.starts_with('#')).map_while(|line| line.strip_prefix("- "));
    items.map(|item| item.split(" #").next().unwrap_or(item).trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read_without_their_comments() {
        assert!(scopes().contains(&"chat:write".to_owned()), "{:?}", scopes());
        assert!(events().contains(&"reaction_added".to_owned()), "{:?}", events());
        assert!(scopes().iter().chain(&events()).all(|s| !s.contains([' ', '#'])));
    }
}
