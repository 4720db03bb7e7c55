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

/// Takes the words out of `body`.
pub(super) fn seal(body: &Value) -> Result<Sealed, getrandom::Error> {
    let mut texts = Vec::new();
    let sealed = if carries_text(body) { take_out(body, &mut texts)?.to_string() } else { body.to_string() };
    Ok(Sealed { body: sealed, texts: (!texts.is_empty()).then(|| line(&texts)) })
}

/// Salts and words as they are written.
pub(super) fn line(texts: &[(String, String)]) -> String {
    serde_json::json!(texts).to_string()
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
    let mut hasher = Sha256::new();
    match hex::decode(salt) {
        Ok(bytes) if hex::encode(&bytes) == salt => hasher.update(bytes),
        // Not as we write it: then it must match no digest.
        _ => hasher.update(salt),
    }
    hasher.update(words);
    hex::encode(hasher.finalize())
}

/// The words, if `object` is nothing but a text.
fn words(object: &Map<String, Value>) -> Option<&String> {
    match object.get(MARK) {
        Some(Value::String(words)) if object.len() == 1 => Some(words),
        _ => None,
    }
}

fn carries_text(value: &Value) -> bool {
    match value {
        Value::Object(object) => words(object).is_some() || object.values().any(carries_text),
        Value::Array(items) => items.iter().any(carries_text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn take_out(value: &Value, texts: &mut Vec<(String, String)>) -> Result<Value, getrandom::Error> {
    Ok(match value {
        Value::Object(object) => {
            let mut out = Map::new();
            if let Some(words) = words(object) {
                let mut salt = [0; 16];
                getrandom::fill(&mut salt)?;
                let salt = hex::encode(salt);
                out.insert(MARK.to_owned(), Value::String(digest(&salt, words)));
                texts.push((salt, words.clone()));
            } else {
                for (name, member) in object {
                    out.insert(name.clone(), take_out(member, texts)?);
                }
            }
            Value::Object(out)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| take_out(item, texts)).collect::<Result<_, _>>()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    })
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
        let sealed = seal(&body).unwrap();
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
        let sealed = seal(&body).unwrap();
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
