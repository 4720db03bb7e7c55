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

/// What the manifest says of `/incident` under `key`.
pub fn command(key: &str) -> String {
    let lines = MANIFEST.lines().skip_while(|line| line.trim() != "- command: /incident");
    lines.map(str::trim).find_map(|line| line.strip_prefix(&format!("{key}: "))).map(unquote).unwrap_or_default()
}

/// The app's shortcuts of one type (`global`, `message`): callback id and name.
pub fn shortcuts(kind: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = MANIFEST.lines().map(str::trim).skip_while(|line| *line != "shortcuts:").skip(1).collect();
    let found = lines.windows(3).filter_map(|three| {
        let name = three[0].strip_prefix("- name: ")?;
        let this = three[1].strip_prefix("type: ")? == kind;
        let id = three[2].strip_prefix("callback_id: ")?;
        this.then(|| (id.to_owned(), unquote(name)))
    });
    found.collect()
}

fn unquote(text: &str) -> String {
    text.trim().trim_matches('"').to_owned()
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
        assert!(command("usage_hint").contains("declare"), "{}", command("usage_hint"));
        assert_eq!(shortcuts("global"), [("declare".to_owned(), "Declare an incident".to_owned())]);
        assert_eq!(shortcuts("message").len(), 2);
        assert!(scopes().iter().chain(&events()).all(|s| !s.contains([' ', '#'])));
    }
}
