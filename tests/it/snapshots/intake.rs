//! How trouble comes in: forms and messages of its own.

use watchroom::{
    alert::{self, Act, Group, One, Opened, Standing},
    incident::{
        Incident, MessageRef, Rejection, Text,
        intake::{Kept, Likeness},
    },
    playbook::{Playbook, Service, Severity},
    render::{
        self, Belongs, View,
        forms::{Declaring, criteria_form, declare_form, escalate_form, rename_form, severity_form},
    },
};

use super::{
    every::{at, life, settings},
    recorder::{form, message},
    words,
};

/// The built-in playbook with services of these names.
pub fn with_services(said: &str) -> Playbook {
    let mut playbook = Playbook::builtin();
    let label = |n: usize| if said.trim().is_empty() { format!("s{n}") } else { format!("{said} {n}") };
    playbook.services = (0..120)
        .map(|n| Service {
            id: format!("service-{n}").as_str().into(),
            label: label(n),
            public_name: None,
            aliases: vec![],
            owner: None,
            policy: None,
            components: vec![],
            depends_on: vec![],
        })
        .collect();
    playbook.services[0].id = "checkout".into();
    playbook
}

fn kept(said: &str, n: u64) -> Kept {
    let source = Some(MessageRef { channel: "C0GENERAL".into(), ts: "1795316500.000100".into() });
    let text = if n == 2 { Text::erased() } else { Text::new(said.chars().take(200).collect::<String>()) };
    let (by, service) = (Some("U0BOB".into()), Some("checkout".into()));
    Kept { number: n, at: at(1), by, text, source, said_at: None, channel: None, service, promoted: None }
}

/// A group of as many alerts, of which every third is over.
fn group(said: &str, service: Option<&str>, alerts: usize, standing: Standing) -> Group {
    let some = || Some(said.to_owned()).filter(|said| !said.is_empty());
    let words = |n: usize| alert::Words {
        name: if said.is_empty() { format!("alert {n}") } else { said.into() },
        summary: some(),
        severity: some(),
        link: Some("https://prometheus.example.com/graph?a=1|b&c=<d>".into()),
    };
    let one = |n: usize| One {
        starts: at(1),
        ended: (n.is_multiple_of(3)).then(|| at(5)),
        words: (n < alert::WORDED).then(|| words(n)),
    };
    Group {
        number: 12,
        opened: Opened {
            key: "digest".into(),
            source: said.into(),
            title: said.into(),
            service: service.map(Into::into),
            severity: some(),
            link: Some("https://alertmanager.example.com/".into()),
        },
        at: at(1),
        changed: at(5),
        alerts: (0..alerts).map(|n| (n.to_string(), one(n))).collect(),
        more: alerts > alert::WORDED,
        suggest: None,
        standing,
        show: at(5),
    }
}

#[test]
fn alerts_fit() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let line = alert::line(&said).unwrap_or_default();
        let life = life(&said);
        let it = &life.last().expect("a life").after;
        let dismissed = |by: Option<&str>| Standing::Dismissed { by: by.map(Into::into), at: at(3) };
        for (n, count) in [1, 2, 3, 900].into_iter().enumerate() {
            let free = group(&line, Some("checkout"), count, Standing::Free);
            for (name, belongs) in [
                ("free", Belongs::Nowhere(None)),
                ("near", Belongs::Nowhere(Some(it))),
                ("taken", Belongs::To(it)),
                ("hidden", Belongs::Somewhere),
            ] {
                message(&format!("{words}-alerts-{n}-{name}"), &render::alerts(w, &free, belongs));
            }
            for by in [None, Some("U0BOB")] {
                let gone = group(&line, None, count, dismissed(by));
                let name = format!("{words}-alerts-{n}-dismissed-{}", by.is_some());
                message(&name, &render::alerts(w, &gone, Belongs::Dismissed));
            }
        }
        let free = group(&line, Some("checkout"), 1, Standing::Free);
        let declare =
            |policy: Option<String>| Act::Declare { severity: None, lead: "U0BOB".into(), on_call: None, policy };
        for (n, act) in [declare(Some(said.clone())), declare(None), Act::Attach].iter().enumerate() {
            let why = Rejection::NoSuchSeverity(Severity(9));
            message(&format!("{words}-alerts-refused-{n}"), &render::alerts_refused(w, &free, act, &why));
        }
        let many: Vec<Group> = (0..7).map(|_| group(&line, None, 900, Standing::Free)).collect();
        let list = render::list(w, &[it], "Open incidents", 20);
        message(&format!("{words}-alerts-waiting"), &render::with_note(list, &render::alerts_waiting(&many)));
    }
    message("alerts-attached", &render::alerts_attached(12, life("x")[0].after.id));
}

#[test]
fn what_comes_in_is_told() {
    let settings = settings();
    for (words, said) in words() {
        let playbook = with_services(&said);
        let w = View { playbook: &playbook, settings: &settings, now: at(90) };
        let life = life(&said);
        let all: Vec<&Incident> = life.iter().map(|m| &m.after).take(10).collect();
        let likeness = Likeness {
            service: true,
            near: true,
            words: vec![said.chars().take(32).collect(); 9],
            kind: true,
            conditions: vec![said.chars().take(60).collect(); 5],
        };
        let alike: Vec<(&Incident, &Likeness)> = all.iter().map(|it| (*it, &likeness)).collect();
        message(&format!("{words}-similar"), &render::intake::similar(w, all[0], &alike));
        message(&format!("{words}-similar-none"), &render::intake::similar(w, all[0], &[]));
        let said_done = render::done(w, all[0], &[]);
        message(&format!("{words}-with-similar"), &render::intake::with_similar(w, said_done, all[0], &alike[..3]));
        let events: Vec<Kept> = (1..=6).map(|n| kept(&said, n)).collect();
        let list = render::list(w, &all, "Open incidents", 20);
        message(&format!("{words}-with-kept"), &render::intake::with_kept(list, &events));
        message(&format!("{words}-promoted"), &render::intake::promoted(all[0], 3));
        message(&format!("{words}-joined"), &render::intake::joined(all[0]));
        for it in &all {
            message(&format!("{words}-root-{}", it.version), &render::intake::root(w, it));
        }
        message(&format!("{words}-moved"), &render::intake::moved(all[0]));
        let ticked = Declaring {
            title: said.clone(),
            severity: Some(Severity(4)),
            criteria: vec!["data_lost".into()],
            unsure: true,
            service: Some("checkout".into()),
            event: Some(3),
            channel: Some("C0GENERAL".into()),
            thread: true,
            ..Declaring::default()
        };
        form(&format!("{words}-form-declare-ticked"), &declare_form(w, &ticked));
        let above = render::intake::kept_above(3);
        form(&format!("{words}-form-declare-kept"), &declare_form(w, &Declaring { above, ..ticked.clone() }));
        let above = render::intake::similar_above(w, &alike[..3], "Is it one of these?");
        form(&format!("{words}-form-declare-similar"), &declare_form(w, &Declaring { above, anyway: true, ..ticked }));
        for moment in life.iter().take(8) {
            let name = format!("{words}-{:02}-form", moment.seq);
            form(&format!("{name}-escalate-service"), &escalate_form(w, &moment.after));
            form(&format!("{name}-criteria"), &criteria_form(w, &moment.after));
            form(&format!("{name}-rename-service"), &rename_form(w, &moment.after));
            form(&format!("{name}-severity-service"), &severity_form(w, &moment.after));
        }
    }
    message("muted", &render::intake::muted(&life("x")[0].after));
    message("forgotten", &render::intake::forgotten(3));
}
