//! The pinned card: the incident as it stands, and what can be done about it.

use slack_morphism::prelude::*;

use super::{
    Message, View,
    access::{other, stub},
    comms, course,
    escape::escape,
    ids::{ButtonValue, Menu, action},
    limits::{Look, actions, button, choice, context, fields, header, rows, section},
    line::{escape_name, message_in, person, phase_label, role_label, severity_label, targets},
    playbook::with_note,
    room::ended,
    when::{date, date_and_utc, duration},
};
use crate::{
    ids::UserId,
    incident::Incident,
    paging::{Page, PageState, Target},
    playbook::{Role, RoleId, Stage},
};

/// The card.
pub fn card(w: View<'_>, it: &Incident) -> Message {
    if it.access.moved.is_some() {
        return Message::plain(format!(":lock: {}", stub(it)));
    }
    let title = escape(it.title());
    let mut facts = vec![severity(w, it), phase(w, it), lead(w, it)];
    facts.extend(super::intake::fact(w, it));
    facts.extend(
        it.access.codename.iter().map(|name| format!("*Need-to-know*\n{name}, {} inside", it.access.inside.len())),
    );
    facts.extend(roles(w, it));
    facts.extend(times(it));
    facts.extend(tasks(it));
    facts.extend(super::report::fact(it));
    facts.extend(super::case::fact(it));
    facts.extend(super::external::fact(it));
    let mut blocks = vec![header(&format!("{} {}", it.id, it.title()))];
    if let Some(old) = &it.previous.title {
        blocks.push(context(&format!("before: ~{}~", escape(old.text.or_tombstone()))));
    }
    blocks.extend(fields(&facts));
    let pages = pages(w, it);
    if !pages.is_empty() {
        blocks.push(section(&rows(&pages, LISTED)));
    }
    let course = course::lines(w, it);
    if !course.is_empty() {
        blocks.push(section(&rows(&course, LISTED)));
    }
    blocks.extend(links(w, it));
    blocks.extend(buttons(w, it));
    blocks.extend(course::buttons(w, it));
    blocks.extend(free_roles(w, it));
    blocks.push(context(&small_print(w, it)));
    let facts: Vec<String> = facts.iter().map(|fact| aloud(fact)).collect();
    let text = format!("{} {title}. {}.", it.id, facts.join(". "));
    let waiting: Vec<String> = pages.into_iter().chain(course).collect();
    let text = if waiting.is_empty() { text } else { format!("{text} {}", rows(&waiting, LISTED)) };
    Message::new(text, blocks)
}

/// The card as it stands, for one person. Nobody keeps it up to date: it says which one is, and no button stands out that may be of no
/// use soon.
pub fn card_now(w: View<'_>, it: &Incident) -> Message {
    let mut message = card(w, it);
    for block in &mut message.blocks {
        let SlackBlock::Actions(row) = block else { continue };
        for element in &mut row.elements {
            if let SlackActionBlockElement::Button(button) = element
                && matches!(button.style, Some(SlackBlockButtonStyle::Primary))
            {
                button.style = None;
            }
        }
    }
    match it.open_room() {
        Some(room) => {
            with_note(message, &format!("As it stands now; the card in <#{}> is kept up to date.", room.channel))
        }
        None => message,
    }
}

/// What is listed without end takes at most so many characters each, so that the buttons below it always fit.
const LISTED: usize = 1500;
/// How many free roles the card offers.
const FREE_ROLES: usize = 3;

/// A fact as it is read aloud: `*Severity*\n~SEV3~ SEV1` is `Severity: SEV1, was SEV3`.
fn aloud(fact: &str) -> String {
    let (name, value) = fact.split_once('\n').unwrap_or(("", fact));
    let (was, value) = value.strip_prefix('~').and_then(|rest| rest.split_once("~ ")).unwrap_or(("", value));
    let was = if was.is_empty() { String::new() } else { format!(", was {was}") };
    format!("{}: {value}{was}", name.trim_matches('*'))
}

