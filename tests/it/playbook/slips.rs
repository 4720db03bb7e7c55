//! What people may get wrong in a playbook, one slip a row, and what they are told of it.

use watchroom::playbook::Level;

use super::FULL;

/// Stands in the line that a problem is told of.
pub const MARK: &str = "#!";

/// One way to spoil the sound playbook.
pub enum Spoil {
    /// A piece of its text is another one.
    Swap(&'static str, &'static str),
    /// Something stands behind it.
    Add(&'static str),
    /// So many things stand behind it; in each `<n>` is its number, and one of them has the mark.
    Many(&'static str, usize, usize),
    /// The list of tables with this name is empty.
    Empty(&'static str),
}

use Spoil::{Add, Empty, Many, Swap};

impl Spoil {
    /// The sound playbook, spoilt.
    pub fn of_full(&self) -> String {
        match self {
            Self::Swap(piece, instead) => {
                assert_eq!(FULL.matches(piece).count(), 1, "`{piece}`");
                FULL.replacen(piece, instead, 1)
            }
            Self::Add(text) => format!("{FULL}\n{text}"),
            Self::Many(text, count, marked) => {
                let one = |n: usize| {
                    let mark = if n == *marked { MARK } else { "" };
                    text.replace("<n>", &n.to_string()).replace("<mark>", mark)
                };
                std::iter::once(FULL.to_owned()).chain((1..=*count).map(one)).collect::<Vec<_>>().join("\n")
            }
            Self::Empty(list) => {
                let is_of =
                    |part: &&str| part.starts_with(&format!("[{list}]]")) || part.starts_with(&format!("[{list}."));
                let kept: Vec<&str> = FULL.split("\n[").filter(|part| !is_of(part)).collect();
                format!("{list} = [] {MARK}\n{}", kept.join("\n["))
            }
        }
    }
}

/// What is done to the sound playbook, and what is said of that.
pub type Row = (Spoil, Level, &'static str);

const E: Level = Level::Error;
const W: Level = Level::Warning;

pub const HEAD: &[Row] = &[
    (
        Swap("last_reviewed = \"2026-11-01\"\nreview_every_days = 90", "last_reviewed = \"2026-11-01\" #!"),
        W,
        "nobody is reminded to look this playbook through again; say how often in `review_every_days`",
    ),
    (
        Swap("name = \"Everything\"", "name = \" \" #!"),
        E,
        "`name` is empty; people want to know which playbook is in force",
    ),
    (Swap("version = \"3\"", "version = \"\" #!"), E, "`version` is empty"),
    (
        Swap("\"2026-11-01\"", "\"2026-01-01\" #!"),
        W,
        "the review of this playbook (user:U0DAVE answers for it) is overdue since 2026-04-01; look it through and set `last_reviewed`",
    ),
    (
        Swap("\"2027-01-01\" }", "\"2026-01-01\" } #!"),
        W,
        "channel `page`: the training of U0ALICE has run out; renew it or take them out",
    ),
    (
        Swap("id = \"observer\"", "id = \"An observer\" #!"),
        E,
        "role `An observer`: an id has 1 to 60 lower-case letters, digits, `_` and `-`, so that people can type it",
    ),
    (
        Swap("id = \"payments\"", "id = \"checkout\" #!"),
        E,
        "two services are called `checkout` (the 1. and the 2.); rename one",
    ),
];

pub const COURSE: &[Row] = &[
    (
        Swap("label = \"critical\"", "label = \"\" #!"),
        E,
        "SEV1: the label must have 1 to 75 characters, this one has 0",
    ),
    (Empty("severities"), E, "`severities` is empty; name at least one"),
    (Swap("level = 2", "level = 1 #!"), E, "`severities` must be in order, worst (level = 1) first, each level once"),
    (Swap("level = 2", "level = 10 #!"), E, "a level is 1 to 9, so that people can type `sev1`"),
    (Swap("means = \"Nobody can use it\"", "means = \"\" #!"), E, "SEV1: say in `means` when it applies"),
    (Swap("default_severity = 2", "default_severity = 7 #!"), E, "`default_severity` 7 is not among the severities"),
    (
        Swap("page = [\"service\", \"service:checkout\", \"role:commander\"]", "page = [\"service\", \"service\"] #!"),
        W,
        "SEV1 pages `service` twice; once is enough",
    ),
    (
        Swap("page = [\"service\", \"service:checkout\", \"role:commander\"]", "page = [\"role:scribe\"] #!"),
        W,
        "SEV1 pages the role `scribe`, and nobody who can be paged is named for it; name somebody in its `main`",
    ),
    (
        Swap("required_roles = [\"scribe\"]", "required_roles = [\"scribe\"]\nrelease_roles = [\"commander\"] #!"),
        W,
        "kind `ops` is open to everybody, so `release_roles` keeps nothing back; use `two_person` of the channels",
    ),
    (Empty("criteria"), E, "`criteria` is empty; say when an event is an incident"),
    (
        Many("[[criteria]] <mark>\nid = \"c<n>\"\nlabel = \"C\"\nsuggest = 1", 8, 8),
        E,
        "there are 10 criteria; 9 fit beside \"not sure\" in Slack's form",
    ),
    (Swap("label = \"A service is down\"", "label = \" \" #!"), E, "criterion `down`: the label must have"),
    (
        Swap("label = \"A service is down\"\nsuggest = 1", "label = \"A\"\nsuggest = 9 #!"),
        E,
        "criterion `down` suggests SEV9, which is not among the severities",
    ),
    (
        Swap("lead_role = \"commander\"\nrequired", "lead_role = \"scribe\" #!\nrequired"),
        E,
        "kind `ops`: `scribe` may be held by several; exactly one person leads",
    ),
    (
        Swap("lead_role = \"commander\"\nrequired", "lead_role = \"legal\" #!\nrequired"),
        E,
        "kind `ops`: `legal` cannot be held in incidents of this kind; look at its `kinds`, `party` and `drills_only`",
    ),
    (
        Swap("required_roles = [\"scribe\"]", "required_roles = [\"legal\"] #!"),
        E,
        "kind `ops` requires `legal`, which cannot be held in incidents of this kind; look at its `kinds`, `party` and `drills_only`",
    ),
    (
        Add(
            "[[kinds]]\nid = \"x\"\nlabel = \"X\"\nlead_role = \"commander\"\nphases = [{ id = \"a\", label = \"A\", emoji = \":x:\", stage = \"active\" }] #!",
        ),
        E,
        "kind `x`: the last phase must have stage = \"resolved\", or nothing is ever resolved",
    ),
    (
        Add("[[kinds]]\nid = \"x\"\nlabel = \"X\"\nlead_role = \"commander\"\nphases = [] #!"),
        E,
        "kind `x` has no phases; it needs at least one",
    ),
    (
        Swap("stage = \"active\"\nmeans = \"People feel it\"", "stage = \"monitoring\" #!"),
        E,
        "kind `ops`: the first phase must have stage = \"active\": an incident begins with trouble",
    ),
    (
        Swap("beside = \"watching\"", "beside = \"telling\" #!"),
        E,
        "phase `telling` can never be reached: it opens with `telling`, which is no phase that others follow",
    ),
    (
        Swap(
            "stage = \"active\"\nmeans = \"People feel it\"\nneeds = [\"impact_statement\", \"fix\"]\nactivity = \"mend\"\n\n\
             [[kinds.phases]]\nid = \"watching\"",
            "stage = \"resolved\"\n\n[[kinds.phases]]\nid = \"watching\" #!",
        ),
        E,
        "phase `watching` can never be reached: it stands behind `working`, which ends the incident",
    ),
    (
        Swap("needs = [\"watched\"]\nwatch_min = 10", "needs = [\"watched\"] #!"),
        E,
        "phase `watching` needs `watched`; say for how long in `watch_min`",
    ),
];

pub const PEOPLE: &[Row] = &[
    (
        Swap("id = \"legal\"\nlabel", "id = \"legal\"\naliases = [\"IC\"] #!\nlabel"),
        E,
        "`IC` means role `commander` and role `legal`; keep it for one of them",
    ),
    (
        Swap("purpose = \"Watches a drill.\"", "purpose = \"\" #!"),
        E,
        "role `observer`: `purpose` is empty; people read it when they are asked",
    ),
    (
        Swap("backup = \"oncall:primary\"", "backup = \"user:U0ALICE\" #!"),
        W,
        "role `commander`: main and backup are both user:U0ALICE; when they do not answer, nobody else is asked",
    ),
    (
        Swap("several = true", "backup = \"user:U1\" #!"),
        W,
        "role `scribe` has a backup and no `main`; only roles with a `main` are asked by themselves",
    ),
    (
        Swap("several = true", "group = \"group:S1\" #!"),
        W,
        "role `scribe` has a group and no `main`; only roles with a `main` are asked by themselves",
    ),
    (
        Swap("group = \"group:S0MANAGERS\"", "group = \"oncall:primary\" #!"),
        W,
        "role `commander`: oncall:primary is asked before as main or backup; when they do not answer, nobody else is asked",
    ),
    (Swap("excludes = [\"scribe\"]", "excludes = [\"commander\"] #!"), E, "role `commander` excludes itself"),
    (Swap("text = \"Look at the severity again\"", "text = \" \" #!"), E, "role `commander`: a duty says nothing"),
    (
        Many("[[roles]]\nid = \"r<n>\" <mark>\nlabel = \"R\"\npurpose = \"Helps.\"\nkinds = [\"ops\"]", 100, 98),
        W,
        "kind `ops` has more roles than the form that assigns them shows (100); from role `r98` on, 3 can only be typed \
         (`/incident role r98 @person`)",
    ),
    (
        Many("[[services]]\nid = \"s<n>\" <mark>\nlabel = \"S\"", 100, 98),
        W,
        "there are more services than the form that declares shows (99); from service `s98` on, 3 can only be typed \
         (`/incident declare for s98 …`)",
    ),
    (
        Swap("responsible = [\"scribe\"]", "responsible = [] #!"),
        E,
        "activity `mend`: nobody is responsible, so nobody does it",
    ),
    (
        Swap("label = \"Payments\"", "label = \"Payments\"\ndepends_on = [\"checkout\"] #!"),
        E,
        "service `payments` depends on itself, through what it depends on; break the circle",
    ),
    (
        Add("[[contacts]]\nid = \"two\" #!\nname = \"Two\""),
        E,
        "contact `two` has neither `email` nor `phone`; nobody could reach them",
    ),
];

/// The rule of the sound playbook; one without `kinds` is for need-to-know incidents too.
const RULE: &str = "severity = 1\nkinds = [\"ops\"]\nfirst_internal_min = 15\nevery_internal_min = 30\nfirst_external_min = 30\n\
                    every_external_min = 60\nevery_executive_min = 120\n";

pub const WORDS: &[Row] = &[
    (
        Swap("remind_at_percent = 80", "remind_at_percent = 100 #!"),
        E,
        "`remind_at_percent` must be 1 to 99: before it is due",
    ),
    (
        Swap("escalate_at_percent = 150", "escalate_at_percent = 100 #!"),
        E,
        "`escalate_at_percent` must be 101 to 1000: after it was due",
    ),
    (Swap("long_factor = 2", "long_factor = 0 #!"), E, "`long_factor` must be 1 to 100"),
    (Swap("monitoring_factor = 3", "monitoring_factor = 101 #!"), E, "`monitoring_factor` must be 1 to 100"),
    (
        Swap("severity = 1\nkinds", "severity = 9 #!\nkinds"),
        E,
        "a rule is about SEV9, which is not among the severities",
    ),
    (
        Swap(RULE, "severity = 1\nevery_external_min = 60 #!\n"),
        W,
        "the rule for SEV1 owes customers something, but this cadence has no channel: no one of [[channels]] is for them then; add \
         one, or leave the minutes out",
    ),
    (Swap(RULE, "severity = 1\nevery_executive_min = 60 #!\n"), W, "the rule for SEV1 owes the leadership something"),
    (
        Swap(
            "every_executive_min = 120",
            "every_executive_min = 120\n\n[[cadence.rules]] #!\nseverity = 1\nkinds = [\"ops\"]",
        ),
        W,
        "this rule for SEV1 is never used: an earlier one holds for the same incidents",
    ),
    (
        Swap(
            "min_severity = 2, phases = [\"working\"], min_duration_min = 5, customers_affected = true }",
            "min_severity = 9 } #!",
        ),
        E,
        "channel `page` is used from SEV9 on, which is not among the severities",
    ),
    (
        Swap("slack = \"leaders\"", "slack = \"leaders\"\nconnector = \"page\" #!"),
        E,
        "channel `leaders` names both `slack` and `connector`; a text goes to one of them, so leave one out",
    ),
    (
        Swap("question = \"Did we?\"", "question = \" \" #!"),
        E,
        "value `respond`: `question` is empty; say it in the organisation's own words",
    ),
    (
        Swap("post_roles = [\"commander\"]", "post_roles = [\"legal\"] #!"),
        W,
        "channel `page`: none of its `post_roles` can be held in incidents of kind `ops`",
    ),
    (
        Swap("approve_roles = [\"scribe\", \"commander\"]", "approve_roles = [] #!"),
        E,
        "channel `page` wants two people, and nobody may approve; fill in `approve_roles`",
    ),
    (
        Swap(
            "post_roles = [\"commander\"]\napprove_roles = [\"scribe\", \"commander\"]",
            "post_roles = [\"commander\", \"scribe\"]\napprove_roles = [\"scribe\"] #!",
        ),
        W,
        "channel `page`: fewer roles may approve than post; at night a text may wait for someone to approve it",
    ),
    (
        Swap("trained_only = true\ntrained = { U0ALICE = \"2027-01-01\" }", "trained_only = true #!"),
        E,
        "channel `page` is for trained people only, and nobody is; fill in `trained`",
    ),
    (
        Add("[[channels]]\nid = \"x\"\nlabel = \"X\"\naudience = \"advisor\" #!"),
        E,
        "channel `x`: no template is for its readers, so nothing could ever be written",
    ),
];

pub const PLACES: &[Row] = &[
    (Swap("body = \"Impact: {{ impact }}\"", "body = \" \" #!"), E, "template `inside` says nothing"),
    (
        Swap("required = [\"impact\"]", "required = [\"impact\", \"service\"] #!"),
        E,
        "template `outside`: `service` is filled in by the bot; nobody can be asked for it",
    ),
    (
        Swap("defaults = { impact = \"unknown\" }", "required = [\"impact\"] #!"),
        E,
        "template `inside` is used without anybody being asked for `impact`; give it a default instead",
    ),
    (Swap("body = \"Impact: {{ impact }}\"", "body = \"{% if %}\" #!"), E, "template `inside` cannot be read: "),
    (
        Swap("title = \"{{ title }}\"", "title = \"{{ title.first }}\" #!"),
        E,
        "template `inside`: there is no `title.first`; each place is plain text, without parts",
    ),
    (
        Swap("body = \"Impact: {{ impact }}\"", "body = \"{{ impact }} {{ impcat }}\" #!"),
        E,
        "template `inside`: nobody fills in `impcat`; did you mean `impact`?",
    ),
    (
        Swap("body = \"Impact: {{ impact }}\"", "body = \"{{ impact }} {{ weather }}\" #!"),
        E,
        "template `inside`: nobody fills in `weather`; put it among `required`, or give it a default",
    ),
    (
        Swap("body = \"A supplier of ours has trouble. Next", "title = \"{{ title }}\" #!\nbody = \"Next"),
        E,
        "template `supplier`: nobody fills in `title`; the bot does not fill it in for these readers; take it out, or give it a default",
    ),
    (
        Swap("required = [\"impact\"]", "required = [\"impact\", \"mood\"] #!"),
        W,
        "template `outside` asks for `mood` and does not use it; write {{ mood }} in it, or take it out",
    ),
    (
        Swap("defaults = { impact = \"unknown\" }", "defaults = { impact = \"\", mood = \"\" } #!"),
        W,
        "template `inside` has a default for `mood` and does not use it; write {{ mood }} in it, or take it out",
    ),
    (
        Swap(
            "body = \"Impact: {{ impact }}\"\ndefaults = { impact = \"unknown\" }",
            "body = \"{{ impact }}\" #!\ndefaults = { impact = \"\" }",
        ),
        E,
        "template `inside` is empty when it is filled in",
    ),
    (
        Swap("body = \"Impact: {{ impact }}\"", "body = \"Impact: {{ impact|shout }}\" #!"),
        E,
        "template `inside` cannot be filled in: ",
    ),
    (
        Swap("{{ service }}: {{ impact }} Next update by {{ next_update }}.\"", "{{ service }}: {{ impact }}\" #!"),
        E,
        "template `outside` does not say when the next update comes; write {{ next_update }} in it",
    ),
    (
        Swap("scenario = \"supplier_outage\"", "scenario = \"Supplier outage\" #!"),
        E,
        "template `supplier`: a scenario has 1 to 60 lower-case letters, digits, `_` and `-`",
    ),
    (
        Swap("title = \"{{ title }}\"", "title = \"{{ title }}\"\nscenario = \"odd\" #!"),
        E,
        "template `inside` is for a special case of `working`, which has no usual text; leave out one `scenario`",
    ),
    (
        Add(
            "[[templates]]\nid = \"x\"\naudience = \"customer_contact\"\nscenario = \"odd\" #!\nbody = \"{{ next_update }}\"",
        ),
        W,
        "template `x`: nobody chooses `odd`; these readers have `first_notice` alone",
    ),
    (
        Add("[[templates]]\nid = \"x\"\naudience = \"reporter\"\nscenario = \"odd\" #!\nbody = \"Thanks\""),
        W,
        "template `x`: nobody chooses a scenario of a text for these readers; take it out",
    ),
    (
        Add(
            "[[templates]]\nid = \"again\" #!\naudience = \"internal\"\nphases = [\"telling\"]\nbody = \"{{ title }}\"",
        ),
        W,
        "template `again` is never used: another one is for the same readers and phases, or those phases only run beside others",
    ),
];

/// Each place that names something: that there is none. With the nearest name where one is near.
pub const NAMES: &[Row] = &[
    (Swap("default_kind = \"ops\"", "default_kind = \"opps\" #!"), E, "there is no kind `opps`; did you mean `ops`?"),
    (
        Swap("suggest = 1\nkind = \"security\"", "suggest = 1\nkind = \"nowhere\" #!"),
        E,
        "there is no kind `nowhere`; name one that is in the file, or add it",
    ),
    (
        Swap("lead_role = \"commander\"\nrequired", "lead_role = \"nowhere\" #!\nrequired"),
        E,
        "there is no role `nowhere`",
    ),
    (Swap("required_roles = [\"scribe\"]", "required_roles = [\"nowhere\"] #!"), E, "there is no role `nowhere`"),
    (Swap("\"service:checkout\", \"role", "\"service:nowhere\", #!\n\"role"), E, "there is no service `nowhere`"),
    (Swap("\"role:commander\"]", "\"role:nowhere\"] #!"), E, "there is no role `nowhere`"),
    (Swap("activity = \"mend\"", "activity = \"nowhere\" #!"), E, "there is no activity `nowhere`"),
    (Swap("owner = \"user:U0DAVE\"", "owner = \"external:nowhere\" #!"), E, "there is no contact `nowhere`"),
    (Swap("owner = \"group:S0SHOP\"", "owner = \"external:nowhere\" #!"), E, "there is no contact `nowhere`"),
    (Swap("main = \"external:counsel\"", "main = \"external:nowhere\" #!"), E, "there is no contact `nowhere`"),
    (
        Swap(
            "purpose = \"Says what we owe to whom.\"\nkinds = [\"security\"]",
            "purpose = \"Says.\"\nkinds = [\"nowhere\"] #!",
        ),
        E,
        "there is no kind `nowhere`",
    ),
    (Swap("excludes = [\"scribe\"]", "excludes = [\"nowhere\"] #!"), E, "there is no role `nowhere`"),
    (Swap("consult_on = [\"leak\"]", "consult_on = [\"nowhere\"] #!"), E, "there is no criterion `nowhere`"),
    (Swap("accountable = \"commander\"", "accountable = \"nowhere\" #!"), E, "there is no role `nowhere`"),
    (Swap("informed = [\"observer\"]", "informed = [\"nowhere\"] #!"), E, "there is no role `nowhere`"),
    (Swap("depends_on = [\"payments\"]", "depends_on = [\"nowhere\"] #!"), E, "there is no service `nowhere`"),
    (
        Swap("severity = 1\nkinds = [\"ops\"]", "severity = 1\nkinds = [\"nowhere\"] #!"),
        E,
        "there is no kind `nowhere`",
    ),
    (
        Swap(
            "when = { kinds = [\"ops\"], min_severity = 2, phases = [\"working\"], min_duration_min = 5, customers_affected = true }",
            "when = { kinds = [\"nowhere\"] } #!",
        ),
        E,
        "there is no kind `nowhere`",
    ),
    (
        Swap(
            "phases = [\"working\"], min_duration_min = 5, customers_affected = true }",
            "phases = [\"nowhere\"] } #!",
        ),
        E,
        "there is no phase `nowhere`",
    ),
    (
        Swap("approve_roles = [\"scribe\", \"commander\"]", "approve_roles = [\"scribe\", \"nowhere\"] #!"),
        E,
        "there is no role `nowhere`",
    ),
    (
        Swap("audience = \"internal\"\nkinds = [\"ops\"]", "audience = \"internal\"\nkinds = [\"nowhere\"] #!"),
        E,
        "there is no kind `nowhere`",
    ),
    (Swap("phases = [\"working\"]\ntitle", "phases = [\"nowhere\"] #!\ntitle"), E, "there is no phase `nowhere`"),
];
