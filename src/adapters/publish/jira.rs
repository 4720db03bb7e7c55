//! Customers' requests in Jira Service Management, each told by a public comment. The comment carries the text's key as a property of its
//! own, so that no request has one twice: publishing says only what is not there yet.
//!
//! Comments are made by Jira's own interface (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/>): that of
//! service desks takes no properties. They are public unless they are made internal, and it is looked whether they are.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    door::{Door, asked, id_of, is_gone, is_new, part, said, standing, taken_away, unread},
    tickets::{apart, behind, everywhere, joined, linked, none_linked, somewhere},
};
use crate::{
    adapters::reach::Look,
    config::DeskConfig,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
};

/// The property that has a text's key.
const PROPERTY: &str = "watchroom";
/// How many of a request's latest comments are looked through.
const LATEST: &str = "100";

#[derive(Debug)]
pub(super) struct JiraDesk {
    door: Door,
    config: DeskConfig,
}

impl JiraDesk {
    pub fn new(config: DeskConfig) -> Self {
        Self { door: Door::new(config.allow_private), config }
    }

    /// Whose token it is.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let me = self.ask(Method::GET, "rest/api/3/myself", None).await?;
        let name = me["displayName"].as_str().ok_or_else(|| Trouble::Refused("there is no Jira".into()))?;
        Ok(Look::Fine(format!("comments as {name}, on requests that are linked to an incident")))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let request = self.door.below(method, &self.config.url, path).await?;
        let request = request.basic_auth(&self.config.user, Some(self.config.token.expose()));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        asked(request, |body| said(&body["errorMessages"][0]).or_else(|| said(&body["message"]))).await
    }

    /// The comment of a request that has this text's key.
    async fn known(&self, request: &str, text: &Publication) -> Result<Option<String>, Trouble> {
        let path = format!("rest/api/3/issue/{}/comment?orderBy=-created&maxResults={LATEST}", part(request));
        let found = self.ask(Method::GET, &path, None).await.map_err(|trouble| of(request, trouble))?;
        let comments = found["comments"].as_array().ok_or_else(unread)?;
        for comment in comments.iter().filter(|comment| is_new(&comment["created"], text)) {
            let id = id_of(&comment["id"]).ok_or_else(unread)?;
            let path = format!("rest/api/3/comment/{}/properties/{PROPERTY}", part(&id));
            match self.ask(Method::GET, &path, None).await {
                Ok(property) if property["value"]["key"] == text.key.as_str() => {
                    return if comment["jsdPublic"] == true { Ok(Some(id)) } else { Err(unseen(request)) };
                }
                Ok(_) => {}
                Err(trouble) if is_gone(&trouble) => {}
                Err(trouble) => return Err(of(request, trouble)),
            }
        }
        Ok(None)
    }

    /// Every request that is linked, with the comment that has this text's key.
    async fn requests(&self, text: &Publication) -> Result<Vec<(String, Option<String>)>, Trouble> {
        let mut all = Vec::new();
        for request in linked(&self.config.url, &text.linked, request) {
            let comment = self.known(&request, text).await?;
            all.push((request, comment));
        }
        Ok(all)
    }

    async fn comment(&self, request: &str, text: &Publication) -> Result<String, Trouble> {
        let property = json!([{ "key": PROPERTY, "value": { "key": text.key } }]);
        let body = json!({ "body": document(&text.whole), "properties": property });
        let path = format!("rest/api/3/issue/{}/comment", part(request));
        let made = self.ask(Method::POST, &path, Some(&body)).await.map_err(|trouble| of(request, trouble))?;
        let id = id_of(&made["id"]).ok_or_else(unread)?;
        match made["jsdPublic"].as_bool() {
            Some(true) => Ok(id),
            Some(false) | None => Err(unseen(request)),
        }
    }
}

fn unseen(request: &str) -> Trouble {
    Trouble::Refused(format!("{request}: its customer cannot see the comment; is it a request?"))
}

/// Which request it is about.
fn of(request: &str, trouble: Trouble) -> Trouble {
    match trouble {
        trouble if is_gone(&trouble) => Trouble::Refused(format!("{request}: not there, or not for our eyes")),
        Trouble::Refused(why) => Trouble::Refused(format!("{request}: {why}")),
        other => other,
    }
}