fn severity(w: View<'_>, it: &Incident) -> String {
    let was = it.previous.severity.map(|old| format!("~{old}~ ")).unwrap_or_default();
    format!("*Severity*\n{was}{}", severity_label(w, it.severity))
}

fn phase(w: View<'_>, it: &Incident) -> String {
    let was = it.previous.phase.as_ref().map(|old| format!("~{}~ ", phase_label(w, &it.kind, old))).unwrap_or_default();
    match &it.ending {
        None => format!("*Phase*\n{was}{}", phase_label(w, &it.kind, &it.phase)),
        Some(ending) => format!("*Phase*\n~{}~ {}", phase_label(w, &it.kind, &it.phase), ended(it, ending)),
    }
}

fn lead(w: View<'_>, it: &Incident) -> String {
    role(w, it, &it.lead_role)
}

/// Who holds a role, and who held it before.
fn role(w: View<'_>, it: &Incident, role: &RoleId) -> String {
    let was = it.previous.holders.get(role).filter(|old| Some(*old) != it.holder(role));
    let was = was.map(|old| format!("~{}~ ", person(old))).unwrap_or_default();
    format!("*{}*\n{was}{}", role_label(w, role), holder(it, role))
}

/// Who holds a role, and who is asked to.
pub(super) fn holder(it: &Incident, role: &RoleId) -> String {
    let state = it.roles.get(role).cloned().unwrap_or_default();
    // What is over waits for nobody.
    let unsure = |confirmed: bool| if confirmed || !it.is_open() { "" } else { " (not confirmed yet)" };
    let held: Vec<String> = state.holders().map(|h| format!("{}{}", person(&h.person), unsure(h.confirmed))).collect();
    let held = match it.answers_for(role) {
        Some(_) if !held.is_empty() => held.join(", "),
        Some(lead) if it.is_open() => format!("{}, until someone accepts", person(lead)),
        Some(lead) => person(lead),
        None => "nobody yet".to_owned(),
    };
    let ladder = it.duty.asking(role);
    let silent: Vec<UserId> = ladder.map(|l| l.silent.clone()).unwrap_or_default();
    let offers = state.offers.iter().filter(|_| it.is_open()).map(|o| &o.to);
    let asked: Vec<Target> = offers.filter(|p| !silent.contains(p)).cloned().map(Target::Person).collect();
    let verb = if asked.len() == 1 { "is" } else { "are" };
    let asked = if asked.is_empty() { String::new() } else { format!(" → {} {verb} asked", targets(&asked)) };
    let silent: Vec<Target> = silent.into_iter().map(Target::Person).collect();
    let silent = if silent.is_empty() { String::new() } else { format!(" (no answer from {})", targets(&silent)) };
    format!("{held}{asked}{silent}")
}

/// Roles other than the leading one that somebody holds, is asked to take, or must have.
fn roles(w: View<'_>, it: &Incident) -> Vec<String> {
    let mut others: Vec<&RoleId> =
        it.roles.iter().filter(|(_, s)| s.holder.is_some() || !s.offers.is_empty()).map(|(r, _)| r).collect();
    others.extend(it.duty.wanted().chain(&it.duty.required));
    others.sort();
    others.dedup();
    let others = others.into_iter().filter(|role| **role != it.lead_role);
    others.map(|other| role(w, it, other)).collect()
}

/// How many tasks there are.
fn tasks(it: &Incident) -> Option<String> {
    let (open, done) = (it.duty.tasks.len(), it.duty.tasks_done);
    (open > 0 || done > 0).then(|| format!("*Tasks*\n{open} open, {done} done"))
}

fn times(it: &Incident) -> Vec<String> {
    let was = it.previous.started_at.map(|old| format!("~{}~ ", date(old))).unwrap_or_default();
    let mut times = vec![
        format!("*Started*\n{was}{}", date_and_utc(it.started_at)),
        format!("*Declared*\n{}", date_and_utc(it.declared_at)),
    ];
    if let Some(at) = it.ended_at {
        times.push(format!("*Impact ended*\n{} (after {})", date(at), duration(at.duration_since(it.started_at))));
    }
    if let Some(at) = it.resolved_at {
        times.push(format!("*Resolved*\n{}", date(at)));
    }
    if let Some(due) = it.update.due {
        let late = if it.update.missed { " :hourglass: overdue" } else { "" };
        times.push(format!("*Next update due*\n{}{late}", date(due)));
    }
    times.extend(comms::card(it));
    times
}

