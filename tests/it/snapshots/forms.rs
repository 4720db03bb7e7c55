//! Every form, for every state of an incident.

use watchroom::{
    incident::{Incident, MessageRef},
    paging::PageId,
    playbook::{Audience, Hit, Playbook, Severity, Warning},
    render::{
        View,
        forms::comms::{Memory, Writing, alone_form, hand_form, later_form, letter_form, question_form},
        forms::{
            Declaring, Draft, answer_form, cancel_form, cannot_form, close_form, consult_form, declare_form,
            escalate_form, final_fix_form, handover_form, link_form, needs_form, phase_form, pick_form, rename_form,
            reopen_form, resolve_form, roles_form, severity_form, update_form,
        },
    },
    status::ComponentStatus,
};

use super::{
    every::{at, kind, life, settings},
    recorder::form,
    words,
};
use crate::harness::policy;

#[test]
fn every_form_fits() {
    let playbook = Playbook::builtin();
    let mut settings = settings();
    let message = MessageRef { channel: "C0GENERAL".into(), ts: "1795316500.000100".into() };
    for (words, said) in words() {
        let long_name: String = format!("{said} policy").chars().take(75).collect();
        settings.policies = (0..101).map(|n| policy(&format!("{n} {long_name}"), &[("U0BOB", 5)])).collect();
        let w = View { playbook: &playbook, settings: &settings, now: at(90) };
        for severity in [None, Some(Severity(1)), Some(Severity(9))] {
            let named = severity.map_or(0, |s| s.0);
            let channel = Some("C0GENERAL".into());
            let source = Some(message.clone());
            let from = Declaring { title: said.clone(), severity, source, channel, ..Declaring::default() };
            form(&format!("{words}-form-declare-{named}"), &declare_form(w, &from));
        }
        let life = life(&said);
        let telling =
            ["declared", "renamed", "severity_changed", "role_taken", "phase_changed", "closed", "merged_into"];
        for moment in life.iter().filter(|m| telling.contains(&kind(&m.event).as_str())) {
            let name = format!("{words}-{:02}", moment.seq);
            each(w, &moment.after, &said, &mut |what, view| form(&format!("{name}-form-{what}"), view));
        }
        let open: Vec<&Incident> = life.iter().map(|m| &m.after).collect();
        form(&format!("{words}-form-pick-0"), &pick_form(&[], &message, None, &said));
        form(&format!("{words}-form-pick-1"), &pick_form(&open[..1], &message, None, &said));
    }
}

/// Every form about an incident, with these words where it shows what people said.
pub fn each(w: View<'_>, it: &Incident, said: &str, save: &mut dyn FnMut(&str, &serde_json::Value)) {
    save("update", &update_form(w, it, None));
    for (draft, next, same_as_last) in [("promised", Some(at(100)), false), ("same", None, true)] {
        let scenario = Some("supplier_outage".to_owned());
        let shown = Draft { text: Some(said.into()), scenario, preview: true, next, same_as_last };
        save(&format!("update-{draft}"), &update_form(w, it, Some(&shown)));
    }
    for to in [Audience::External, Audience::Executive] {
        for (draft, more, preview) in [("new", false, false), ("more", true, true)] {
            let memory =
                Memory { more, seen: preview.then(|| "x".to_owned()), draft: Some((1, 2)), ..Memory::of(it.id, to) };
            let scenario = preview.then(|| "supplier_outage".to_owned());
            let fields = ["impact", "workaround", "needed", "cause", "lingering"]
                .map(|f| (f.to_owned(), said.to_owned()))
                .into();
            let hits = [Warning::Host, Warning::Time].map(|warning| Hit { warning, words: said.into() }).to_vec();
            let meanwhile = preview.then(|| watchroom::render::comms::met(it.comms.draft_for(to), true));
            let next = Some(at(100));
            let impact = preview.then(|| [("pay".into(), ComponentStatus::MajorOutage)].into());
            let writing =
                Writing { scenario, fields, next, hits, same: preview, meanwhile, impact, ..Writing::default() };
            save(&format!("letter-{to:?}-{draft}"), &letter_form(w, it, &memory, &writing));
        }
        save(&format!("alone-{to:?}"), &alone_form(it, to, (1, 2)));
        save(&format!("later-{to:?}"), &later_form(it, to));
    }
    if let Some(send) = it.comms.latest() {
        for seen in [None, Some("x".to_owned())] {
            let corrects = Some((send.number, send.corrected_times()));
            let memory = Memory { corrects, seen: seen.clone(), ..Memory::of(it.id, send.to) };
            let meanwhile = seen.as_ref().map(|_| watchroom::render::comms::corrected_meanwhile(send.by.as_ref()));
            let fields = [("impact".to_owned(), said.to_owned())].into();
            let writing = Writing { fields, meanwhile, ..Writing::default() };
            let name = if seen.is_some() { "correction-seen" } else { "correction" };
            save(name, &letter_form(w, it, &memory, &writing));
        }
    }
    save("question", &question_form(it));
    save("later-internal", &later_form(it, Audience::Internal));
    save("hand", &hand_form(it, 1, &"status_page".into(), said));
    save("phase", &phase_form(w, it));
    for phase in ["investigating", "identified", "no-such-phase"] {
        save(&format!("needs-{phase}"), &needs_form(w, it, phase));
    }
    save("fix-0", &final_fix_form(it, &[]));
    save("fix-2", &final_fix_form(it, &[(3, said.into()), (u64::MAX, "x".into())]));
    save("consult", &consult_form(w, it));
    save("answer", &answer_form(it, 3, said));
    save("close", &close_form(it));
    save("severity", &severity_form(w, it));
    save("roles", &roles_form(w, it));
    for role in it.roles.keys() {
        save(&format!("handover-{role}"), &handover_form(w, it, role));
    }
    super::duty::forms(w, it, save);
    super::case::forms(w, it, said, save);
    save("escalate", &escalate_form(w, it));
    save("rename", &rename_form(w, it));
    save("link", &link_form(it));
    save("cancel", &cancel_form(it));
    save("resolve", &resolve_form(it));
    save("reopen", &reopen_form(it));
    save("cannot", &cannot_form(it.id, PageId(u32::MAX)));
}
