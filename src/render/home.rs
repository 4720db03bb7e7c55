//! App Home: open incidents, one's own, recent ones.

use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::{
    View,
    ids::{ButtonValue, action},
    limits::{self, Look, actions, bound_view, button, context, header, plain_button, section_with},
    line::{person, phase_label, severity_label},
    room::ended,
};
use crate::incident::{Incident, intake::Kept};

/// Incidents in each part.
const EACH: usize = 8;

/// Someone's App Home, as `views.publish` takes it.
pub fn home(w: View<'_>, open: &[&Incident], mine: &[&Incident], recent: &[&Incident], kept: &[Kept]) -> Value {
    let declare = button(action::DECLARE, "Declare an incident", &ButtonValue::default(), Look::Danger);
    let mut blocks = vec![actions(vec![declare])];
    part(w, "Yours", mine, "home.mine", &mut blocks);
    part(w, "Open", open, "home.open", &mut blocks);
    if !kept.is_empty() {
        blocks.extend(super::intake::kept_blocks(kept, "home"));
    }
    part(w, "Recent", recent, "home.recent", &mut blocks);
    blocks.push(context("`/incident help` lists what you can type."));
    json!({ "type": "home", "blocks": limits::blocks(&bound_view(blocks)) })
}

fn part(w: View<'_>, heading: &str, all: &[&Incident], id: &str, blocks: &mut Vec<SlackBlock>) {
    blocks.push(header(heading));
    if all.is_empty() {
        blocks.push(context("None."));
    }
    for it in all.iter().take(EACH) {
        let state = match &it.ending {
            None => phase_label(w, &it.kind, &it.phase),
            Some(ending) => ended(it, ending),
        };
        let lead = it.lead().map(|l| format!(" · {}", person(l))).unwrap_or_default();
        let room = it.open_room().map(|r| format!(" · <#{}>", r.channel)).unwrap_or_default();
        let title = super::escape::escape(it.called());
        let show = format!("{}.{id}.{}", action::SHOW, it.id);
        let show = plain_button(&show, "Show", &ButtonValue::of(it.id), Look::Usual);
        let row = format!("*{} {title}*\n{} · {state}{lead}{room}", it.id, severity_label(w, it.severity));
        blocks.push(section_with(&row, show));
    }
    if all.len() > EACH {
        blocks.push(context(&format!("… and {} more: `/incident list`", all.len() - EACH)));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn three_full_parts_are_shown_whole() {
        let world = samples::World::new();
        let it = samples::declared(&"\"long\" ".repeat(25));
        let all = vec![&it; EACH + 3];
        let shown = home(world.view(), &all, &all, &all, &[])["blocks"].to_string();
        assert_eq!(shown.matches("Show").count(), 3 * EACH, "{shown}");
        assert_eq!(shown.matches("… and 3 more: `/incident list`").count(), 3, "{shown}");
    }
}
