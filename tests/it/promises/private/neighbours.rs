//! Whom the bot speaks to beside Slack while a history is played: by every way there is, by a webhook, and at two other
//! providers. None of them is inside anything.

use watchroom::{
    config::{ExternalPagers, OpsgenieConfig, Secret},
    paging::{
        Policy, Step, Target,
        reach::{Ask, Choice, Way},
    },
};

use super::history::{IDS, PEOPLE};
use crate::harness::{
    Bot,
    neighbour::{Neighbour, gotify, mail, twilio},
    ntfy::Ntfy,
    opsgenie::{FakeOpsgenie, KEY},
    pagerduty::{FakePagerDuty, TOKEN},
    providers::{opsgenie, pagerduty},
    reach::PUBLIC,
    webhook::Webhook,
};

pub struct Neighbours {
    ntfy: Ntfy,
    gotify: Neighbour,
    twilio: Neighbour,
    mail: mail::Server,
    webhook: Webhook,
    pagerduty: FakePagerDuty,
    opsgenie: FakeOpsgenie,
    /// How much of what each was told has been looked at.
    looked: [usize; 7],
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
            pagerduty: FakePagerDuty::start().await,
            opsgenie: FakeOpsgenie::start().await,
            looked: [0; 7],
        };
        it.pagerduty.memory().services.insert("PSVC".into(), "PPOL".into());
        let pager_duty = it
            .pagerduty
            .settings("[pagerduty]\nservices = ['PSVC']\nfrom = 'bot@example.com'", &[("PAGERDUTY_API_TOKEN", TOKEN)]);
        let ops_genie = OpsgenieConfig {
            api_url: it.opsgenie.url.parse().expect("an address"),
            key: Some(Secret::new(KEY)),
            site: None,
            schedules: Vec::new(),
        };
        let bot = Bot::configured(|config| {
            it.ntfy.set_up(config);
            config.ways.gotify = Some(gotify::config(&it.gotify));
            config.ways.twilio = Some(twilio::config(&it.twilio));
            config.ways.mail = Some(it.mail.config());
            it.webhook.set_up(config, None, true);
            config.settings.ways = config.ways.set_up();
            config.settings.public_url = Some(PUBLIC.into());
            let everywhere =
                || [pagerduty("PSVC"), opsgenie("schedule:S1"), Target::Webhook("siren".into())].into_iter();
            config.settings.fallback.extend(everywhere());
            let step = Step { targets: everywhere().collect(), wait_min: 5, repeat_min: 2, ..Step::default() };
            let fallback = config.settings.fallback.clone();
            config.settings.policies =
                vec![Policy { name: "night".into(), steps: vec![step], fallback, ..Policy::default() }];
            config.settings.external_pagers = ExternalPagers::of(Some(&pager_duty), Some(&ops_genie), None, &[]);
            config.pagerduty = Some(pager_duty);
            config.opsgenie = Some(ops_genie);
        })
        .await;
        for (n, who) in IDS.into_iter().enumerate() {
            let choices = Way::ALL.map(|way| Choice { way, address: Some(address(way, n)), after: Some("0".into()) });
            let chosen = bot.app().engine.change_contacts(None, &who.into(), &Ask::Choose(choices.into()), None).await;
            chosen.expect("chosen");
        }
        (it, bot)
    }

    /// What they were told since this was asked last.
    pub fn told(&mut self) -> Vec<String> {
        let asked = |asked: &[crate::harness::neighbour::Asked]| -> Vec<String> {
            asked.iter().map(|asked| format!("{} {}", asked.path, String::from_utf8_lossy(&asked.body))).collect()
        };
        // Mail and forms are encoded: they are read as people read them.
        let all: [Vec<String>; 7] = [
            self.ntfy.taken().iter().map(ToString::to_string).collect(),
            asked(&self.gotify.done()),
            self.twilio.done().iter().map(|asked| format!("{:?}", asked.form())).collect(),
            self.mail.taken().iter().map(mail::Taken::shown).collect(),
            self.webhook.told().into_iter().map(|(_, body)| body).collect(),
            self.pagerduty.memory().incidents.iter().map(ToString::to_string).collect(),
            self.opsgenie.memory().taken.iter().map(|taken| format!("{taken:?}")).collect(),
        ];
        let mut new = Vec::new();
        for (told, looked) in all.into_iter().zip(&mut self.looked) {
            let count = told.len();
            new.extend(told.into_iter().skip(*looked));
            *looked = count;
        }
        new
    }

    /// Those that were never told anything.
    pub fn idle(&self) -> Vec<&'static str> {
        let names = ["ntfy", "Gotify", "Twilio", "mail", "the webhook", "PagerDuty", "Opsgenie"];
        names.into_iter().zip(self.looked).filter(|(_, looked)| *looked == 0).map(|(name, _)| name).collect()
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
