//! Texts that people wrote, kept beside the event that carries them so that they can be removed for good.
//!
//! `{"$text": "words"}` at any depth of an event becomes `{"$text": "<hex sha256(salt ‖ words)>"}` in the bytes that are
//! hashed; the salt and the words stand on a line of their own. Without the salt a digest gives nothing away, not even
//! to someone who guesses the words.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The member that marks an erasable text.
const MARK: &str = "$text";

/// An event as it is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Sealed {
    /// The bytes that are hashed and never serialised again.
    pub body: String,
    /// Salts and words as one line of JSON (`[["<salt>","words"],…]`), if there are any.
    pub texts: Option<String>,
}

/// What stands where an event's texts were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Texts {
    /// Salt and words of each.
    There(Vec<(String, String)>),
    /// Nothing but spaces: erased.
    Blank,
    /// Neither: damage, or an erasure that was interrupted.
    Torn,
}

/// How a text starts in JSON as it is written here, and nothing else does: within strings quotes are escaped.
const OPENING: &str = "{\"$text\":\"";

/// Takes the words out of `body`, which is JSON without spaces between its parts.
pub(super) fn seal(body: &str) -> Result<Sealed, getrandom::Error> {
    let (mut sealed, mut rest) = (String::with_capacity(body.len() + 64), body);
    let mut texts = Vec::new();
    while let Some(at) = rest.find(OPENING) {
        let start = at + OPENING.len() - 1;
        let (before, string) = rest.split_at(start);
        let (string, after) = string.split_at(string_length(string));
        sealed.push_str(before);
        rest = after;
        match serde_json::from_str::<String>(string) {
            // Nothing but a text.
            Ok(words) if after.starts_with('}') => {
                let mut salt = [0; 16];
                getrandom::fill(&mut salt)?;
                sealed.push('"');
                sealed.push_str(&salted(&salt, &words));
                sealed.push('"');
                texts.push((hex::encode(salt), words));
            }
            _ => sealed.push_str(string),
        }
    }
    sealed.push_str(rest);
    Ok(Sealed { body: sealed, texts: (!texts.is_empty()).then(|| line(&texts)) })
}

/// How long the string is that `json` starts with, with its quotes.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

/// Salts and words as they are written.
pub(super) fn line(texts: &[(String, String)]) -> String {
    serde_json::to_string(texts).expect("strings serialise")
}

/// Reads what [`line()`] wrote; anything that it would not have written byte for byte is torn.
pub(super) fn parse(bytes: &[u8]) -> Texts {
    if bytes.iter().all(|&b| b == b' ') {
        return Texts::Blank;
    }
    match serde_json::from_slice::<Vec<(String, String)>>(bytes) {
        Ok(texts) if line(&texts).as_bytes() == bytes => Texts::There(texts),
        _ => Texts::Torn,
    }
}

/// Puts the words back where their digests stand. False if a digest has no words: then its place holds `null`.
pub(super) fn fill(body: &mut Value, texts: &[(String, String)]) -> bool {
    let digests: Vec<_> = texts.iter().map(|(salt, words)| (digest(salt, words), words)).collect();
    let mut complete = true;
    each_text(body, &mut |slot| {
        let words = digests.iter().find(|(digest, _)| slot.as_str() == Some(digest)).map(|(_, words)| words);
        complete &= words.is_some();
        *slot = words.map_or(Value::Null, |words| Value::String((*words).clone()));
    });
    complete
}

/// Puts `null` in the place of every text.
pub(super) fn blank(body: &mut Value) {
    each_text(body, &mut |slot| *slot = Value::Null);
}

fn digest(salt: &str, words: &str) -> String {
    match hex::decode(salt) {
        Ok(bytes) if hex::encode(&bytes) == salt => salted(&bytes, words),
        // Not as we write it: then it must match no digest.
        _ => salted(salt.as_bytes(), words),
    }
}

fn salted(salt: &[u8], words: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(words).finalize())
}

/// The words, if `object` is nothing but a text.
fn words(object: &Map<String, Value>) -> Option<&String> {
    match object.get(MARK) {
        Some(Value::String(words)) if object.len() == 1 => Some(words),
        _ => None,
    }
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Object(object) => {
            if words(object).is_some() {
                if let Some(slot) = object.get_mut(MARK) {
                    change(slot);
                }
            } else {
                object.values_mut().for_each(|member| each_text(member, change));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_taken_out_and_put_back() {
        let body = json!({"a": [{"$text": "one"}, {"b": {"$text": "one"}}], "$text": 3, "c": {"$text": "x", "d": 1}});
        let sealed = seal(&body.to_string()).unwrap();
        assert!(!sealed.body.contains("one") && sealed.body.contains("\"x\""));
        let Texts::There(texts) = parse(sealed.texts.unwrap().as_bytes()) else { panic!("not there") };
        assert_eq!(texts.len(), 2);
        assert_ne!(texts[0].0, texts[1].0, "the same words never have the same digest");
        let mut again: Value = serde_json::from_str(&sealed.body).unwrap();
        assert!(fill(&mut again, &texts));
        assert_eq!(again, body);
        let mut without: Value = serde_json::from_str(&sealed.body).unwrap();
        assert!(!fill(&mut without, &texts[..1]));
        assert_eq!(without["a"][1]["b"], json!({"$text": null}));
    }

    #[test]
    fn a_changed_byte_in_a_text_line_is_never_taken_for_words() {
        let body = json!({"t": {"$text": "a \"quoted\" w\u{f6}rd\n"}});
        let sealed = seal(&body.to_string()).unwrap();
        let line = sealed.texts.unwrap().into_bytes();
        for at in 0..line.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut bad = line.clone();
                bad[at] ^= flip;
                let mut again: Value = serde_json::from_str(&sealed.body).unwrap();
                match parse(&bad) {
                    Texts::There(texts) => assert!(!fill(&mut again, &texts), "byte {at}"),
                    Texts::Torn => {}
                    Texts::Blank => panic!("byte {at}"),
                }
            }
        }
    }
}
