//! Social networks, other chats and service desks.

use futures_util::{FutureExt, future::BoxFuture};
use watchroom::config::{Config, ConnectorKind};

use super::place::{Doubt, Kind, Place};
use crate::harness::{
    fails::Fails,
    places::{FakePlace, desks, hooks, social},
};

const SOCIAL: Kind = Kind { start: mastodon, doubt: Doubt::Settles, reads: true, withdraws: true };
pub const MASTODON: Kind = SOCIAL;
pub const X: Kind = Kind { start: x, ..SOCIAL };
pub const DISCORD: Kind = Kind { start: discord, doubt: Doubt::Asks, reads: true, withdraws: true };
/// They say nothing that is needed.
pub const MATTERMOST: Kind = Kind { start: mattermost, doubt: Doubt::Asks, reads: false, withdraws: false };
pub const TEAMS: Kind = Kind { start: teams, ..MATTERMOST };
pub const JIRA: Kind = Kind { start: jira, ..SOCIAL };
pub const ZENDESK: Kind = Kind { start: zendesk, withdraws: false, ..SOCIAL };

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