/// Those that wait for someone stand first.
fn pages(w: View<'_>, it: &Incident) -> Vec<String> {
    let (waiting, over): (Vec<&Page>, Vec<&Page>) = it.pages.iter().rev().partition(|p| p.waits());
    waiting.into_iter().chain(over).filter_map(|p| page(w, p)).collect()
}

fn page(w: View<'_>, page: &Page) -> Option<String> {
    let name = escape_name(&page.policy.name);
    // Asked by name, there is nothing to add to who is asked or came.
    let prefix = if name.starts_with('<') { String::new() } else { format!("{name}: ") };
    match &page.state {
        PageState::Waiting => {
            // No "for 5 min": the card is not drawn again every minute.
            let since = date(page.started_at);
            // Where there are no ways at all the small print says so once.
            let alone = if w.settings.ways.is_empty() || page.may_wake() {
                ""
            } else {
                "; by Slack message only, which may not wake anyone"
            };
            Some(format!(":pager: {prefix}waiting for {} since {since}{alone}", targets(&page.asked_now())))
        }
        PageState::Acknowledged { by, at, .. } => {
            let after = duration(at.duration_since(page.started_at));
            Some(format!(":white_check_mark: {prefix}{} acknowledged after {after}", person(by)))
        }
        PageState::AcknowledgedExternally { of, since, .. } => {
            let after = duration(since.duration_since(page.started_at));
            Some(format!(":white_check_mark: {prefix}somebody acknowledged in {} after {after}", of.at))
        }
        PageState::Exhausted { .. } => {
            let who = if page.answered.is_empty() { "nobody has" } else { "not everyone has" };
            Some(format!(":rotating_light: {name}: *{who} acknowledged*"))
        }
        PageState::Ended { .. } => None,
    }
}

fn links(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    let call = w
        .settings
        .call_bridge
        .iter()
        .filter(|_| !it.is_secret())
        .map(|url| format!(":telephone_receiver: <{url}|Call>"));
    let kept = it.links.iter().rev().map(|l| format!(":link: {}", escape(l.text.or_tombstone())));
    let merged =
        it.merged.iter().map(|id| format!(":twisted_rightwards_arrows: {} was merged into this", other(it, *id)));
    let all: Vec<String> = call.chain(kept).chain(merged).collect();
    (!all.is_empty()).then(|| section(&rows(&all, LISTED)))
}

fn buttons(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    let value = || ButtonValue::of(it.id).version(u32::try_from(it.version).unwrap_or(u32::MAX));
    if !it.is_open() {
        let merged = matches!(it.ending, Some(crate::incident::Ending::Merged { .. }));
        return (!merged).then(|| actions(vec![button(action::REOPEN, "Reopen", &value(), Look::Usual)]));
    }
    let mut elements = Vec::new();
    if let Some(next) = w.playbook.kind(&it.kind).next(&it.phase) {
        let press = value().extra(next.id.as_str());
        elements.push(button(action::NEXT_PHASE, &format!("{} →", next.label), &press, Look::Primary));
    } else if it.stage == Stage::Resolved {
        let close = super::limits::json(&Menu::Close);
        let id = format!("{}.close", action::MENU);
        elements.push(button(&id, "Close", &value().extra(close.as_str().unwrap_or_default()), Look::Primary));
    }
    elements.push(button(action::UPDATE, "Post update", &value(), Look::Usual));
    // In a thread few people do little: there the rest is a mention away, and the next phase has its button.
    if it.intake.in_thread().is_none() {
        elements.push(button(action::PHASE, "Change phase", &value(), Look::Usual));
        elements.push(button(action::ROLES, "Assign roles", &value(), Look::Usual));
    }
    elements.push(button(action::ESCALATE, "Escalate", &value(), Look::Danger));
    elements.extend(super::intake::question(it));
    elements.extend(super::intake::room_button(it));
    elements.push(menu(it));
    Some(actions(elements))
}

