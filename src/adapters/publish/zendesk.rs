//! Customers' tickets in Zendesk, each told by a public comment: those of problem tickets that people linked to the incident, and tickets that
//! they linked themselves. The text's key stands in the audit of its comment, so that no ticket has it twice: publishing says only what is
//! not there yet.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    door::{Door, asked, id_of, is_gone, is_new, part, said, standing, unread},
    tickets::{apart, behind, everywhere, joined, linked, none_linked, somewhere},
};
use crate::{
    adapters::reach::Look,
    config::DeskConfig,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
};

/// What of an audit's metadata has a text's key.
const METADATA: &str = "watchroom";
/// How many pages of a hundred are read of anything: more tickets than this are not told one by one.
const PAGES: usize = 10;

#[derive(Debug)]
pub(super) struct Zendesk {
    door: Door,
    config: DeskConfig,
}

impl Zendesk {
    pub fn new(config: DeskConfig) -> Self {
        Self { door: Door::new(config.allow_private), config }
    }

    /// Whose token it is, and whether they may comment.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let me = self.ask(Method::GET, "api/v2/users/me.json", None).await?;
        let (name, role) = (me["user"]["name"].as_str().unwrap_or_default(), me["user"]["role"].as_str());
        match role {
            Some("agent" | "admin") => Ok(Look::Fine(format!("comments as {name}, on tickets of linked problems"))),
            Some(_) | None => Err(Trouble::Refused("the user is no agent, or the token is not known".into())),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let request = self.door.below(method, &self.config.url, path).await?;
        let request = request.basic_auth(format!("{}/token", self.config.user), Some(self.config.token.expose()));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let why = |body: &Value| said(&body["description"]).or_else(|| said(&body["error"]["message"]));
        asked(request, why).await
    }

    /// Every item of a list that comes page by page.
    async fn all(&self, path: &str, items: &str) -> Result<Vec<Value>, Trouble> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let page = self.ask(Method::GET, &format!("{path}?page[size]=100{cursor}"), None).await?;
            all.extend(page[items].as_array().ok_or_else(unread)?.iter().cloned());
            match (page["meta"]["has_more"].as_bool(), page["meta"]["after_cursor"].as_str()) {
                (Some(true), Some(after)) => cursor = format!("&page[after]={}", part(after)),
                _ => return Ok(all),
            }
        }
        Err(Trouble::Refused(format!("more than {} of a kind", PAGES * 100)))
    }

    /// The tickets that are told: those of problems, and others themselves. What is closed takes nothing any more.
    async fn told(&self, tickets: &[String]) -> Result<Vec<String>, Trouble> {
        let mut told: Vec<String> = Vec::new();
        for ticket in tickets {
            let path = format!("api/v2/tickets/{}", part(ticket));
            let found = self.ask(Method::GET, &format!("{path}.json"), None).await.map_err(|t| of(ticket, t))?;
            let found = &found["ticket"];
            let all = if found["type"] == "problem" {
                self.all(&format!("{path}/incidents.json"), "tickets").await.map_err(|t| of(ticket, t))?
            } else {
                vec![found.clone()]
            };
            for open in all.iter().filter(|ticket| ticket["status"] != "closed") {
                let id = id_of(&open["id"]).ok_or_else(unread)?;
                if !told.contains(&id) {
                    told.push(id);
                }
            }
        }
        Ok(told)
    }

    /// The audit of a ticket that has this text's key.
    async fn known(&self, ticket: &str, text: &Publication) -> Result<Option<String>, Trouble> {
        let audits = self.all(&format!("api/v2/tickets/{}/audits.json", part(ticket)), "audits").await;
        let audits = audits.map_err(|trouble| of(ticket, trouble))?;
        let is_it = |audit: &&Value| audit["metadata"]["custom"][METADATA] == text.key.as_str();
        audits
            .iter()
            .filter(|audit| is_new(&audit["created_at"], text))
            .find(is_it)
            .map(|audit| id_of(&audit["id"]).ok_or_else(unread))
            .transpose()
    }

    /// Every ticket that is told, with the audit that has this text's key.
    async fn tickets(&self, linked: &[String], text: &Publication) -> Result<Vec<(String, Option<String>)>, Trouble> {
        let mut all = Vec::new();
        for ticket in self.told(linked).await? {
            let audit = self.known(&ticket, text).await?;
            all.push((ticket, audit));
        }
        Ok(all)
    }

    /// The same of tickets that got another text.
    async fn on(&self, at: &Published, text: &Publication) -> Result<Vec<(String, Option<String>)>, Trouble> {
        let mut all = Vec::new();
        for (ticket, _) in apart(&at.update) {
            all.push((ticket.to_owned(), self.known(ticket, text).await?));
        }
        Ok(all)
    }

    async fn comment(&self, ticket: &str, text: &Publication) -> Result<String, Trouble> {
        let comment = json!({ "body": text.whole, "public": true });
        let body = json!({ "ticket": { "comment": comment, "metadata": { METADATA: text.key } } });
        let path = format!("api/v2/tickets/{}.json", part(ticket));
        let made = self.ask(Method::PUT, &path, Some(&body)).await.map_err(|trouble| of(ticket, trouble))?;
        id_of(&made["audit"]["id"]).ok_or_else(unread)
    }
}

