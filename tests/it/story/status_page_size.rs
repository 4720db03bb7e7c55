//! The status page stays short, however much there is to show.

use jiff::{SignedDuration, Timestamp};
use watchroom::{
    config::{Component, StatusPageSettings},
    incident::{Actor, Text},
    render::status::{LANGUAGES, Reading, component, group, history, overview},
    status::{Change, ComponentStatus, Impact, POSTED_VERSION, PostStatus, Posted, Standing},
};

use crate::harness::{BEGIN, Bot, minutes, status_page};

/// What a page is shorter than, in bytes.
const LIMIT: usize = 50_000;

fn settings(components: usize, groups: usize) -> StatusPageSettings {
    let one = |n: usize| Component {
        id: format!("component-{n}").as_str().into(),
        name: format!("Service number {n}"),
        group: (!n.is_multiple_of(groups + 1)).then(|| format!("Group {}", n % (groups + 1))),
        description: Some("What it is, in a sentence of a usual length.".into()),
    };
    StatusPageSettings { components: (0..components).map(one).collect(), ..status_page() }
}

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(BEGIN).expect("a time") + SignedDuration::from_hours(hours)
}

/// Trouble on every second day of the last ninety, each time of all these components, the last of it going on; each with three long updates.
fn troubled(settings: &StatusPageSettings, every: usize) -> Standing {
    let touched = settings.components.iter().step_by(every);
    let impact: Impact = touched.map(|c| (c.id.clone(), ComponentStatus::PartialOutage)).collect();
    let post = |day: i64, n: i64, status: PostStatus| Posted {
        v: POSTED_VERSION,
        at: at(24 * day + n),
        by: Actor::Bot,
        what: Change::IncidentPosted {
            post: format!("post-{day}").as_str().into(),
            update: format!("{day}/{n}"),
            name: Text::new(format!("Something fails on day {day}")),
            body: Text::new("We look into it and say more as soon as there is more to say. ".repeat(20)),
            status,
            impact: if status.is_over() { Impact::new() } else { impact.clone() },
            started_at: at(24 * day),
            next_by: None,
            notify: false,
        },
    };
    let days = (-90..0).filter(|day| day % 2 == 0);
    let all = days.flat_map(|day| {
        let last = if day == -2 { PostStatus::Monitoring } else { PostStatus::Resolved };
        [post(day, 1, PostStatus::Investigating), post(day, 2, PostStatus::Identified), post(day, 3, last)]
    });
    Standing::of(Some(at(-24 * 100)), (1..).zip(all))
}

/// Under 50 kB for any number of components that the settings take, in calm and with all of them in trouble, in every language; and what the
/// overview leaves out stands on pages of its own.
#[test]
fn the_page_stays_short_however_many_components_there_are() {
    let now = at(0);
    for (components, groups) in [(3, 1), (150, 10), (500, 0), (500, 50)] {
        let settings = settings(components, groups);
        for (name, standing) in
            [("calm", Standing::default()), ("some", troubled(&settings, 10)), ("all", troubled(&settings, 1))]
        {
            for words in LANGUAGES {
                let r = Reading { standing: &standing, settings: &settings, words, now };
                let case = format!("{components} components in {groups} groups, {name}, in {}", words.code);
                let page = overview(r);
                assert!(page.len() < LIMIT, "{case}: {} bytes", page.len());
                let (codes, groups) = r.codes();
                assert_eq!(codes.len(), components);
                let of_groups: Vec<String> = groups.iter().map(|code| group(r, code).expect("a group")).collect();
                for (it, code) in settings.components.iter().zip(&codes) {
                    let link = format!("/status/components/{code}?");
                    let listed = of_groups.iter().filter(|page| page.contains(&link)).count();
                    let is_reached =
                        page.contains(&link) || groups.iter().any(|g| page.contains(&format!("/status/groups/{g}?")));
                    assert!(listed == 1 && is_reached, "{case}: {} is on {listed} pages", it.name);
                }
                for page in &of_groups {
                    assert!(page.len() < LIMIT, "{case}: a group of {} bytes", page.len());
                }
                let own = component(r, &codes[0]).expect("a page");
                assert!(own.len() < LIMIT && own.contains("Service number 0"), "{case}: {own}");
                assert_eq!(own.matches("post-").count() > 0, name != "calm", "{case}: what touched it: {own}");
                let month = history(r, None).expect("a page");
                assert!(month.len() < LIMIT, "{case}: a month of {} bytes", month.len());
            }
        }
    }
}

/// Where there is room everything stands on the overview: descriptions, bars with their days in words, and all that was said.
#[test]
fn a_usual_page_shows_all_of_it() {
    let settings = settings(20, 4);
    let standing = troubled(&settings, 10);
    let r = Reading { standing: &standing, settings: &settings, words: LANGUAGES[0], now: at(0) };
    let page = overview(r);
    for told in
        ["What it is, in a sentence", "2026-11-20", "Partial outage", "% uptime in 90 days", "<title>Days with trouble"]
    {
        assert!(page.contains(told), "no `{told}` in {page}");
    }
    let own = component(r, &r.codes().0[0]).expect("a page");
    assert_eq!(own.matches("<li>2026-").count(), 44, "each of its stretches of trouble: {own}");
    assert!(component(r, "none").is_none() && group(r, "none").is_none());
}

/// The pages are served, and lead to each other.
#[tokio::test]
async fn groups_and_components_have_pages_of_their_own() {
    let bot = Bot::configured(|config| config.settings.show_status_page(settings(500, 5))).await;
    let page = bot.open(&format!("{}/status?lang=de", bot.url)).await;
    let path = |page: &str, kind: &str| {
        let found = page.split(&format!("href=\"/status/{kind}/")).nth(1).and_then(|rest| rest.split('"').next());
        format!("{}/status/{kind}/{}", bot.url, found.unwrap_or_else(|| panic!("no link in {page}")))
    };
    let one = bot.open(&path(&page.1, "components")).await;
    assert!(one.0 == 200 && one.1.contains("Service number") && one.1.contains("lang=\"de\""), "{one:?}");
    bot.advance(minutes(1)).await;
    let (_, groups) = Reading {
        standing: &Standing::default(),
        settings: bot.config.settings.status_page.as_ref().expect("a page"),
        words: LANGUAGES[0],
        now: at(0),
    }
    .codes();
    let group = bot.open(&format!("{}/status/groups/{}", bot.url, groups[1])).await;
    assert!(group.0 == 200 && group.1.contains("Group "), "{group:?}");
    for wrong in ["groups/none", "components/none"] {
        assert_eq!(bot.open(&format!("{}/status/{wrong}", bot.url)).await.0, 404, "{wrong}");
    }
}
