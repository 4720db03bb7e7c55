//! The status page and scheduled maintenance: every answer, message and form.

use jiff::SignedDuration;
use watchroom::{
    incident::{Actor, Rejection, Text},
    playbook::Playbook,
    render::{
        View,
        forms::{cancel_maintenance_form, maintenance_form},
        maintenance as render,
    },
    status::{Change, ComponentStatus, POSTED_VERSION, PostStatus, Posted, Standing, Window, maintenance::No},
};

use super::{
    every::{at, settings},
    recorder::{form, message},
    words,
};
use crate::harness::status_page;

fn change(post: &str, n: u64, status: Option<PostStatus>, said: &str) -> (u64, Posted) {
    let (post, update) = (post.into(), format!("{post}/{n}"));
    let what = match status {
        None => Change::MaintenancePlanned {
            post,
            update,
            name: Text::new(said),
            body: Text::new(said),
            window: Window { from: at(120), to: at(180) },
            impact: [("pay", ComponentStatus::UnderMaintenance), ("gone", ComponentStatus::MajorOutage)]
                .map(|(id, status)| (id.into(), status))
                .into(),
            notify: true,
        },
        Some(status) => Change::MaintenanceMoved { post, update, status, body: Text::new(said), notify: true },
    };
    (n, Posted { v: POSTED_VERSION, at: at(0), by: Actor::Person("U0ALICE".into()), what })
}

#[test]
fn maintenance_is_told() {
    let playbook = Playbook::builtin();
    for (words, said) in words() {
        let mut settings = settings();
        let bare = settings.clone();
        settings.show_status_page(status_page());
        let w = View { playbook: &playbook, settings: &settings, now: at(90) };
        let name = |what: &str| format!("{words}-maintenance-{what}");
        let many = (1..30).map(|n| change(&format!("p{n}"), n, None, &said));
        let moved = [
            change("p1", 40, Some(PostStatus::InProgress), &said),
            change("p2", 41, Some(PostStatus::Completed), &said),
        ];
        let standing = Standing::of(None, many.chain(moved));
        for post in [&standing.posts[0], standing.post("p1").expect("it"), standing.post("p2").expect("it")] {
            let name = |what: &str| name(&format!("{what}-{}", post.id));
            message(&name("card"), &render::card(w, post));
            message(&name("near"), &render::near(w, post));
            message(&name("over"), &render::over(w, post));
            for late in [0, 90] {
                let due = at(0) - SignedDuration::from_mins(late);
                message(&name(&format!("moved-{late}")), &render::moved(w, post, due));
            }
            form(&name("form"), &maintenance_form(w, "", Some(post)));
            form(&name("cancel"), &cancel_maintenance_form(post));
        }
        form(&name("form"), &maintenance_form(w, &said, None));
        message(&name("list"), &render::list(w, Some("Which one?"), &standing));
        message(&name("none"), &render::list(w, None, &Standing::default()));
        message(&name("page"), &render::page(w, &standing));
        message(&name("no-page"), &render::page(View { settings: &bare, ..w }, &standing));
    }
    let w = View { playbook: &playbook, settings: &settings(), now: at(90) };
    for no in [
        No::NoPage,
        No::NoSuch,
        No::EndsFirst,
        No::Past,
        No::BeginsInThePast,
        No::TooLong,
        No::TooFar,
        No::NoName,
        No::NoBody,
        No::TooManyCharacters { limit: 255 },
        No::Begun,
        No::NotBegun,
        No::Over,
        No::NotLonger,
    ] {
        let refused = watchroom::render::refused(w, &Rejection::Maintenance(no), None);
        message(&format!("maintenance-refused-{no:?}"), &refused);
    }
}
