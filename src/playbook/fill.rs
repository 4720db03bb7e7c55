//! Templates: filled in strictly, so that a text with a hole in it is never sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

/// The most steps that filling in one template takes; more is a loop without end.
const FUEL: u64 = 20_000;

/// A template that cannot be used, as the template engine says it: what, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadTemplate(pub String);

impl From<minijinja::Error> for BadTemplate {
    fn from(error: minijinja::Error) -> Self {
        let said = match error.kind() {
            ErrorKind::OutOfFuel => "it takes too many steps; is there a loop that does not end?".to_owned(),
            kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
        };
        match error.line() {
            Some(line @ 2..) => Self(format!("{said} (in its line {line})")),
            Some(_) | None => Self(said),
        }
    }
}

/// Making one costs more than filling in a text.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
});

/// A template that was read once, for whoever needs it more than once.
#[derive(Debug)]
pub struct Parsed<'a>(minijinja::Template<'a, 'a>);

impl<'a> Parsed<'a> {
    /// Reads `text`.
    ///
    /// # Errors
    /// [`BadTemplate`] where it does not parse.
    pub fn of(text: &'a str) -> Result<Self, BadTemplate> {
        Ok(Self(ENVIRONMENT.template_from_str(text)?))
    }

    /// The text with its places filled in.
    ///
    /// # Errors
    /// [`BadTemplate`] where a place has no value, or where it never ends.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<String, BadTemplate> {
        Ok(self.0.render(values)?)
    }

    /// The names of the places in it.
    pub fn places(&self) -> BTreeSet<String> {
        let mut places: BTreeSet<String> = self.0.undeclared_variables(false).into_iter().collect();
        for (function, _) in ENVIRONMENT.globals() {
            places.remove(function);
        }
        places
    }

    /// Parts of places that it asks for (`title.first`): every place is plain text and has none.
    pub fn parts(&self) -> Vec<String> {
        let all = self.0.undeclared_variables(true);
        all.into_iter().filter(|name| name.contains('.')).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// `text` with its places filled in.
///
/// # Errors
/// [`BadTemplate`] where it does not parse, where a place has no value, or where it never ends.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String, BadTemplate> {
    Parsed::of(text)?.fill(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_hole_is_never_made() {
        let values = BTreeMap::from([("title".to_owned(), "<b> & {{ x }}".to_owned())]);
        assert_eq!(fill("About {{ title }}.", &values).as_deref(), Ok("About <b> & {{ x }}."));
        assert!(fill("About {{ nothing }}.", &values).is_err());
        assert!(fill("About {{ title .", &values).is_err());
        assert!(
            fill("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", &values).is_err()
        );
    }

    #[test]
    fn its_places_are_known() {
        assert_eq!(Parsed::of("{{ a }} and {{ b|upper }}").expect("sound").places().len(), 2);
    }
}
