//! Social networks, other chats and service desks.

use futures_util::{FutureExt, future::BoxFuture};
use watchroom::config::{Config, ConnectorKind};

use super::place::{Doubt, Kind, Place};
use crate::harness::{
    fails::Fails,
    places::{FakePlace, desks, hooks, social},
};

const SOCIAL: Kind = Kind { start: mastodon, doubt: Doubt::Settles, reads: true, withdraws: true, says_when: true };
const MASTODON: Kind = SOCIAL;
const X: Kind = Kind { start: x, ..SOCIAL };
const DISCORD: Kind = Kind { start: discord, doubt: Doubt::Asks, ..SOCIAL };
/// They say nothing that is needed.
const MATTERMOST: Kind = Kind { start: mattermost, reads: false, withdraws: false, ..DISCORD };
const TEAMS: Kind = Kind { start: teams, ..MATTERMOST };
const JIRA: Kind = Kind { start: jira, ..SOCIAL };
const ZENDESK: Kind = Kind { start: zendesk, withdraws: false, ..SOCIAL };

/// A row for each.
macro_rules! rows {
    ($($name:ident: $kind:ident),* $(,)?) => {
        $(pub mod $name {
            pub const KIND: super::Kind = super::$kind;
        })*
    };
}

rows! {
    mastodon: MASTODON,
    x: X,
    discord: DISCORD,
    mattermost: MATTERMOST,
    teams: TEAMS,
    jira: JIRA,
    zendesk: ZENDESK,
}

type Started = BoxFuture<'static, Box<dyn Place>>;

struct Played {
    place: FakePlace,
    kind: fn(&FakePlace) -> ConnectorKind,
    linked: Option<&'static str>,
}

fn play(
    start: impl Future<Output = FakePlace> + Send + 'static,
    kind: fn(&FakePlace) -> ConnectorKind,
    linked: Option<&'static str>,
) -> Started {
    start.map(move |place| Box::new(Played { place, kind, linked }) as Box<dyn Place>).boxed()
}

fn mastodon() -> Started {
    play(social::mastodon(), social::on_mastodon, None)
}

fn x() -> Started {
    play(social::x(), social::on_x, None)
}

fn discord() -> Started {
    play(hooks::discord(), hooks::in_discord, None)
}

fn mattermost() -> Started {
    play(hooks::mattermost(), hooks::in_mattermost, None)
}

fn teams() -> Started {
    play(hooks::teams(), hooks::in_teams, None)
}

fn jira() -> Started {
    play(desks::jira(), desks::at_jira, Some("browse/SUP-1"))
}

fn zendesk() -> Started {
    play(desks::zendesk(), desks::at_zendesk, Some("agent/tickets/11"))
}

impl Place for Played {
    fn connect(&self, _: &mut Config) -> ConnectorKind {
        (self.kind)(&self.place)
    }

    fn fail(&self, fails: &[Fails]) {
        self.place.fail(fails.iter().copied());
    }

    fn texts(&self) -> Vec<String> {
        self.place.texts()
    }

    fn asked(&self) -> usize {
        self.place.memory().asked
    }

    fn linked(&self) -> Option<String> {
        self.linked.map(|path| self.place.url.join(path).expect("an address").to_string())
    }
}
