//! Every verb there is: what the parser, the help and the README go by.

use super::{
    Verb, access, case, course, declare, duty, entries, evidence, external, following, grammar::Does, oncall, people,
    queries, report, status_page,
};

macro_rules! now {
    ($name:literal $(| $alias:literal)*, $usage:literal, $summary:literal, $more:literal,
     [$($example:literal),+ $(,)?], $read:path) => {
        Verb {
            name: $name,
            aliases: &[$($alias),*],
            usage: $usage,
            summary: $summary,
            more: $more,
            examples: &[$($example),+],
            does: Does::Now($read),
        }
    };
}

macro_rules! later {
    ($name:literal $(| $alias:literal)*, $what:literal, $text:literal) => {
        Verb {
            name: $name,
            aliases: &[$($alias),*],
            usage: "",
            summary: "",
            more: "",
            examples: &[$name],
            does: Does::Later { what: $what, text: $text },
        }
    };
}

/// Every verb, in the order in which help shows them; those of later releases last.
pub static GRAMMAR: &[Verb] = &[
    now!(
        "declare" | "new" | "create" | "open" | "start",
        "[sevN] [security: | thread:] [for <service>] <title>",
        "declares an incident",
        "Without a title it opens the form. `security:` before the title makes it need-to-know: a private room, a codename, and \
         nothing for anyone who was not let in; `thread:` makes a small one in a thread of this channel, without a room. The \
         other names are also how titles begin, so they ask back unless a severity follows.",
        [
            "declare sev1 checkout is down",
            "declare checkout is slow",
            "declare",
            "new sev 2 for payments: cards fail",
            "declare sev1 security: keys leaked",
            "declare thread: the logo is blurred"
        ],
        declare::declare
    ),
    now!(
        "update" | "post",
        "[text] [next 30m | next by 15:00 | no next update] | correct",
        "posts a status update; `correct`: puts the last one for others right",
        "Without a text it opens the form. Without `next …` the next update is due after the severity's interval. Each update that was \
         sent to others also has a button that corrects it.",
        ["update", "update We found the cause next 30m", "post Cards work again no next update", "update correct"],
        entries::update
    ),
    now!(
        "phase" | "status" | "state",
        "[<phase> | next | back] [why | done | accept]",
        "changes the phase",
        "Without a phase it opens the form. `done` ends a phase that runs beside the others, `accept` accepts that one was left.",
        [
            "phase",
            "phase monitoring the fix is out",
            "status next",
            "phase back it fails again",
            "phase notification done",
            "phase containment accept",
        ],
        course::phase
    ),
    now!(
        "severity" | "sev",
        "[<n>] [why]",
        "changes the severity",
        "1 is the worst. Without a number it opens the form.",
        ["severity 2", "sev sev1 all customers are affected", "severity"],
        entries::severity
    ),
    now!(
        "kind",
        "<kind> [why]",
        "makes it an incident of another kind",
        "To a need-to-know kind it does what `private` does.",
        ["kind security someone had access", "kind ops"],
        access::kind
    ),
    now!(
        "private" | "restrict",
        "[why]",
        "makes it need-to-know: it goes on in a new private room under a codename",
        "The old room learns only that it continues elsewhere; the lead and role holders come along. If the words behind it sound \
         like a title, it asks back; `private -- <why>` does not.",
        ["private it may be an attack", "restrict"],
        access::private
    ),
    now!(
        "access",
        "[add | remove @person <why>]",
        "shows who is inside a need-to-know incident and the log of it; lets someone in or removes them",
        "",
        ["access", "access add <@U1|alice> knows the keys", "access remove <@U1|alice> left the team"],
        access::access
    ),
    now!("title" | "rename", "[text]", "changes the title", "", ["title Cards are refused", "rename"], entries::title),
    now!(
        "time",
        "<started | detected | ended> <when>",
        "corrects a time",
        "A time without a date is the most recent one in your own zone. Zones can be named: `02:10 UTC`, \
         `02:10 Europe/Berlin`, `02:10+02:00`.",
        ["time started 02:10", "time detected yesterday 23:50 UTC", "time ended 20 min ago"],
        entries::time
    ),
    now!(
        "lead" | "ic" | "commander",
        "[@person]",
        "makes someone the lead; alone: you",
        "To ask them first, use `handoff`.",
        ["lead", "lead <@U1|alice>"],
        people::lead
    ),
    now!(
        "role" | "assign",
        "[<role>] [@person] [because <why>]",
        "gives a role to someone; without a person: to you",
        "Alone it opens the form. On major incidents some roles do not go together; then say why. Who does not answer is \
         replaced: the backup is asked, then others.",
        ["role scribe", "assign comms <@U1|alice>", "role", "role scribe <@U1|alice> because nobody else is awake"],
        people::assign
    ),
    now!(
        "unassign",
        "<role> [@person]",
        "makes a role free again",
        "The person matters where several hold it. Whoever the playbook names for it is asked again.",
        ["unassign scribe", "unassign scribe <@U1|alice>"],
        people::unassign
    ),
    now!(
        "roles",
        "[raci]",
        "shows who does what; `raci`: in which activity",
        "",
        ["roles", "roles raci"],
        people::roles
    ),
    now!(
        "handoff",
        "[@person] [role]",
        "asks someone to take over a role; you keep it until they accept",
        "Without a role it is the lead. Alone it opens the form.",
        ["handoff <@U1|alice>", "handoff <@U1|alice> scribe"],
        people::handoff
    ),
    now!(
        "checklist",
        "",
        "shows what you and the others have to do",
        "Some of it ticks itself once the timeline shows it.",
        ["checklist"],
        duty::checklist
    ),
    now!(
        "task" | "action",
        "<text> [@person] [by <when>]",
        "gives someone something to do; without a person: you",
        "Without a time it is due in an hour, on major incidents in half an hour. If the text sounds like a title, it asks back; \
         `task -- <text>` does not.",
        ["task restart the queue <@U1|alice> by 15:00", "action ask the provider in 20m", "task call the bank"],
        duty::task
    ),
    now!("tasks", "", "shows the open tasks", "", ["tasks"], duty::tasks),
    now!(
        "page" | "escalate",
        "[@person | @group | service | policy | #channel …]",
        "asks people for help until someone answers",
        "They get a direct message with a button, again and again, then the next step of the policy is asked. For a \
         service its own people are asked; where nobody is named for it, the fallback. Alone it opens the form.",
        ["page <@U1|alice>", "page <!subteam^S1|@db> <@U2|bob>", "escalate"],
        people::page
    ),
    now!(
        "channels",
        "",
        "shows where, when and by whom others are told; writes to them",
        "The channels that the register asks for now are marked. Buttons below it open the form for a text to customers or to the \
         leadership.",
        ["channels"],
        queries::channels
    ),
    now!("ack", "", "says that you are on it", "Stops the page that waits.", ["ack"], people::ack),
    now!(
        "unack",
        "",
        "says that nobody is on it any more",
        "The page goes on where it stood, and whoever hands it back is not asked again.",
        ["unack"],
        people::unack
    ),
    now!(
        "cannot" | "cant" | "decline",
        "[why]",
        "says that you are paged and cannot come",
        "Whoever comes next is asked at once, unless others who were asked with you still may answer.",
        ["cannot", "cant on a train", "decline"],
        people::cannot
    ),
    now!(
        "note" | "log",
        "<text>",
        "puts a note on the timeline",
        "",
        ["note The cache was cold", "log Cards work again"],
        entries::note
    ),
    now!("change", "<text>", "records that something was changed", "", ["change Deployed 1.2.3"], entries::change),
    now!(
        "decision",
        "<text>",
        "records a decision",
        "",
        ["decision We fail over to the second site"],
        entries::decision
    ),
    now!("fix", "<text>", "records what should mend it", "", ["fix Restarted the queue"], entries::fix),
    now!(
        "evidence",
        "[<text> [sha256: <hash>] [taken: <when>] [custodian: @person] [kept: <where>] | pass <n> @person [where] | add]",
        "records a piece of evidence and who keeps it; alone: the list",
        "Without a custodian you keep it. `pass` hands it over: the export has the whole chain of custody.",
        [
            "evidence",
            "evidence disk image of web-3 sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 kept: safe 2",
            "evidence the stolen badge taken: 20 min ago custodian: <@U1|alice>",
            "evidence pass 1 <@U2|bob> locker 7",
            "evidence add",
        ],
        evidence::evidence
    ),
    now!(
        "observe",
        "[[suspected | confirmed] <text> | confirm <n> [how]]",
        "records what was observed, suspected or confirmed; alone: the list",
        "What is not called confirmed is suspected, and stays so until somebody confirms it.",
        [
            "observe suspected the tokens were copied",
            "observe confirmed the key was used from outside",
            "observe confirm 1 the access log shows it",
            "observe",
        ],
        evidence::observe
    ),
    now!(
        "consult",
        "[<role> <question> | answer [number] <text>]",
        "asks a role for its advice, or answers",
        "Without words it opens the form. They are reminded once; until somebody answers the card shows the question.",
        ["consult", "consult legal May we tell customers now?", "consult answer 1 Yes, without names"],
        course::consult
    ),
    now!(
        "customers",
        "[add <name> [security: <contact>] [technical: <contact>] | plan | approve | confirm <n> [impact] | told <n> … | …]",
        "shows the customers that are affected and what they were told",
        "A customer is named, its impact is confirmed, it is told, it acknowledges; the list has a button for each step. Nobody is \
         told before there is a plan and that customer's impact is confirmed. Also: `contact <n> security: … technical: …`, \
         `clear <n> <why>`, `acknowledged <n> <who>`.",
        [
            "customers",
            "customers add Acme security: security@acme.example technical: +49 30 123",
            "customers plan largest first | the account managers | their tokens were read",
            "customers approve",
            "customers confirm 1 its tokens were read",
            "customers told 1 mail | We revoked your tokens | Issue new tokens",
            "customers acknowledged 1 their duty officer, by phone",
            "customers clear 2 its region was not reached",
            "customers contact 2 technical: ops@acme.example",
        ],
        case::customers
    ),
    now!(
        "report",
        "[<text> | R-<n>]",
        "tells us of something as a customer would; alone: your own reports",
        "You get a reference, and see your own report by it. In an incident's room it belongs to that incident.",
        ["report Our tokens were used by a stranger", "report R-12", "report"],
        report::report
    ),
    now!(
        "reports",
        "[add [at <when>] <text> | attach R-<n> | detach R-<n> | ack R-<n> | forget R-<n>]",
        "shows what customers reported; writes one down, attaches it, acknowledges it",
        "Those that belong to no incident yet are kept until somebody attaches them; `detach` takes one away again. \
         `forget` removes the words for good.",
        [
            "reports",
            "reports add at 02:10 Acme cannot log in",
            "reports attach R-12",
            "reports detach R-12",
            "reports ack R-12",
            "reports forget R-12",
        ],
        report::reports
    ),
    now!(
        "external",
        "[add @person <capacity | skill | independent> until: <when> nda: <yes | no> scope: <what> | end <n>]",
        "records who helps from outside, why and until when; alone: the list",
        "A guest is not brought into a need-to-know incident without such a record. Their access ends with it.",
        [
            "external",
            "external add <@U1|alice> skill until: 14 days nda: yes scope: reads the disk images",
            "external add",
            "external end 1",
        ],
        external::external
    ),
    now!("timeline", "", "shows what happened, in order", "", ["timeline"], queries::timeline),
    now!(
        "redact",
        "<entry> <why>",
        "removes the words of an entry for good",
        "`/incident timeline` shows the numbers. Who removed it, when and why stays.",
        ["redact 12 it named a customer"],
        entries::redact
    ),
    now!("link", "[url]", "keeps a link on the card", "", ["link https://status.example.com", "link"], entries::link),
    now!("mitigate", "", "says that impact has ended; goes to monitoring", "", ["mitigate"], entries::mitigate),
    now!(
        "resolve" | "fixed",
        "[why]",
        "says that it is mended",
        "Where the final fix is not confirmed yet, the words say why it goes without. If they sound like a title, it asks back; \
         `resolve -- <why>` does not.",
        ["resolve", "fixed rolled back"],
        entries::resolve
    ),
    now!(
        "close",
        "[why]",
        "closes a resolved incident",
        "A major one with open ends is closed only with a reason.",
        ["close", "close they were told by phone"],
        entries::close
    ),
    now!(
        "cancel",
        "[why]",
        "ends what was no incident",
        "If the words behind it sound like a title, it asks back; `cancel -- <why>` does not.",
        ["cancel false alarm", "cancel"],
        entries::cancel
    ),
    now!("reopen", "[why]", "goes on after all", "", ["reopen it came back", "reopen"], entries::reopen),
    now!("merge", "<id>", "ends this one as the same trouble as that one", "", ["merge INC-2"], entries::merge),
    now!("summary", "[id]", "says in short what happened so far", "", ["summary", "summary INC-2"], queries::summary),
    now!(
        "list" | "ls",
        "[open | mine | recent]",
        "lists incidents",
        "",
        ["list", "ls mine", "list recent"],
        queries::list
    ),
    now!(
        "find" | "search",
        "<words>",
        "finds incidents by words of their title",
        "",
        ["find checkout", "search cards"],
        queries::find
    ),
    now!(
        "similar",
        "[id | tag <condition> | untag <condition>]",
        "shows incidents like this one; says what made it possible",
        "Of the last 180 days: the same service, or the same telling words in the title. One with the same service and the same \
         condition is a repetition.",
        ["similar", "similar INC-2", "similar tag expired certificate", "similar untag expired certificate"],
        queries::similar
    ),
    now!("show" | "info", "[id]", "shows an incident", "", ["show INC-2", "info"], queries::show),
    now!(
        "playbook",
        "",
        "shows the playbook in force",
        "An incident keeps the playbook that it was declared under.",
        ["playbook"],
        queries::playbook
    ),
    now!(
        "oncall" | "who",
        "[schedule [weeks] | service | policy | me | test me]",
        "shows who is on call and next; `weeks`: four weeks; `me`: your shifts and ways to you, which `oncall test me` tries",
        "",
        ["oncall", "oncall me", "oncall test me"],
        oncall::oncall
    ),
    now!(
        "override",
        "[<schedule>] [@person [instead of @person] | add @person | remove @person | cover me] [<when>]",
        "puts somebody else on call for a while; `cover me` asks the others",
        "When: `for 2h`, `until 08:00`, `tomorrow`, `from 18:00 until 08:00`.",
        ["override"],
        oncall::override_
    ),
    now!(
        "away",
        "[@person] [<when>]",
        "says that somebody is away and not on call; alone: when you are",
        "",
        ["away tomorrow", "away 2026-12-24 to 2026-12-27"],
        oncall::away
    ),
    now!(
        "swap",
        "[<schedule>] @person [<day> [for <day>]]",
        "offers to exchange shifts: yours of that day, else the next",
        "",
        ["swap <@U1>", "swap <@U1|bob> friday for sunday"],
        oncall::swap
    ),
    now!(
        "subscribe",
        "[<service> | sevN | <phase> | INC-7 | all …] | remove <n> | mute | unmute",
        "has you told of incidents; alone: of which",
        "What stands together must all fit: `subscribe checkout sev1`. You hear by direct message, once in ten minutes; of what is \
         need-to-know never. `INC-7 subscribe` follows that one.",
        [
            "subscribe",
            "subscribe sev2",
            "subscribe INC-7",
            "subscribe resolved",
            "subscribe remove 3",
            "subscribe mute"
        ],
        following::subscribe
    ),
    now!(
        "statuspage",
        "[forget <mail address>]",
        "shows the public status page",
        "Where there is none it says how to set one up. `forget` ends what an address subscribed to; none of it remains in the record.",
        ["statuspage", "statuspage forget ada@customer.example"],
        status_page::status_page
    ),
    now!(
        "maintenance",
        "[plan [title] | <change | begin | finish> [M-<n>] | extend [M-<n>] <by 1h | until 04:00> | cancel [M-<n>] [why]]",
        "plans maintenance; alone: what is planned",
        "The number may be left out where only one can be meant. It begins and ends at its \
         time by itself; before that whoever planned it is reminded, and asked whether it is over.",
        [
            "maintenance",
            "maintenance plan New database",
            "maintenance change M-3",
            "maintenance begin",
            "maintenance extend M-3 by 1h",
            "maintenance extend until 04:00",
            "maintenance finish M-3",
            "maintenance cancel M-3 the supplier is not ready",
        ],
        status_page::maintenance
    ),
    now!("help", "[verb]", "shows this", "", ["help", "help page"], queries::help),
    later!("followup", "Follow-ups (`followup`)", true),
    later!("followups", "Follow-ups (`followups`)", false),
    later!("clocks", "Deadlines of authorities (`clocks`)", false),
    later!("review" | "pir", "The post-incident review (`review`)", false),
    later!("postmortem", "The public post-mortem (`postmortem`)", false),
    later!("catchup", "Catching up (`catchup`)", false),
    later!("stats", "Statistics (`stats`)", false),
    later!("drill" | "test", "Drills (`drill`)", true),
    later!("export", "Exporting from Slack (`export`)", false),
];
