//! A text for others, which only a template makes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    No, Sending, facts,
    text::{as_sentence, tidy, without_slack},
};
use crate::{
    incident::{Incident, Text},
    playbook::{Audience, Parsed, Playbook, Template},
};

/// A text for readers outside the room. Nothing but a template makes one, so that no text that was written for colleagues
/// can become one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    title: Option<Text>,
    body: Text,
}

impl Letter {
    /// Its headline.
    #[must_use]
    pub const fn title(&self) -> Option<&Text> {
        self.title.as_ref()
    }

    /// Its words.
    #[must_use]
    pub const fn body(&self) -> &Text {
        &self.body
    }

    /// As it stands in a channel: short texts go without their headline.
    #[must_use]
    pub fn shown(&self, short: bool) -> String {
        let body = self.body.or_tombstone();
        match &self.title {
            Some(title) if !short => format!("{}\n\n{body}", title.or_tombstone()),
            Some(_) | None => body.to_owned(),
        }
    }

    /// As it stands in this channel.
    #[must_use]
    pub fn shown_in(&self, to: &Sending) -> String {
        self.shown(to.short)
    }
}

/// The places of a template that people have to do with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// They must be filled in.
    pub required: Vec<String>,
    /// They may be; each with what stands there otherwise.
    pub optional: Vec<(String, String)>,
}

impl Shape {
    /// Is it one of them?
    #[must_use]
    pub fn has(&self, place: &str) -> bool {
        self.required.iter().any(|p| p == place) || self.optional.iter().any(|(p, _)| p == place)
    }
}

/// What a person fills in, in this template. A place that nobody has a value for must be filled in, whatever the template says.
///
/// # Errors
/// [`No::BadTemplate`] where it does not parse.
pub fn shape(template: &Template) -> Result<Shape, No> {
    let title = template.title.as_deref().map(parsed).transpose()?;
    Ok(shape_of(template, title.as_ref(), &parsed(&template.body)?))
}

fn parsed(text: &str) -> Result<Parsed<'_>, No> {
    Parsed::of(text).map_err(|e| No::BadTemplate(e.to_string()))
}

fn shape_of(template: &Template, title: Option<&Parsed<'_>>, body: &Parsed<'_>) -> Shape {
    let mut all: BTreeSet<String> = title.into_iter().chain([body]).flat_map(Parsed::places).collect();
    for own in template.audience.given() {
        all.remove(*own);
    }
    let mut shape = Shape::default();
    // In the order in which the playbook names them, then as they come.
    let named = template.required.iter().filter(|name| all.contains(*name));
    shape.required.extend(named.cloned());
    for name in all {
        match template.defaults.get(&name) {
            _ if shape.required.contains(&name) => {}
            Some(default) => shape.optional.push((name, default.clone())),
            None => shape.required.push(name),
        }
    }
    shape
}

/// The text that a template and a person's words make now.
///
/// # Errors
/// [`No::Unfilled`] with every place that is empty, [`No::BadTemplate`] where the template cannot be used.
pub fn letter(
    it: &Incident,
    playbook: &Playbook,
    now: Timestamp,
    template: &Template,
    fields: &BTreeMap<String, String>,
    next_by: Option<Timestamp>,
) -> Result<Letter, No> {
    let title = template.title.as_deref().map(parsed).transpose()?;
    let body = parsed(&template.body)?;
    let shape = shape_of(template, title.as_ref(), &body);
    let filled = |name: &String| fields.get(name).is_some_and(|words| !words.trim().is_empty());
    let holes: Vec<String> = shape.required.iter().filter(|name| !filled(name)).cloned().collect();
    if !holes.is_empty() {
        return Err(No::Unfilled(holes));
    }
    let mut values = template.defaults.clone();
    let own = |words: &str| own_words(template.audience, words);
    values.extend(fields.iter().filter(|(name, _)| filled(name)).map(|(name, words)| (name.clone(), own(words))));
    values.extend(facts(it, playbook, now, template.audience, next_by));
    let filled_in = |text: &str, parsed: &Parsed<'_>| {
        let filled = parsed.fill(&sentences(text, &values, &shape));
        filled.map(|text| Text::new(tidy(&text))).map_err(|e| No::BadTemplate(e.to_string()))
    };
    let title =
        template.title.as_deref().zip(title.as_ref()).map(|(text, title)| filled_in(text, title)).transpose()?;
    Ok(Letter { title, body: filled_in(&template.body, &body)? })
}

/// A person's words as these readers may get them.
pub(super) fn own_words(to: Audience, words: &str) -> String {
    if to.is_outside() { without_slack(words) } else { words.trim().to_owned() }
}

/// People's words end with a full stop where the template begins a new sentence, or ends, behind them.
fn sentences(template: &str, values: &BTreeMap<String, String>, shape: &Shape) -> BTreeMap<String, String> {
    let mut values = values.clone();
    for name in shape.required.iter().chain(shape.optional.iter().map(|(name, _)| name)) {
        let Some(value) = values.get_mut(name) else { continue };
        let behind = [format!("{{{{ {name} }}}}"), format!("{{{{{name}}}}}")];
        let behind = behind.iter().find_map(|place| Some(&template[template.find(place.as_str())? + place.len()..]));
        let begins = |rest: &str| rest.chars().next().is_none_or(|c| c.is_uppercase() || c == '{');
        if behind
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with(char::is_whitespace) && begins(rest.trim_start())))
        {
            *value = as_sentence(value);
        }
    }
    values
}
