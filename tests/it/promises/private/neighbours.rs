//! Whom the bot speaks to beside Slack while a history is played: by every way there is, by a webhook, at every other provider, and
//! at a program of the deployment's own. None of them is inside anything. What the playbook names is there too: people, groups and
//! whoever is on call, to be asked and informed, and channels that others read: in Slack, on our own page, and by a program that gets what
//! is published.

use watchroom::{
    config::{ExternalPagers, OpsgenieConfig, Secret},
    paging::{
        Policy, Step, Target,
        reach::{Ask, Choice, Way},
    },
    playbook::Playbook,
};

use super::history::{IDS, PEOPLE};
use crate::harness::{
    Bot, edited,
    grafana::{FakeGrafana, INTEGRATION},
    neighbour::{Neighbour, gotify, mail, twilio},
    ntfy::Ntfy,
    opsgenie::{FakeOpsgenie, KEY},
    pager::FakePager,
    pagerduty::{FakePagerDuty, TOKEN},
    providers::{grafana, opsgenie, pager, pagerduty},
    reach::PUBLIC,
    status_page,
    webhook::Webhook,
};
use crate::story::{comms::outlet, oncall::weekly, released::for_the_public};

pub struct Neighbours {
    ntfy: Ntfy,
    gotify: Neighbour,
    twilio: Neighbour,
    mail: mail::Server,
    webhook: Webhook,
    program: Webhook,
    pagerduty: FakePagerDuty,
    opsgenie: FakeOpsgenie,
    grafana: FakeGrafana,
    pager: FakePager,
    /// How much of what each was told has been looked at.
    looked: [usize; 10],
}

impl Neighbours {
    /// They listen, and a bot knows them all: everybody is reached by every way, and what nobody answers goes to all.
    pub async fn start() -> (Self, Bot) {
        let it = Self {
            ntfy: Ntfy::start().await,
            gotify: gotify::start().await,
            twilio: twilio::start().await,
            mail: mail::Server::start().await,
            webhook: Webhook::start().await,
            program: Webhook::start().await,
            pagerduty: FakePagerDuty::start().await,
            opsgenie: FakeOpsgenie::start().await,
            grafana: FakeGrafana::start().await,
            pager: FakePager::start().await,
            looked: [0; 10],
        };
        it.pagerduty.memory().services.insert("PSVC".into(), "PPOL".into());
        let pager_duty = it
            .pagerduty
            .settings("[pagerduty]\nservices = ['PSVC']\nfrom = 'bot@example.com'", &[("PAGERDUTY_API_TOKEN", TOKEN)]);
        it.opsgenie.memory().prompt = true;
        let ops_genie = OpsgenieConfig {
            api_url: it.opsgenie.url.parse().expect("an address"),
            key: Some(Secret::new(KEY)),
            site: None,
            schedules: Vec::new(),
        };
        let on_call = it.grafana.settings(&format!("[grafana_oncall]\nintegrations = ['{INTEGRATION}']"));
        let pagers = vec![it.pager.config("siren", true)];
        let bot = Bot::configured(|config| {
            config.playbook = edited(named);
            config.settings.schedules = vec![weekly("desk", &[NAMED[0]])];
            it.ntfy.set_up(config);
            config.ways.gotify = Some(gotify::config(&it.gotify));
            config.ways.twilio = Some(twilio::config(&it.twilio));
            config.ways.mail = Some(it.mail.config());
            it.webhook.set_up(config, None, true);
            it.program.connect(config, PROGRAM);
            config.settings.show_status_page(status_page());
            config.settings.ways = config.ways.set_up();
            config.settings.public_url = Some(PUBLIC.into());
            let everywhere = || {
                let hook = Target::Webhook("siren".into());
                [pagerduty("PSVC"), opsgenie("schedule:S1"), grafana(), pager("siren"), hook].into_iter()
            };
            config.settings.fallback.extend(everywhere());
            let step = Step { targets: everywhere().collect(), wait_min: 5, repeat_min: 2, ..Step::default() };
            let fallback = config.settings.fallback.clone();
            config.settings.policies =
                vec![Policy { name: "night".into(), steps: vec![step], fallback, ..Policy::default() }];
            config.settings.external_pagers =
                ExternalPagers::of(Some(&pager_duty), Some(&ops_genie), Some(&on_call), &pagers);
            config.pagerduty = Some(pager_duty);
            config.opsgenie = Some(ops_genie);
            config.grafana_oncall = Some(on_call);
            config.pagers = pagers;
        })
        .await;
        for (n, who) in IDS.into_iter().enumerate() {
            let choices = Way::ALL.map(|way| Choice { way, address: Some(address(way, n)), after: Some("0".into()) });
            let chosen = bot.app().engine.change_contacts(None, &who.into(), &Ask::Choose(choices.into()), None).await;
            chosen.expect("chosen");
        }
        (it, bot)
    }

