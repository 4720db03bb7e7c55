//! People: who they are, how to reach them, who is in a group.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{
    SlackChat,
    calls::{Turn, Twice, needed, text},
};
use crate::{
    clock::SharedClock,
    ids::{ChannelId, GroupId, UserId},
    ports::{Identity, Person, Trouble},
};

/// How long what Slack said of a person counts.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// How many of a group are looked up together: whoever is asked for help waits for all of them.
const TOGETHER: usize = 10;
/// How many people are remembered.
const REMEMBERED: usize = 10_000;

/// What is known of people.
#[derive(Debug)]
pub(super) struct People {
    clock: SharedClock,
    seen: Cache<UserId, Arc<(Timestamp, Person)>>,
    direct: Cache<UserId, ChannelId>,
    me: OnceCell<UserId>,
}

impl People {
    pub fn new(clock: SharedClock) -> Self {
        let (seen, direct) = (Cache::new(REMEMBERED), Cache::new(REMEMBERED));
        Self { clock, seen, direct, me: OnceCell::new() }
    }
}

impl SlackChat {
    pub(super) async fn open_direct(&self, to: &UserId) -> Result<ChannelId, Trouble> {
        if let Some(known) = self.people.direct.get(to) {
            return Ok(known);
        }
        let body = json!({ "users": to });
        // Counted with the messages to this person: a page must not stand in line here.
        let turn = Turn::Message(ChannelId(to.0.clone()));
        let answer = self.call("conversations.open", &body, Twice::Harmless, turn).await?;
        let channel = ChannelId(needed(&answer, "/channel/id")?);
        self.people.direct.insert(to.clone(), channel.clone());
        Ok(channel)
    }

    pub(super) async fn set_members(&self, group: &GroupId, people: &[UserId]) -> Result<(), Trouble> {
        let users: Vec<&str> = people.iter().map(UserId::as_str).collect();
        let body = json!({ "usergroup": group, "users": users.join(",") });
        // The same people once more change nothing.
        self.call("usergroups.users.update", &body, Twice::Harmless, Turn::Method).await.map(drop)
    }

    pub(super) async fn members(&self, group: &GroupId) -> Result<Vec<UserId>, Trouble> {
        let answer = self.look("usergroups.users.list", &[("usergroup", group.as_str())]).await?;
        let listed = answer.get("users").and_then(Value::as_array).into_iter().flatten();
        let listed: Vec<UserId> = listed.filter_map(Value::as_str).map(UserId::from).collect();
        let mut people = Vec::new();
        for some in listed.chunks(TOGETHER) {
            let known = join_all(some.iter().map(|user| self.look_up(user))).await;
            people.extend(some.iter().zip(known).filter(|(_, known)| is_here(known)).map(|(user, _)| user.clone()));
        }
        Ok(people)
    }

    pub(super) async fn look_up(&self, user: &UserId) -> Result<Person, Trouble> {
        let now = self.people.clock.now();
        if let Some(seen) = self.people.seen.get(user)
            && now.duration_since(seen.0) < FRESH
        {
            return Ok(seen.1.clone());
        }
        let answer = self.look("users.info", &[("user", user.as_str())]).await?;
        let person = person(answer.get("user").unwrap_or(&Value::Null), user);
        self.people.seen.insert(user.clone(), Arc::new((now, person.clone())));
        Ok(person)
    }

    pub(super) async fn of_email(&self, email: &str) -> Result<Option<UserId>, Trouble> {
        match self.look("users.lookupByEmail", &[("email", email)]).await {
            Ok(answer) => Ok(Some(UserId(needed(&answer, "/user/id")?))),
            Err(Trouble::Refused(code)) if code == "users_not_found" => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Our own id.
    pub(super) async fn me(&self) -> Result<UserId, Trouble> {
        self.people.me.get_or_try_init(|| async { self.who_am_i().await.map(|i| i.user) }).await.cloned()
    }

    pub(super) async fn who_am_i(&self) -> Result<Identity, Trouble> {
        let answer = self.call("auth.test", &json!({}), Twice::Harmless, Turn::Method).await?;
        Ok(Identity {
            team: text(&answer, "/team_id").unwrap_or_default().to_owned(),
            team_name: text(&answer, "/team").unwrap_or_default().to_owned(),
            user: UserId(needed(&answer, "/user_id")?),
            scopes: self.client.http_api.connector.scopes(),
            server_time: self.client.http_api.connector.time(),
        })
    }
}

/// Can this person be asked? Whether they are still here is less important than that somebody is.
fn is_here(known: &Result<Person, Trouble>) -> bool {
    match known {
        Ok(person) => person.active && !person.is_bot,
        Err(Trouble::Refused(code)) => code != "user_not_found" && code != "user_not_visible",
        Err(_) => true,
    }
}

fn person(user: &Value, id: &UserId) -> Person {
    let names = ["/profile/display_name", "/profile/real_name", "/real_name", "/name"];
    let is = |what: &str| user.get(what).and_then(Value::as_bool).unwrap_or(false);
    Person {
        name: names.iter().find_map(|name| text(user, name)).unwrap_or(id.as_str()).to_owned(),
        zone: text(user, "/tz").map(str::to_owned),
        active: !is("deleted"),
        // Slackbot is a person to the Web API.
        is_bot: is("is_bot") || id.as_str() == "USLACKBOT",
        is_outside: ["is_restricted", "is_ultra_restricted", "is_stranger"].into_iter().any(is),
    }
}
