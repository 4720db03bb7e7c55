//! App Home: one's own incidents, the other open ones, and those that ended lately, each once; and who is on call.

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

/// Someone's App Home, as `views.publish` takes it; `on_call` is [`super::oncall::home`].
pub fn home(
    w: View<'_>,
    open: &[&Incident],
    mine: &[&Incident],
    recent: &[&Incident],
    kept: &[Kept],
    on_call: Vec<SlackBlock>,
) -> Value {
    let declare = button(action::DECLARE, "Declare an incident", &ButtonValue::default(), Look::Danger);
    let mut blocks = vec![actions(vec![declare])];
    let others: Vec<&Incident> = open.iter().copied().filter(|it| !mine.iter().any(|m| m.id == it.id)).collect();
    let ended: Vec<&Incident> = recent.iter().copied().filter(|it| !it.is_open()).collect();
    part(w, "Yours", mine, "home.mine", &mut blocks);
    part(w, "Other open incidents", &others, "home.open", &mut blocks);
    if !kept.is_empty() {
        blocks.extend(super::intake::kept_blocks(kept, "home"));
    }
    blocks.extend(on_call);
    part(w, "Ended lately", &ended, "home.recent", &mut blocks);
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
    use crate::{ids::IncidentId, incident::Ending};

    #[test]
    fn three_full_parts_are_shown_whole() {
        let world = samples::World::new();
        let it = samples::declared(&"\"long\" ".repeat(25));
        let [other, mut over] = [2, 3].map(|number| Incident { id: IncidentId { number, ..it.id }, ..it.clone() });
        over.ending = Some(Ending::Closed { at: it.declared_at });
        let [mine, open, over] = [&it, &other, &over].map(|it| vec![it; EACH + 3]);
        let open = [mine.clone(), open].concat();
        let recent = [open.clone(), over].concat();
        let shown = home(world.view(), &open, &mine, &recent, &[], vec![])["blocks"].to_string();
        assert_eq!(shown.matches("Show").count(), 3 * EACH, "{shown}");
        assert_eq!(shown.matches("… and 3 more: `/incident list`").count(), 3, "{shown}");
    }
}
