//! App Home: one's own incidents, the other open ones, and those that ended lately, each once; and who is on call.

use std::sync::Arc;

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

/// Incidents in each part. One more tells that there are more.
pub const SHOWN: usize = 8;

/// Someone's App Home, as `views.publish` takes it: their own open incidents, the others, and those that ended lately; `on_call`
/// is [`super::oncall::home`].
pub fn home(
    w: View<'_>,
    [mine, others, ended]: &[Vec<Arc<Incident>>; 3],
    kept: &[Kept],
    on_call: Vec<SlackBlock>,
) -> Value {
    let declare = button(action::DECLARE, "Declare an incident", &ButtonValue::default(), Look::Danger);
    let mut blocks = vec![actions(vec![declare])];
    part(w, "Yours", mine, "home.mine", &mut blocks);
    part(w, "Other open incidents", others, "home.open", &mut blocks);
    if !kept.is_empty() {
        blocks.extend(super::intake::kept_blocks(kept, "home"));
    }
    blocks.extend(on_call);
    part(w, "Ended lately", ended, "home.recent", &mut blocks);
    blocks.push(context("`/incident help` lists what you can type."));
    json!({ "type": "home", "blocks": limits::blocks(&bound_view(blocks)) })
}

fn part(w: View<'_>, heading: &str, all: &[Arc<Incident>], id: &str, blocks: &mut Vec<SlackBlock>) {
    blocks.push(header(heading));
    if all.is_empty() {
        blocks.push(context("None."));
    }
    for it in all.iter().take(SHOWN) {
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
    if all.len() > SHOWN {
        blocks.push(context("… and more: `/incident list`"));
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
        let all = [it, other, over].map(|it| (0..=SHOWN).map(|_| Arc::new(it.clone())).collect::<Vec<_>>());
        let shown = home(world.view(), &all, &[], vec![])["blocks"].to_string();
        assert_eq!(shown.matches("Show").count(), 3 * SHOWN, "{shown}");
        assert_eq!(shown.matches("… and more: `/incident list`").count(), 3, "{shown}");
    }
}