/// In Atlassian's format of documents, where text is text and has no markup.
fn document(text: &str) -> Value {
    let paragraph = |part: &str| {
        let lines = part.lines().filter(|line| !line.trim().is_empty());
        let mut content: Vec<Value> = Vec::new();
        for line in lines {
            if !content.is_empty() {
                content.push(json!({ "type": "hardBreak" }));
            }
            content.push(json!({ "type": "text", "text": line }));
        }
        json!({ "type": "paragraph", "content": content })
    };
    let parts = text.split("\n\n").filter(|part| !part.trim().is_empty());
    json!({ "type": "doc", "version": 1, "content": parts.map(paragraph).collect::<Vec<_>>() })
}

/// `SUP-12`, of `/browse/SUP-12`, `/servicedesk/customer/portal/2/SUP-12` or a queue.
fn request(parts: &[&str]) -> Option<String> {
    let last = parts.last().copied();
    let key =
        behind(parts, "browse").or_else(|| last.filter(|_| parts.contains(&"portal") || parts.contains(&"queues")))?;
    let (project, number) = key.rsplit_once('-')?;
    let is_project = project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (is_project && is_number).then(|| key.to_uppercase())
}

#[async_trait::async_trait]
impl Connector for JiraDesk {
    /// Nobody is told where somebody cannot be: all requests are looked at first.
    async fn publish(&self, text: &Publication, _: Option<&Published>) -> Result<Published, Trouble> {
        let mut all = Vec::new();
        for (request, comment) in self.requests(text).await? {
            let comment = match comment {
                Some(comment) => comment,
                None => self.comment(&request, text).await?,
            };
            all.push((request, comment));
        }
        if all.is_empty() { Err(none_linked()) } else { Ok(standing(text, joined(&all), None)) }
    }

    async fn find(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        // Where some lack it, it is published: to those alone.
        Ok(everywhere(text, self.requests(text).await?))
    }

    async fn find_part(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        Ok(somewhere(text, self.requests(text).await?))
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        let (body, mut refused) = (json!({ "body": document(&text.whole) }), None);
        for (request, comment) in apart(&at.update) {
            let path = format!("rest/api/3/issue/{}/comment/{}", part(request), part(comment));
            match self.ask(Method::PUT, &path, Some(&body)).await {
                // It was deleted there, and says nothing wrong any more.
                Err(trouble) if is_gone(&trouble) => {}
                // The other requests are put right all the same.
                Err(trouble @ Trouble::Refused(_)) => refused = refused.or_else(|| Some(of(request, trouble))),
                changed => drop(changed.map_err(|trouble| of(request, trouble))?),
            }
        }
        refused.map_or_else(|| Ok(standing(text, at.update.clone(), None)), Err)
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        let mut refused = None;
        for (request, comment) in apart(&at.update) {
            let path = format!("rest/api/3/issue/{}/comment/{}", part(request), part(comment));
            match taken_away(self.ask(Method::DELETE, &path, None).await) {
                Err(trouble @ Trouble::Refused(_)) => refused = refused.or_else(|| Some(of(request, trouble))),
                gone => drop(gone?),
            }
        }
        refused.map_or(Ok(true), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_requests() {
        let site = "https://shop.atlassian.net/".parse().expect("an address");
        let links = [
            "https://shop.atlassian.net/browse/SUP-12",
            "https://shop.atlassian.net/servicedesk/customer/portal/2/SUP-13?created=true",
            "https://shop.atlassian.net/jira/servicedesk/projects/SUP/queues/custom/7/sup-14",
            "https://shop.atlassian.net/browse/SUP-12#comment",
            "https://other.atlassian.net/browse/SUP-15",
            "https://shop.atlassian.net/wiki/spaces/SUP-16",
            "https://shop.atlassian.net/browse/SUP-../1",
            "no address",
        ];
        let links = links.map(str::to_owned);
        assert_eq!(linked(&site, &links, request), ["SUP-12", "SUP-13", "SUP-14"]);
    }

    #[test]
    fn a_document_has_paragraphs_and_lines() {
        let document = document("Title\n\nOne *line*\nand another\n");
        let kinds: Vec<&str> = document["content"][1]["content"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|part| part["type"].as_str())
            .collect();
        assert_eq!(kinds, ["text", "hardBreak", "text"]);
        assert_eq!(document["content"][1]["content"][0]["text"], "One *line*");
    }
}