/// The overflow menu: five entries at most.
fn menu(it: &Incident) -> SlackActionBlockElement {
    let entries: &[(&str, Menu)] = if it.stage == Stage::Resolved {
        &[
            ("Close", Menu::Close),
            ("Reopen", Menu::Reopen),
            ("Change severity", Menu::Severity),
            ("Rename", Menu::Rename),
            ("Keep a link", Menu::Link),
        ]
    } else {
        &[
            ("Change severity", Menu::Severity),
            ("Rename", Menu::Rename),
            ("Keep a link", Menu::Link),
            ("Resolve", Menu::Resolve),
            ("Cancel incident", Menu::Cancel),
        ]
    };
    let options = entries.iter().map(|(label, entry)| {
        let name = super::limits::json(entry);
        choice(label, &ButtonValue::of(it.id).extra(name.as_str().unwrap_or_default()).to_string())
    });
    let overflow = SlackBlockOverflowElement::new(options.collect());
    SlackActionBlockElement::Overflow(overflow.with_action_id(SlackActionId(action::MENU.to_owned())))
}

/// Roles that somebody is wanted for, each a press away; all others are behind "Assign roles". Whoever leads, or is asked to, and
/// has not said so yet can say so here too, not only where they were told of it.
fn free_roles(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    // What is mended needs nobody new.
    if !it.is_open() || it.stage == Stage::Resolved {
        return None;
    }
    let leads = |role: &Role| w.playbook.kinds.iter().any(|kind| kind.lead_role == role.id);
    let is_wanted = |role: &Role| {
        role.id == it.lead_role || it.duty.required.contains(&role.id) || it.duty.asking(&role.id).is_some()
    };
    let is_core = |role: &Role| w.playbook.is_major(it.severity) && !role.optional && !leads(role);
    let mut free: Vec<&Role> = w.playbook.roles.iter().filter(|r| r.is_for(&it.kind)).collect();
    free.retain(|role| it.holder(&role.id).is_none() || it.duty.lapsed(it, &role.id));
    free.retain(|role| is_wanted(role) || is_core(role));
    free.sort_by_key(|role| !is_wanted(role));
    let accept = is_awaited(it).then(|| {
        let value = ButtonValue::of(it.id).extra(it.lead_role.as_str());
        button(action::CONFIRM, &format!("Accept {}", role_label(w, &it.lead_role)), &value, Look::Usual)
    });
    let take = free.into_iter().take(FREE_ROLES).map(|r| {
        let value = ButtonValue::of(it.id).extra(r.id.as_str());
        button(&format!("{}.{}", action::TAKE, r.id), &format!("Take {}", r.label), &value, Look::Usual)
    });
    let elements: Vec<SlackActionBlockElement> = accept.into_iter().chain(take).collect();
    (!elements.is_empty()).then(|| actions(elements))
}

/// Is somebody to say that they lead? Where nobody did in time, anybody may take it instead.
fn is_awaited(it: &Incident) -> bool {
    let state = it.roles.get(&it.lead_role);
    let unsaid = state.is_some_and(|state| !state.offers.is_empty() || state.holders().any(|held| !held.confirmed));
    unsaid && !it.duty.lapsed(it, &it.lead_role)
}

