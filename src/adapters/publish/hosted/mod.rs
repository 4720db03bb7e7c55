//! Status pages that others host.
//!
//! None of them takes a key of ours with every write, so that each is looked at before anything is said again: by our key where the page
//! keeps it (Statuspage's metadata), by what it says where not. A write whose answer was lost may have got there.

mod call;
mod incident_io;
mod instatus;
mod pace;
mod same;
mod statuspage;

use std::{collections::BTreeMap, sync::Arc};

use self::{call::Client, incident_io::IncidentIo, instatus::Instatus, pace::Pace, statuspage::Statuspage};
use crate::{
    adapters::http::Http,
    clock::SharedClock,
    config::{Host, HostedPage},
    ports::{Connector, Trouble},
    status::{ComponentId, ComponentStatus, Impact, PostStatus},
};

/// What stands in the place of words that were taken back.
const WITHDRAWN: &str = "This update was withdrawn.";

/// How all pages are reached; those with the same token go at one pace.
#[derive(Debug)]
pub struct Hosts {
    http: Http,
    clock: SharedClock,
    paces: BTreeMap<String, Arc<Pace>>,
}

impl Hosts {
    /// Over this HTTP client; addresses that somebody chose are reached by others, which look where those lead.
    #[must_use]
    pub fn new(http: &Http, clock: &SharedClock) -> Self {
        Self { http: http.clone(), clock: Arc::clone(clock), paces: BTreeMap::new() }
    }

    /// A page, as a place that takes texts.
    pub fn page(&mut self, page: &HostedPage) -> Arc<dyn Connector> {
        match page.host {
            Host::Statuspage => Arc::new(self.statuspage(page)),
            Host::IncidentIo => Arc::new(IncidentIo::new(self.client(page), page.clone())),
            Host::Instatus => Arc::new(Instatus::new(self.client(page), page.clone())),
        }
    }

    /// Which components a page has: their names by their ids there.
    ///
    /// # Errors
    /// Where the page cannot be looked at; a refusal says which right is missing.
    pub async fn components(&mut self, page: &HostedPage) -> Result<BTreeMap<String, String>, Trouble> {
        match page.host {
            Host::Statuspage => self.statuspage(page).components().await,
            Host::IncidentIo => IncidentIo::new(self.client(page), page.clone()).components().await,
            Host::Instatus => Instatus::new(self.client(page), page.clone()).components().await,
        }
    }

    fn statuspage(&mut self, page: &HostedPage) -> Statuspage {
        let client = self.client(page);
        let pace = self.paces.entry(page.token.expose().to_owned());
        let pace = pace.or_insert_with(|| Arc::new(Pace::new(Arc::clone(&self.clock))));
        Statuspage::new(client.at(Arc::clone(pace)), page.clone())
    }

    fn client(&self, page: &HostedPage) -> Client {
        Client::new(&self.http, page)
    }
}

/// Trouble is over where the text says so, whatever it says of components; what it does not name, it does not touch.
fn touched(page: &HostedPage, status: PostStatus, impact: &Impact) -> BTreeMap<String, ComponentStatus> {
    let now = |status_of: ComponentStatus| if status.is_over() { ComponentStatus::Operational } else { status_of };
    let theirs = |id: &ComponentId| page.components.get(id).cloned();
    impact.iter().filter_map(|(id, status_of)| Some((theirs(id)?, now(*status_of)))).collect()
}

/// An incident; a maintenance window has its times, which no text carries.
fn incident_only(status: PostStatus) -> Result<PostStatus, Trouble> {
    match status {
        PostStatus::Investigating | PostStatus::Identified | PostStatus::Monitoring | PostStatus::Resolved => {
            Ok(status)
        }
        PostStatus::Scheduled | PostStatus::InProgress | PostStatus::Verifying | PostStatus::Completed => {
            Err(Trouble::Refused("maintenance is set up there by hand".into()))
        }
    }
}

/// At most so many characters, the last one a sign that there were more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_headline_is_cut_and_says_so() {
        assert_eq!((cut("Zürich", 6), cut("Zürich", 4)), ("Zürich".to_owned(), "Zür…".to_owned()));
    }

    #[test]
    fn maintenance_is_refused_and_trouble_that_is_over_touches_nothing() {
        assert!(incident_only(PostStatus::Scheduled).is_err() && incident_only(PostStatus::Resolved).is_ok());
    }
}
