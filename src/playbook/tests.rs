use super::*;

const BUILTIN: &str = include_str!("builtin.toml");

fn problems(text: &str) -> Vec<String> {
    read(text, Some(jiff::civil::date(2026, 11, 25))).problems.iter().map(ToString::to_string).collect()
}

/// The built-in playbook with `from` replaced by `to` once.
fn with(from: &str, to: &str) -> String {
    assert!(BUILTIN.contains(from), "the built-in playbook has no `{from}`");
    BUILTIN.replacen(from, to, 1)
}

/// The only problem of that playbook, and that it stands in the line of `mark`.
fn only(text: &str, mark: &str, part: &str) {
    let line = text.lines().position(|l| l.contains(mark)).expect("the mark") + 1;
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("line {line}: ")) && found[0].contains(part), "line {line}: {found:?}");
}

/// Whoever is on call is asked for a role like anybody else; only the settings can tell whether the schedule is there.
#[test]
fn a_role_of_a_schedule_is_sound() {
    let text = with("id = \"sponsor\"", "id = \"sponsor\"\nmain = \"oncall:chiefs\"\nbackup = \"oncall:bosses\"");
    assert_eq!(problems(&text), Vec::<String>::new());
}

#[test]
fn the_built_in_playbook_is_sound() {
    assert_eq!(problems(BUILTIN), Vec::<String>::new());
    let playbook = Playbook::builtin();
    assert_eq!(playbook.severities.len(), 5);
    assert_eq!(playbook.kind(&KindId::from("ops")).phases.len(), 4);
    assert_eq!(playbook.kind(&KindId::from("security")).course().count(), 7);
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    only(&with("purpose = \"Leads:", "purpse = \"x\"\npurpose = \"Leads:"), "purpse", "did you mean `purpose`?");
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_known_one() {
    let text = with("lead_role = \"commander\"", "lead_role = \"comander\"");
    only(&text, "comander", "there is no role `comander`; did you mean `commander`?");
    only(&with("consulted = [\"legal\", \"privacy\"]", "consulted = [\"legl\"]"), "legl", "did you mean `legal`?");
}

#[test]
fn every_problem_is_told_at_once_each_with_its_line() {
    let text = with("lead_role = \"commander\"", "lead_role = \"nobody-we-know\"")
        .replace("level = 5", "level = 1")
        .replace("[cadence]\nremind_at_percent = 80", "[cadence]\nremind_at_percent = \"often\"")
        .replace("accountable = \"legal\"", "accountable = [\"legal\", \"privacy\"]")
        .replace("name = \"Built-in playbook\"", "name = \"\"\ncolour = \"red\"");
    let found = problems(&text);
    for part in [
        "nobody-we-know",
        "worst (level = 1) first",
        "`remind_at_percent` wants a whole number",
        "exactly one role answers",
        "`name` is empty",
        "`colour`",
    ] {
        assert!(found.iter().any(|p| p.contains(part)), "{part} is missing in {found:#?}");
    }
    assert_eq!(found.len(), 6, "{found:#?}");
}

/// [A3] No criterion, or one without words, and the playbook is refused.
#[test]
fn a_definition_left_blank_is_refused() {
    let from = BUILTIN.find("[[criteria]]").expect("criteria");
    let to = BUILTIN.find("[[severities]]").expect("severities");
    let none = format!("criteria = []\n{}{}", &BUILTIN[..from], &BUILTIN[to..]);
    assert!(read(&none, None).playbook.is_none());
    only(&with("label = \"Data may be lost or wrong\"", "label = \" \""), "label = \" \"", "1 to 75 characters");
}

/// [H1] Exactly one role answers for an activity, every role is known, and somebody does the work.
#[test]
fn the_raci_table_is_held_to_its_rules() {
    let found = problems(&with("accountable = \"sponsor\"\n", ""));
    assert!(found.len() == 1 && found[0].contains("`accountable` is missing"), "{found:?}");
    only(
        &with("accountable = \"sponsor\"", "accountable = [\"sponsor\", \"legal\"]"),
        "\"sponsor\", \"legal\"]",
        "not a list",
    );
    for (key, to) in [
        ("accountable = \"sponsor\"", "accountable = \"sponsr\""),
        ("responsible = [\"red_team\"]", "responsible = [\"red_taem\"]"),
    ] {
        let wrong = to.split('"').nth(1).expect("a name");
        only(&with(key, to), to, &format!("there is no role `{wrong}`"));
    }
    let idle = with("responsible = [\"red_team\"]", "responsible = []");
    only(&idle, "responsible = []", "nobody is responsible");
}

#[test]
fn what_can_never_happen_is_told() {
    only(&with("beside = \"triage\"", "beside = \"notification\""), "beside = ", "can never be reached");
    let text = with("needs = [\"fix\"]", "needs = [\"fix\", \"watched\"]");
    only(&text, "\"watched\"]", "say for how long in `watch_min`");
    let circle = format!(
        "{BUILTIN}\n[[services]]\nid = \"a\"\nlabel = \"A\"\ndepends_on = [\"b\"]\n\n[[services]]\nid = \"b\"\nlabel = \"B\"\n\
         depends_on = [\"a\"]\n"
    );
    let found = problems(&circle);
    assert!(found.len() == 2 && found.iter().all(|p| p.contains("break the circle")), "{found:?}");
}

/// A slip in the first thing of a list hides no other, and is told once.
#[test]
fn a_slip_is_told_once_in_the_words_of_an_editor() {
    only(&with("level = 1", "level = \"one\""), "level = \"one\"", "`level` wants a whole number, 0 or more");
    only(
        &with("stage = \"active\"", "stage = \"started\""),
        "\"started\"",
        "`started` is not known for `stage`; there are: active",
    );
    only(
        &with("needs = [\"fix\"]", "needs = [\"fixx\"]"),
        "fixx",
        "`fixx` is not known for `needs`; did you mean `fix`?",
    );
    only(&with("lead_role = \"commander\"\n", ""), "[[kinds]]", "`lead_role` is missing here");
    only(&with("several = true", "several = \"yes\""), "\"yes\"", "`several` wants true or false");
    only(&with("kinds = [\"ops\"]\npurpose", "kinds = \"ops\"\npurpose"), "kinds = \"ops\"", "`kinds` wants a list");
    only(&with("due_min = 5", "due_min = -5"), "due_min = -5", "`due_min` wants a whole number, 0 or more");
}

/// What a whole playbook has is asked for at once, beside what else is wrong.
#[test]
fn a_part_of_a_playbook_is_not_one() {
    let found = problems("name = 7\nversion = \"1\"\n\n[[roles]]\nid = \"a\"\nlabel = \"A\"\npurpos = \"x\"\n");
    let parts = [
        "`default_severity`, `default_kind`, ",
        "`name` wants one text",
        "did you mean `purpose`?",
        "`purpose` is missing",
    ];
    for part in parts {
        assert_eq!(found.iter().filter(|p| p.contains(part)).count(), 1, "{part}: {found:#?}");
    }
    assert_eq!(found.len(), parts.len(), "{found:#?}");
}

/// Two things of a list that lack the same key are both told, also where it was wrong in one of them.
#[test]
fn each_of_two_slips_of_one_sort_is_told() {
    let text = with("purpose = \"Leads:", "purpose = 7 # \"Leads:").replacen("purpose = \"Tells", "# \"Tells", 1);
    let found = problems(&text);
    assert!(found.iter().any(|p| p.contains("`purpose` wants one text")), "{found:#?}");
    assert!(found.iter().any(|p| p.contains("`purpose` is missing here")), "{found:#?}");
}

/// What the bot keeps from readers outside, or what nobody is asked for, fills no place.
#[test]
fn a_template_has_only_what_its_readers_may_have() {
    only(
        &with("Problem with {{ service }}\"", "{{ title }} {{ service }}\""),
        "{{ title }} {{ service }}",
        "nobody fills in `title`; the bot does not",
    );
    let found = problems(&with("reference {{ reference }}; you", "reference {{ reference }} on {{ phase }}, and"));
    assert!(found.len() == 1 && found[0].contains("nobody fills in `phase`"), "{found:?}");
    let text = with("defaults = { impact = \"\" }", "# none").replacen("required = []", "required = [\"impact\"]", 1);
    only(&text, "required = [\"impact\"]", "without anybody being asked for `impact`");
}

#[test]
fn what_a_template_does_not_use_is_told() {
    let unused = "and does not use it";
    only(&with("required = [\"impact\"]", "required = [\"impact\", \"mood\"]"), "\"mood\"", unused);
    only(&with("defaults = { cause = \"\" }", "defaults = { cause = \"\", mood = \"\" }"), "mood = \"\"", unused);
    let deep = "{% if impact == 'never' %}{{ title.first }}{% endif %}{{ title }}";
    only(&with("{{ title }}.{{ impact }}", deep), "title.first", "there is no `title.first`");
    let filled = "{% if impact %}{{ impact|shout }}{% endif %}{{ title }}";
    only(&with("{{ title }}.{{ impact }}", filled), "impact|shout", "cannot be filled in: filter shout is unknown");
}

/// Every built-in template is the one for its readers somewhere, or else it were told; a scenario is one that the bot or a person
/// names.
#[test]
fn no_built_in_template_is_out_of_reach() {
    let playbook = Playbook::builtin();
    for template in &playbook.templates {
        let Some(scenario) = template.scenario.as_deref() else { continue };
        let named = match template.audience {
            Audience::Internal | Audience::NeedToKnow | Audience::Executive | Audience::External => true,
            Audience::CustomerContact => scenario == FIRST_NOTICE,
            Audience::Advisor | Audience::Reporter => false,
        };
        assert!(named, "nobody names the scenario of {}", template.id);
    }
    let again = "\n[[templates]]\nid = \"again\"\naudience = \"internal\"\nkinds = [\"ops\"]\nbody = \"{{ title }}\"\n";
    only(&format!("{BUILTIN}{again}"), "id = \"again\"", "is never used");
}

/// A special case that nobody could choose is told.
#[test]
fn a_scenario_is_one_that_somebody_can_choose() {
    let built_in = "scenario = \"supplier_outage\"";
    only(&with(built_in, "scenario = \"Supplier outage\""), "\"Supplier outage\"", "lower-case letters");
    let usual = "phases = [\"identified\"]\nrequired";
    let bare = problems(&with(usual, "phases = [\"identified\"]\nscenario = \"x\"\nrequired"));
    assert!(bare.len() == 2 && bare.iter().all(|p| p.contains("`identified`, which has no usual text")), "{bare:#?}");
    only(&with("\"first_notice\"", "\"second\""), "\"second\"", "these readers have `first_notice` alone");
    let thanks = "audience = \"reporter\"";
    only(&with(thanks, &format!("{thanks}\n{built_in} # here")), "# here", "nobody chooses a scenario");
}

#[test]
fn a_template_with_a_hole_is_refused() {
    let found = problems(&with("{{ workaround }}\nNext", "{{ workround }}\nNext"));
    assert!(
        found.len() == 1 && found[0].contains("nobody fills in `workround`; did you mean `workaround`?"),
        "{found:?}"
    );
    only(
        &with("defaults = { impact = \"\" }", "defaults = { impact = \"\" }\nscenario = 7"),
        "scenario = 7",
        "`scenario` wants one text in quotes; this is `7`",
    );
    only(&with("body = \"This is resolved", "body = \"{% if %}This is resolved"), "{% if %}", "cannot be read");
    let endless = with(
        "body = \"This is resolved",
        "body = \"{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
    );
    only(&endless, "range(9999)", "is there a loop that does not end?");
    let silent = with(
        "started_at }}. \\\nWe do not know the cause yet and will not guess. {{ workaround }}\nNext update by {{ next_update }}.",
        "started_at }}. {{ workaround }}",
    );
    assert!(problems(&silent)[0].contains("does not say when the next update comes"), "{:?}", problems(&silent));
}

#[test]
fn what_nobody_can_do_at_night_is_a_warning() {
    let twice = with("aliases = [\"ic\"", "main = \"user:U1\"\nbackup = \"user:U1\"\naliases = [\"ic\"");
    only(&twice, "backup = \"user:U1\"", "nobody else is asked");
    assert!(read(&twice, None).playbook.is_some(), "a warning keeps nothing from being used");
    let leaders = "when = { kinds = [\"security\"], min_severity = 2 }\npost_roles = [\"internal_comms";
    only(&with(leaders, &leaders.replace("= 2", "= 1")), "every_executive_min = 240", "this cadence has no channel");
    let secret = "first_internal_min = 120\nevery_internal_min = 480";
    let public = with(secret, &format!("{secret}\nevery_external_min = 61"));
    only(&public, "every_external_min = 61", "this cadence has no channel");
    let old = with("version = \"1\"", "version = \"1\"\nlast_reviewed = \"2026-01-01\"\nreview_every_days = 90");
    only(&old, "last_reviewed", "overdue since 2026-04-01");
    only(&old.replace("\"2026-01-01\"", "2026-01-01"), "last_reviewed", "in quotes");
    let never = with("version = \"1\"", "version = \"1\"\nlast_reviewed = \"2026-01-01\"");
    only(&never, "last_reviewed", "say how often in `review_every_days`");
    let untrained = with("label = \"Social network", "trained_only = true\nlabel = \"Social network");
    only(&untrained, "trained_only = true", "fill in `trained`");
}

#[test]
fn two_of_a_name_are_told() {
    only(
        &with("aliases = [\"hr\"]", "aliases = [\"hr\", \"IC\"]"),
        "\"hr\", \"IC\"]",
        "means role `commander` and role `people`",
    );
    let text = with("id = \"scribe\"", "id = \"support\"");
    assert!(problems(&text).iter().any(|p| p.contains("two roles are called `support`")));
}

#[test]
fn what_is_no_playbook_is_told_in_a_sentence() {
    for (text, part) in [
        ("", "line 1: `name`, `version`, "),
        ("a = ", "line 1: this cannot be read"),
        ("{}", "line 1"),
        ("name = \"x", "line 1"),
    ] {
        let found = problems(text);
        assert!(!found.is_empty() && found.iter().any(|p| p.contains(part)), "{text}: {found:?}");
    }
    let huge = "# nothing\n".repeat(600_000);
    assert!(problems(&huge)[0].contains("is the most"));
    assert!(read("roles = 1\nroles = 2\nkinds = [", None).problems.len() >= 2);
    assert_eq!(problems("name = 1\nname = 2"), ["line 2: `name` stands in the file twice; keep one of them"]);
    let again = problems(&format!("{BUILTIN}\n[cadence]\n"));
    assert!(
        again.len() == 1 && again[0].ends_with("`cadence` stands in the file twice; keep one of them"),
        "{again:?}"
    );
}

/// Roles that nobody can hold there, and severities that there are not.
#[test]
fn what_can_never_be_asked_for_is_told() {
    let channel = "\n[[channels]]\nid = \"x\"\nlabel = \"X\"\naudience = \"external\"\nhow = \"By hand\"\n";
    let severity = format!("{BUILTIN}{channel}when = {{ min_severity = 9 }}\n");
    only(&severity, "min_severity = 9", "which is not among the severities");
    let role = format!("{BUILTIN}{channel}post_roles = [\"coordinator\"]\nwhen = {{ kinds = [\"ops\"] }}\n");
    only(&role, "post_roles = [\"coordinator\"]", "none of its `post_roles` can be held in incidents of kind `ops`");
    let required = with("lead_role = \"commander\"", "required_roles = [\"coordinator\"]\nlead_role = \"commander\"");
    let line = required.lines().position(|l| l.contains("required_roles = [\"coordinator\"]")).expect("there") + 1;
    let found = problems(&required);
    assert!(
        found.iter().any(|p| p.starts_with(&format!("line {line}: ")) && p.contains("which cannot be held")),
        "{found:?}"
    );
    let release = |roles: &str| with("release_roles = [\"customer_comms\", \"legal\"]", roles);
    only(&release("release_roles = [\"legl\"]"), "release_roles = [\"legl\"]", "did you mean `legal`?");
    let other = release("release_roles = [\"commander\"]");
    only(&other, "release_roles = [\"commander\"]", "requires `commander`, which cannot be held");
    let open = with("lead_role = \"commander\"", "release_roles = [\"support\"]\nlead_role = \"commander\"");
    only(&open, "release_roles = [\"support\"]", "is open to everybody, so `release_roles` keeps nothing back");
}

/// [L6] A value is a sentence of the organisation's own, and one question for the review.
#[test]
fn a_value_says_something_and_asks_something() {
    let asks = "question = \"What would have told us earlier?\"";
    only(&with(asks, "question = \" \""), "question = \" \"", "value `detect`: `question` is empty");
    let says = "text = \"We know before our customers do.\"";
    only(&with(says, "text = \"\""), "text = \"\"", "value `detect`: `text` is empty");
    for value in &Playbook::builtin().values {
        assert!(!value.question.is_empty() && value.question.ends_with(['?', '.']), "{value:?}");
    }
}

/// What a form has no room for is told where it begins, with how it is used all the same.
#[test]
fn what_no_form_shows_is_told() {
    let services = |n: usize| {
        (1..=n).map(|n| format!("\n[[services]]\nid = \"s{n}\"\nlabel = \"S\"\n")).collect::<Vec<_>>().concat()
    };
    assert_eq!(problems(&format!("{BUILTIN}{}", services(99))), Vec::<String>::new());
    let text = format!("{BUILTIN}{}", services(101));
    only(&text, "id = \"s100\"", "from service `s100` on, 2 can only be typed (`/incident declare for s100 …`)");
    let ops = KindId::from("ops");
    let builtin = Playbook::builtin();
    let room = ROLES_SHOWN - builtin.roles.iter().filter(|r| r.is_for(&ops) || r.is_for_helpers(&ops)).count();
    let roles = |n: usize| {
        let role = |n| format!("\n[[roles]]\nid = \"r{n}\"\nlabel = \"R\"\npurpose = \"Helps.\"\nkinds = [\"ops\"]\n");
        (1..=n).map(role).collect::<Vec<_>>().concat()
    };
    assert_eq!(problems(&format!("{BUILTIN}{}", roles(room))), Vec::<String>::new());
    let text = format!("{BUILTIN}{}", roles(room + 1));
    only(&text, &format!("id = \"r{}\"", room + 1), &format!("from role `r{}` on, 1 can only be typed", room + 1));
}

/// A group behind a role is asked when main and backup were: it must be another contact, behind some.
#[test]
fn a_group_stands_behind_others() {
    let of = |contacts: &str| with("id = \"sponsor\"", &format!("id = \"sponsor\"\n{contacts}"));
    let main = "main = \"user:U1\"\nbackup = \"group:S1\"\n";
    assert_eq!(problems(&of(&format!("{main}group = \"oncall:all\""))), Vec::<String>::new());
    only(
        &of(&format!("{main}group = \"group:S1\"")),
        "group = \"group:S1\"",
        "group:S1 is asked before as main or backup",
    );
    only(&of("group = \"group:S2\""), "group = \"group:S2\"", "role `sponsor` has a group and no `main`");
}

/// Rules about channels and phases that no other test breaks by itself.
#[test]
fn a_channel_or_a_phase_that_cannot_work_is_told() {
    let two = "approve_roles = [\"coordinator\", \"legal\"]\ntwo_person = true";
    only(
        &with(two, "approve_roles = [\"coordinator\"]\ntwo_person = true"),
        "approve_roles = [\"coordinator\"]",
        "fewer roles may approve than post",
    );
    only(&with(two, "approve_roles = []\ntwo_person = true"), "approve_roles = []", "nobody may approve");
    only(&with(two, &format!("{two}\ntrained_only = true")), "trained_only = true", "is for trained people only");
    let behind = "[[kinds.phases]]\nid = \"afterwards\"\nlabel = \"Afterwards\"\nemoji = \":hourglass:\"\nstage = \"active\"\nmeans = \"It goes on\"\n";
    let resolved = "means = \"All is normal by the named signal; learning starts\"\n";
    let found = problems(&with(resolved, &format!("{resolved}\n{behind}")));
    assert!(found.iter().any(|p| p.contains("it stands behind `resolved`, which ends the incident")), "{found:#?}");
}

#[test]
fn whom_a_severity_pages_is_somebody() {
    let page = "page = [\"service\"]";
    only(&with(page, "page = [\"service:nothing\"]"), "service:nothing", "there is no service `nothing`");
    only(&with(page, "page = [\"role:comander\"]"), "role:comander", "did you mean `commander`?");
    only(&with(page, "page = [\"role:commander\"]"), "role:commander", "nobody who can be paged is named for it");
    only(&with(page, "page = [\"service\", \"service\"]"), "\"service\", \"service\"", "once is enough");
    only(&with(page, "page = [\"bob\"]"), "\"bob\"", "write service (the incident's own), service:<id> or role:<id>");
}