    /// What they were told since this was asked last, and whether it was published.
    pub fn told(&mut self) -> Vec<(bool, String)> {
        let asked = |asked: &[crate::harness::neighbour::Asked]| -> Vec<String> {
            asked.iter().map(|asked| format!("{} {}", asked.path, String::from_utf8_lossy(&asked.body))).collect()
        };
        // Mail and forms are encoded: they are read as people read them.
        let all: [Vec<String>; 10] = [
            self.ntfy.taken().iter().map(ToString::to_string).collect(),
            asked(&self.gotify.done()),
            self.twilio.done().iter().map(|asked| format!("{:?}", asked.form())).collect(),
            self.mail.taken().iter().map(mail::Taken::shown).collect(),
            self.webhook.told().into_iter().map(|(_, body)| body).collect(),
            self.pagerduty.memory().incidents.iter().map(ToString::to_string).collect(),
            self.opsgenie.memory().told.iter().map(|told| format!("{told:?}")).collect(),
            self.grafana.memory().bodies.iter().map(ToString::to_string).collect(),
            self.pager.memory().told.iter().map(ToString::to_string).collect(),
            self.program.told().into_iter().map(|(headers, body)| format!("{headers:?} {body}")).collect(),
        ];
        let mut new = Vec::new();
        for (n, (told, looked)) in all.into_iter().zip(&mut self.looked).enumerate() {
            let count = told.len();
            new.extend(told.into_iter().skip(*looked).map(|told| (n == PUBLISHED, told)));
            *looked = count;
        }
        new
    }

    /// Those that were never told anything.
    pub fn idle(&self) -> Vec<&'static str> {
        let names = [
            "ntfy",
            "Gotify",
            "Twilio",
            "mail",
            "the webhook",
            "PagerDuty",
            "Opsgenie",
            "Grafana OnCall",
            "the pager",
            "the program",
        ];
        names.into_iter().zip(self.looked).filter(|(_, looked)| *looked == 0).map(|(name, _)| name).collect()
    }
}

/// The connector that leads to a program, which is the last of all.
const PROGRAM: &str = "program";
const PUBLISHED: usize = 9;

/// Whom the playbook has asked, by name, as whoever is on call, or in a group, and so lets in.
pub const NAMED: [&str; 2] = ["U0DAVE", "U0CAROL"];

/// Somebody for every sort of contact, asked or informed, and channels in Slack for whomever one can write to.
fn named(p: &mut Playbook) {
    for_the_public(p);
    // What is released, and what is public anyway.
    for (id, connector) in [("status_page", "status_page"), ("social", PROGRAM)] {
        let when = outlet(p, "status_page").when.clone();
        let outlet = outlet(p, id);
        outlet.slack = None;
        outlet.connector = Some(connector.into());
        outlet.when = when;
        outlet.when.kinds = vec!["ops".into(), "security".into()];
        outlet.post_roles = vec!["coordinator".into(), "commander".into()];
        outlet.max_chars = 0;
    }
    outlet(p, "customer_email").slack = Some("support".into());
    outlet(p, "customer_email").when.min_duration_min = 0;
    outlet(p, "leadership").slack = Some("incidents".into());
    let firm = "id = \"firm\"\nname = \"Quill and Partners\"\nphone = \"+49 30 1234567\"";
    p.contacts = vec![toml::from_str(firm).expect("a contact")];
    for (role, main, backup) in [
        ("responder", "user:U0DAVE", None),
        ("legal", "oncall:desk", None),
        ("risk", "external:firm", Some("oncall:desk")),
        // They are informed: the members of a group, and somebody outside Slack.
        ("sponsor", "group:S0MANAGERS", None),
        ("support", "external:firm", None),
        // The backup stands in for whoever leads.
        ("coordinator", "user:U0DAVE", Some("group:S0MANAGERS")),
        ("commander", "group:S0ONCALL", Some("external:firm")),
    ] {
        let role = p.roles.iter_mut().find(|r| r.id.as_str() == role).expect("a role of the built-in playbook");
        role.main = Some(main.parse().expect("a contact"));
        role.backup = backup.map(|backup| backup.parse().expect("a contact"));
    }
}

fn address(way: Way, n: usize) -> String {
    match way {
        Way::Ntfy => PEOPLE[n].to_owned(),
        // The only one whom the settings have an application of.
        Way::Gotify => "bob".to_owned(),
        Way::Sms | Way::Call => format!("+1500555100{n}"),
        Way::Mail => format!("{}@example.com", PEOPLE[n]),
    }
}