fn small_print(w: View<'_>, it: &Incident) -> String {
    let from = it.source.as_ref().map(|source| format!(" from {}", message_in(source))).unwrap_or_default();
    let declared = format!("Declared by {}{from}.", person(&it.declared_by));
    if it.is_open() {
        let help = if it.intake.in_thread().is_some() { "Mention me with `help`: it" } else { "`/incident help`" };
        let alone = if w.settings.ways.is_empty() {
            " Paging is by Slack message only, which may not wake anyone."
        } else {
            ""
        };
        format!("{declared}{alone} {help} lists what you can type.")
    } else {
        declared
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};
    use crate::{
        incident::{Taken, Text, What},
        paging::{Onward, PageId, Policy, Step},
        playbook::Severity,
    };

    /// Every role is held, the severity changed, impact has ended.
    fn busy(world: &samples::World, title: &str) -> Incident {
        let mut it = samples::declared(title);
        it = samples::then(it, What::Renamed { to: Text::new(title) });
        for role in world.playbook.roles.iter().skip(1) {
            let what = What::RoleTaken {
                role: role.id.clone(),
                holder: "U0BOB".into(),
                from: None,
                how: Taken::Claimed,
                beside: false,
                because: None,
            };
            it = samples::then(it, what);
        }
        let update_due = Some(samples::AT);
        it = samples::then(it, What::SeverityChanged { from: Severity(1), to: Severity(2), why: None, update_due });
        let (from, to) = ("investigating".into(), "monitoring".into());
        samples::then(it, What::PhaseChanged { from, to, stage: Stage::Monitoring, why: None, update_due })
    }

    #[test]
    fn the_card_leaves_no_fact_out() {
        let world = samples::World::new();
        let card = card(world.view(), &busy(&world, "checkout is down"));
        let shown = card.to_json()["blocks"].to_string();
        for fact in
            ["Severity", "Phase", "Scribe", "Customer support lead", "Started", "Impact ended", "Next update due"]
        {
            assert!(shown.contains(&format!("*{fact}*")), "{fact} is missing:\n{shown}");
            assert!(card.text.contains(&format!("{fact}: ")), "{fact} is not read aloud:\n{}", card.text);
        }
        assert!(shown.contains("~SEV1~ ") && shown.contains("before: ~checkout is down~"), "{shown}");
        let it = samples::then(
            busy(&world, "checkout is down"),
            What::RoleTaken {
                role: world.playbook.roles[1].id.clone(),
                holder: "U0DAVE".into(),
                from: Some("U0BOB".into()),
                how: Taken::Claimed,
                beside: false,
                because: None,
            },
        );
        let shown_later = super::card(world.view(), &it).to_json()["blocks"].to_string();
        assert!(shown_later.contains("~<@U0BOB>~ <@U0DAVE>"), "{shown_later}");
        assert!(card.text.contains("SEV2 major, was SEV1") && !card.text.contains('~'), "{}", card.text);
    }

    #[test]
    fn the_buttons_fit_below_whatever_people_write() {
        let mut world = samples::World::new();
        world.settings.call_bridge = Some("https://meet.example/room".into());
        for words in ["\"\\<&>".repeat(40), "🔥".repeat(200), "<!channel> @here ".repeat(12)] {
            let mut it = busy(&world, &words);
            for n in 0..25 {
                it = samples::then(it, What::LinkAdded { url: Text::new(format!("https://{n}.example/{words}")) });
            }
            let people = (0..60).map(|n| Target::Person(UserId(format!("U0PERSON{n}"))));
            let steps = vec![Step { targets: people.collect(), wait_min: 5, ..Step::default() }];
            let policy = Policy { name: words.clone(), steps, ..Policy::default() };
            for n in 1..=12 {
                it = samples::then(it, What::PageStarted { page: PageId(n), policy: policy.clone() });
                let targets = policy.steps[0].targets.clone();
                let page = PageId(n);
                it = samples::then(
                    it,
                    What::PageStepReached {
                        page,
                        round: 0,
                        step: 0,
                        targets,
                        tick_at: samples::AT,
                        why: Onward::default(),
                    },
                );
            }
            let shown = card(world.view(), &it).to_json()["blocks"].to_string();
            assert!(shown.contains(action::MENU) && shown.contains("Paging is by Slack"), "cut off: {shown}");
            // The header is plain text, which mentions nobody.
            let below = shown.split_once("\"type\":\"header\"").expect("a header").1;
            assert!(!below.contains("<!channel>") && !below.contains("@here"), "wakes everyone: {below}");
        }
    }
}