/// Which ticket it is about.
fn of(ticket: &str, trouble: Trouble) -> Trouble {
    match trouble {
        trouble if is_gone(&trouble) => Trouble::Refused(format!("{ticket}: not there, or not for our eyes")),
        Trouble::Refused(why) => Trouble::Refused(format!("{ticket}: {why}")),
        other => other,
    }
}

/// `123`, of `/agent/tickets/123` or `/hc/requests/123`.
fn ticket(parts: &[&str]) -> Option<String> {
    let id = behind(parts, "tickets").or_else(|| behind(parts, "requests"))?;
    id.bytes().all(|b| b.is_ascii_digit()).then(|| id.to_owned())
}

#[async_trait::async_trait]
impl Connector for Zendesk {
    /// All tickets are looked at before the first is told.
    async fn publish(&self, text: &Publication, _: Option<&Published>) -> Result<Published, Trouble> {
        let tickets = linked(&self.config.url, &text.linked, ticket);
        if tickets.is_empty() {
            return Err(none_linked());
        }
        let mut all = Vec::new();
        for (ticket, audit) in self.tickets(&tickets, text).await? {
            let audit = match audit {
                Some(audit) => audit,
                None => self.comment(&ticket, text).await?,
            };
            all.push((ticket, audit));
        }
        if all.is_empty() {
            return Err(Trouble::Refused("no open ticket belongs to what is linked".into()));
        }
        Ok(standing(text, joined(&all), None))
    }

    async fn find(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        let tickets = linked(&self.config.url, &text.linked, ticket);
        // Where some lack it, it is published: to those alone.
        Ok(everywhere(text, self.tickets(&tickets, text).await?))
    }

    async fn find_part(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        let tickets = linked(&self.config.url, &text.linked, ticket);
        Ok(somewhere(text, self.tickets(&tickets, text).await?))
    }

    /// Comments stay as they are there: the correction stands behind them, on the tickets that got what is wrong, whatever is linked by
    /// now. What one of them refuses the others are told all the same.
    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        let (mut all, mut refused) = (Vec::new(), None);
        for (ticket, _) in apart(&at.update) {
            let said = match self.known(ticket, text).await {
                Ok(Some(audit)) => Ok(audit),
                Ok(None) => self.comment(ticket, text).await,
                Err(trouble) => Err(trouble),
            };
            match said {
                Ok(audit) => all.push((ticket.to_owned(), audit)),
                Err(trouble @ Trouble::Refused(_)) => refused = refused.or(Some(trouble)),
                Err(trouble) => return Err(trouble),
            }
        }
        refused.map_or_else(|| Ok(standing(text, joined(&all), None)), Err)
    }

    async fn find_correction(&self, at: &Published, text: &Publication) -> Result<Found, Trouble> {
        Ok(everywhere(text, self.on(at, text).await?))
    }

    async fn withdraw(&self, _: &Published) -> Result<bool, Trouble> {
        // Words are struck out there by a person.
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_tickets() {
        let site = "https://shop.zendesk.com/".parse().expect("an address");
        let links = [
            "https://shop.zendesk.com/agent/tickets/12",
            "https://shop.zendesk.com/hc/en-us/requests/13",
            "https://shop.zendesk.com/agent/tickets/twelve",
            "https://evil.example.com/agent/tickets/14",
        ];
        assert_eq!(linked(&site, &links.map(str::to_owned), ticket), ["12", "13"]);
    }
}
