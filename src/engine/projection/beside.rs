//! The documents of what stands beside incidents: kept events, customers' reports, alerts, and who is on call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Incidents, bytes, empty, key, later_release};
use crate::{
    alert::{self, Group, Happening as OfAlerts, NOTICED_VERSION, Noticed},
    ids::UserId,
    incident::{
        Text,
        case::{Acknowledged, FILED_VERSION, Filed, Filing, Report, Source},
        following::Subscriptions,
        intake::{Happening, Kept, NOTED_VERSION, Noted},
    },
    paging::{
        reach::Contacts,
        rota::{Calendar, PERSONAL_VERSION, Personal, PersonalFact, ROSTERED_VERSION, Roll, Rostered},
        schedule::ScheduleId,
    },
    status::{self, POSTED_VERSION, Page, Post, Posted},
    store::{Doc, Puts, Recorded},
};

impl Incidents {
    /// The documents of kept events.
    pub(super) fn project_kept(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let noted = match Noted::deserialize(&event.body) {
            Ok(known) if known.v <= NOTED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let before = |number| doc(&key::kept(number)).and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
        let kept = match noted.what {
            Happening::EventKept { text, source, said_at, channel, service } => Some(Kept {
                number: event.seq,
                at: noted.at,
                by: noted.by.person().cloned(),
                text,
                source,
                said_at,
                channel,
                service,
                promoted: None,
            }),
            Happening::EventPromoted { event, into } => before(event).map(|k| Kept { promoted: Some(into), ..k }),
            Happening::EventForgotten { event } => before(event).map(|k| Kept { text: Text::erased(), ..k }),
        };
        let Some(kept) = kept else { return Vec::new() };
        let waits = kept.is_waiting().then(empty);
        vec![(key::kept(kept.number), Some(bytes(&kept).into())), (key::kept_waiting(kept.number), waits)]
    }

    /// The documents of customers' reports.
    pub(super) fn project_report(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let filed = match Filed::deserialize(&event.body) {
            Ok(known) if known.v <= FILED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let at = filed.at;
        let before = |number| doc(&key::report(number)).and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
        let mut puts = Vec::new();
        let report = match filed.what {
            Filing::ReportMade { text, reporter, source, reported_at, key: made } => {
                puts.push((key::report_key(&made), Some(event.seq.to_string().into_bytes().into())));
                if let Source::Person(person) = &source {
                    puts.push((key::report_by(person, event.seq), Some(empty())));
                }
                let (number, reported_at) = (event.seq, reported_at.unwrap_or(at));
                Some(Report { number, at, text, reporter, source, reported_at, incident: None, acknowledged: None })
            }
            Filing::ReportAttached { report, incident } => {
                let known = before(report);
                // It may have belonged to what goes on as this one.
                let other = known.as_ref().and_then(|r| r.incident).filter(|other| *other != incident);
                puts.extend(other.map(|other| (key::report_of(other, report), None)));
                puts.push((key::report_of(incident, report), Some(empty())));
                known.map(|r| Report { incident: Some(incident), ..r })
            }
            Filing::ReportDetached { report } => {
                let before = before(report);
                let of = before.as_ref().and_then(|r| r.incident);
                puts.extend(of.map(|id| (key::report_of(id, report), None)));
                before.map(|r| Report { incident: None, ..r })
            }
            Filing::ReportAcknowledged { report } => {
                let by = filed.by.person().cloned();
                before(report).map(|r| Report { acknowledged: Some(Acknowledged { by, at }), ..r })
            }
            Filing::ReportForgotten { report } => {
                let reporter = |r: &Report| r.reporter.as_ref().map(|_| Text::erased());
                before(report).map(|r| Report { text: Text::erased(), reporter: reporter(&r), ..r })
            }
        };
        let Some(report) = report else { return Vec::new() };
        puts.push((key::report_free(report.number), report.is_free().then(empty)));
        puts.push((key::report(report.number), Some(bytes(&report).into())));
        puts
    }

    /// The document of a schedule's overrides and asks.
    pub(super) fn project_roll(&self, name: &str, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        match Rostered::deserialize(&event.body) {
            Ok(known) if known.v <= ROSTERED_VERSION => {
                let (roll, puts) = folded(key::roll(name), doc, |roll: &mut Roll| roll.apply(event.seq, &known));
                if !self.shared {
                    self.rolls.insert(ScheduleId::from(name), Arc::new(roll));
                }
                puts
            }
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                Vec::new()
            }
        }
    }

    /// The document of a person's absences, or that of the ways to them.
    pub(super) fn project_person(&self, who: &UserId, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        match Personal::deserialize(&event.body) {
            Ok(known) if known.v <= PERSONAL_VERSION => match &known.what {
                PersonalFact::Reach(fact) => {
                    folded(key::contacts(who), doc, |ways: &mut Contacts| ways.apply(event.seq, known.at, fact)).1
                }
                PersonalFact::Subscribing(fact) => {
                    folded(key::subscriptions(who), doc, |all: &mut Subscriptions| all.apply(event.seq, fact)).1
                }
                PersonalFact::AwayNoted { .. } | PersonalFact::AwayEnded { .. } => {
                    let fold = |calendar: &mut Calendar| calendar.apply(event.seq, &known);
                    let (calendar, puts) = folded(key::calendar(who), doc, fold);
                    if !self.shared {
                        self.calendars.insert(who.clone(), Arc::new(calendar));
                    }
                    puts
                }
            },
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                Vec::new()
            }
        }
    }
}

