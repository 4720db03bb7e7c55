//! What is said of the playbook and of its file.

use watchroom::{
    config::Heard,
    ids::IncidentId,
    playbook::{EditionId, InForce, Playbook},
    render,
};

use super::{every::at, recorder::message, words};

#[test]
fn words_of_the_playbook_fit() {
    for (words, said) in words() {
        let mut book = Playbook::builtin();
        (book.name, book.version) = (said.clone(), said.clone());
        for value in &mut book.values {
            value.text.clone_from(&said);
        }
        for (name, problems) in [("whole", vec![]), ("broken", vec![said.clone(); 60])] {
            let is_current = problems.is_empty();
            let state = InForce { edition: EditionId::of(&said), since: at(0), problems, is_current };
            message(&format!("{words}-playbook-{name}-news"), &render::playbook_news(&book, &state));
            message(&format!("{words}-playbook-{name}"), &render::playbook(&book, &state, None));
            let waits = ["listen", "alert_sources"];
            for what in [Heard::Broken, Heard::Mended, Heard::Waits] {
                let told = render::settings_news(what, &state.problems, &waits);
                message(&format!("{words}-settings-{name}-{what:?}"), &told);
            }
            let own = Some((IncidentId::inc(1), &book));
            message(&format!("{words}-playbook-{name}-own"), &render::playbook(&book, &state, own));
        }
    }
}
