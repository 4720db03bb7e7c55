//! What Slack makes of typed text: `@alice` becomes a mention, `&` an entity, an address a link.

use super::Workspace;

/// Text of a slash command with `should_escape`: mentions carry their name, `<@U1|alice>`.
pub fn escape_command(workspace: &Workspace, typed: &str) -> String {
    expand(workspace, typed, true)
}

/// Text of an ordinary message: `<@U1>`.
pub fn escape_message(workspace: &Workspace, typed: &str) -> String {
    expand(workspace, typed, false)
}

fn expand(workspace: &Workspace, typed: &str, named: bool) -> String {
    let mut out = String::with_capacity(typed.len());
    let mut rest = typed;
    let mut boundary = true;
    while let Some(first) = rest.chars().next() {
        let link = boundary && (rest.starts_with("http://") || rest.starts_with("https://"));
        let found = match first {
            '@' | '#' if boundary => mention(workspace, rest, named),
            _ if link => {
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|')).unwrap_or(rest.len());
                let mut url = String::new();
                rest[..end].chars().for_each(|c| push_escaped(&mut url, c));
                Some((format!("<{url}>"), end))
            }
            _ => None,
        };
        if let Some((replacement, length)) = found {
            out.push_str(&replacement);
            rest = &rest[length..];
            boundary = false;
        } else {
            push_escaped(&mut out, first);
            boundary = !first.is_alphanumeric();
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// The mention at the start of `text`, and how many bytes of it were the name.
fn mention(workspace: &Workspace, text: &str, named: bool) -> Option<(String, usize)> {
    let sigil = text.chars().next()?;
    let body = &text[1..];
    let end = body.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(body.len());
    // `@alice.` at the end of a sentence is alice.
    let word = body[..end].trim_end_matches(['.', '-', '_']);
    let length = 1 + word.len();
    if sigil == '#' {
        let channel = workspace.find_channel(word).filter(|c| c.name == word && !word.is_empty())?;
        return Some((format!("<#{}|{}>", channel.id, channel.name), length));
    }
    if matches!(word, "here" | "channel" | "everyone") {
        return Some((format!("<!{word}>"), length));
    }
    if let Some(user) = workspace.users.values().find(|u| u.name == word && !u.deleted) {
        let mention = if named { format!("<@{}|{}>", user.id, user.name) } else { format!("<@{}>", user.id) };
        return Some((mention, length));
    }
    let group = workspace.groups.values().find(|g| g.handle == word && !g.disabled)?;
    Some((format!("<!subteam^{}|@{}>", group.id, group.handle), length))
}

/// Text as a person reads it: mentions by name, entities resolved, links by their label.
pub fn plain(workspace: &Workspace, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else { break };
        out.push_str(&rest[..start]);
        out.push_str(&read_token(workspace, &rest[start + 1..start + length]));
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn read_token(workspace: &Workspace, token: &str) -> String {
    let (target, label) = token.split_once('|').map_or((token, None), |(t, l)| (t, Some(l)));
    if let Some(id) = target.strip_prefix('@') {
        return format!("@{}", workspace.users.get(id).map_or(id, |u| &u.name));
    }
    if let Some(id) = target.strip_prefix('#') {
        return format!("#{}", workspace.channels.get(id).map_or(label.unwrap_or(id), |c| &c.name));
    }
    if let Some(id) = target.strip_prefix("!subteam^") {
        return format!("@{}", workspace.groups.get(id).map_or(id, |g| &g.handle));
    }
    if target.starts_with("!date^") {
        return label.unwrap_or(target).to_owned();
    }
    if let Some(special) = target.strip_prefix('!') {
        return format!("@{special}");
    }
    label.unwrap_or(target).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_names_become_what_slack_sends() {
        let ws = Workspace::sample("Watchroom", "t", jiff::Timestamp::UNIX_EPOCH);
        for (typed, command, message) in [
            ("page @alice.", "page <@U0ALICE|alice>.", "page <@U0ALICE>."),
            ("@nobody a@alice", "@nobody a@alice", "@nobody a@alice"),
            ("in #general", "in <#C0GENERAL|general>", "in <#C0GENERAL|general>"),
            ("@oncall", "<!subteam^S0ONCALL|@oncall>", "<!subteam^S0ONCALL|@oncall>"),
            ("<!channel> & co", "&lt;!channel&gt; &amp; co", "&lt;!channel&gt; &amp; co"),
            ("see https://a.b/c?d=1&e", "see <https://a.b/c?d=1&amp;e>", "see <https://a.b/c?d=1&amp;e>"),
            ("@here é@", "<!here> é@", "<!here> é@"),
        ] {
            assert_eq!(escape_command(&ws, typed), command);
            assert_eq!(escape_message(&ws, typed), message);
        }
        assert_eq!(plain(&ws, "<@U0BOB> in <#C0GENERAL|x> &lt;3 <https://x.y|here>"), "@bob in #general <3 here");
    }
}