/// What events of one stream fold into, and its document.
fn folded<T: Default + Serialize + for<'de> Deserialize<'de>>(
    key: String,
    doc: &dyn Fn(&str) -> Option<Vec<u8>>,
    fold: impl FnOnce(&mut T),
) -> (T, Puts) {
    let mut state: T = doc(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    fold(&mut state);
    let puts = vec![(key, Some(bytes(&state).into()))];
    (state, puts)
}

impl Incidents {
    /// The documents of groups of alerts.
    pub(super) fn project_alerts(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let noticed = match Noticed::deserialize(&event.body) {
            Ok(known) if known.v <= NOTICED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let known = |number| doc(&key::alerts(number)).and_then(|bytes| serde_json::from_slice::<Group>(&bytes).ok());
        let number = match &noticed.what {
            OfAlerts::GroupOpened(_) => event.seq,
            OfAlerts::AlertsFired { group, .. }
            | OfAlerts::AlertsResolved { group, .. }
            | OfAlerts::GroupAttached { group, .. }
            | OfAlerts::GroupDismissed { group } => *group,
            OfAlerts::GroupsForgotten { groups } => {
                let latest = |digest: &str| doc(&key::alerts_key(digest));
                return groups
                    .iter()
                    .filter_map(|number| known(*number))
                    .flat_map(|g| forgotten(&g, &latest))
                    .collect();
            }
        };
        let before = known(number);
        let aged = before.as_ref().map(|group| key::alerts_age(group.forget_at(), number));
        let Some(group) = alert::apply(before, event.seq, &noticed) else { return Vec::new() };
        let mut puts: Puts = Vec::new();
        let ages = key::alerts_age(group.forget_at(), number);
        puts.extend(aged.filter(|old| *old != ages).map(|old| (old, None)));
        puts.push((ages, Some(empty())));
        puts.push((key::alerts_waiting(number), group.waits().then(empty)));
        if matches!(noticed.what, OfAlerts::GroupOpened(_)) {
            puts.push((key::alerts_key(&group.opened.key), Some(number.to_string().into_bytes().into())));
        }
        puts.push((key::alerts(number), Some(Doc::Later(Arc::new(move || bytes(&group))))));
        puts
    }
}

impl Incidents {
    /// The documents of our own status page.
    pub(super) fn project_status(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let posted = match Posted::deserialize(&event.body) {
            Ok(known) if known.v <= POSTED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let page = doc(key::STATUS_PAGE_DOC).and_then(|bytes| serde_json::from_slice::<Page>(&bytes).ok());
        let page = page.unwrap_or_default();
        let id = posted.what.post();
        let before = doc(&key::status_post(id)).and_then(|bytes| serde_json::from_slice::<Post>(&bytes).ok());
        let number = before.as_ref().map(|post| post.number);
        let (page, post) = status::apply(page, before, event.seq, &posted);
        let mut puts: Puts = vec![(key::STATUS_PAGE_DOC.to_owned(), Some(bytes(&page).into()))];
        if let (None, Some(number)) = (&post, number) {
            puts.extend([(key::status_number(number), None), (key::status_post(id), None)]);
        }
        if let Some(post) = post {
            puts.push((key::status_number(post.number), Some(id.as_str().as_bytes().to_vec().into())));
            puts.push((key::status_post(id), Some(Doc::Later(Arc::new(move || bytes(&post))))));
        }
        puts
    }
}

/// A group leaves the documents; what its key stands for only where that is this one.
fn forgotten(group: &Group, latest: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
    let (number, digest) = (group.number, &group.opened.key);
    let is_latest = latest(digest).is_some_and(|bytes| bytes == number.to_string().as_bytes());
    let mut gone = vec![key::alerts(number), key::alerts_waiting(number), key::alerts_age(group.forget_at(), number)];
    gone.extend(is_latest.then(|| key::alerts_key(digest)));
    gone.into_iter().map(|key| (key, None)).collect()
}
