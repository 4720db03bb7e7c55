//! Addresses that stand for somebody's answer, in what goes out by other ways than the chat: no state, and nothing that anybody can
//! make up.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    ids::{IncidentId, UserId},
    paging::{PageId, reach::Way},
};

/// What the key is for: another purpose has another key.
const PURPOSE: &[u8] = b"watchroom: links that answer pages, 1";
/// How much of the digest travels, in bytes: addresses in text messages are short.
const SIGNATURE: usize = 16;
/// What a test's token begins with; no incident is called so.
const TEST: &str = "test";

/// What is digested for a pseudonym; no claim begins so.
const PSEUDONYM: &str = "pseudonym ";

/// What a link stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// A page, and whom it asks.
    Page {
        /// Of which incident.
        id: IncidentId,
        /// Which page.
        page: PageId,
        /// Whom.
        who: UserId,
        /// By which way it went to them; none in a link of a release that did not say.
        way: Option<Way>,
    },
    /// A test of a way, and whose it is.
    Test {
        /// Whose.
        who: UserId,
        /// Which way.
        way: Way,
        /// Which test.
        test: u64,
    },
}

/// Makes and reads links.
#[derive(Clone, Default)]
pub struct Links {
    key: [u8; 32],
    base: Option<String>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Links {
    /// Links below the deployment's public address, by a key that only whoever has `secret` can make.
    #[must_use]
    pub fn new(secret: &str, public_url: Option<&str>) -> Self {
        let key = mac(secret.as_bytes(), PURPOSE).finalize().into_bytes().into();
        Self { key, base: public_url.map(|url| url.trim_end_matches('/').to_owned()) }
    }

    /// The address that answers; none, where the deployment has no public one.
    #[must_use]
    pub fn address(&self, linked: &Linked) -> Option<String> {
        Some(format!("{}/ack/{}", self.base.as_ref()?, self.token(linked)))
    }

    /// Has the deployment a public address?
    #[must_use]
    pub const fn has_address(&self) -> bool {
        self.base.is_some()
    }

    /// What stands for it at the end of the address.
    #[must_use]
    pub fn token(&self, linked: &Linked) -> String {
        let claim = match linked {
            Linked::Page { id, page, who, way: None } => format!("{id}.{page}.{who}"),
            Linked::Page { id, page, who, way: Some(way) } => format!("{id}.{page}.{who}.{}", way.key()),
            Linked::Test { who, way, test } => format!("{TEST}.{}.{test}.{who}", way.key()),
        };
        let signature = mac(&self.key, claim.as_bytes()).finalize().into_bytes();
        format!("{claim}.{}", BASE64_URL_SAFE_NO_PAD.encode(&signature[..SIGNATURE]))
    }

    /// What stands for something that must not be read, and is the same each time.
    #[must_use]
    pub fn pseudonym(&self, what: &str) -> String {
        let digest = mac(&self.key, format!("{PSEUDONYM}{what}").as_bytes()).finalize().into_bytes();
        hex::encode(&digest[..SIGNATURE])
    }

    /// What a token stands for; none, where we did not make it.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Linked> {
        let (claim, signature) = token.rsplit_once('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok().filter(|bytes| bytes.len() == SIGNATURE)?;
        mac(&self.key, claim.as_bytes()).verify_truncated_left(&signature).ok()?;
        let parts: Vec<&str> = claim.split('.').collect();
        match parts.as_slice() {
            [TEST, way, test, who] => {
                Some(Linked::Test { who: UserId::from(*who), way: Way::named(way)?, test: test.parse().ok()? })
            }
            [id, page, who, way @ ..] => {
                let way = match way {
                    [] => None,
                    [way] => Some(Way::named(way)?),
                    _ => return None,
                };
                let page = PageId(page.parse().ok()?);
                Some(Linked::Page { id: id.parse().ok()?, page, who: UserId::from(*who), way })
            }
            _ => None,
        }
    }
}

/// # Panics
/// Never: a key of any length will do.
fn mac(key: &[u8], claim: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    mac.update(claim);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_made_is_read() {
        let links = Links::new("xoxb-secret", Some("https://watchroom.example.com/"));
        let of = |way| Linked::Page { id: IncidentId::inc(7), page: PageId(2), who: "U0BOB".into(), way };
        let (page, old) = (of(Some(Way::Sms)), of(None));
        let test = Linked::Test { who: "U0BOB".into(), way: Way::Sms, test: 3 };
        for linked in [&page, &old, &test] {
            assert_eq!(links.read(&links.token(linked)).as_ref(), Some(linked));
            assert_eq!(Links::new("other", None).read(&links.token(linked)), None);
        }
        let token = links.token(&page);
        let address = links.address(&page).expect("a public address");
        assert_eq!(address, format!("https://watchroom.example.com/ack/{token}"));
        assert_eq!(Links::new("xoxb-secret", None).address(&page), None);
        for bad in [
            token.replace("U0BOB", "U0EVE"),
            token.replace("INC-7.2", "INC-7.3"),
            token.replace(".sms", ".call"),
            token.replace(".sms", ""),
            token[..token.len() - 1].to_owned(),
            String::new(),
            ".".to_owned(),
        ] {
            assert_eq!(links.read(&bad), None, "{bad}");
        }
        assert!(!format!("{links:?}").contains("key"));
    }
}
