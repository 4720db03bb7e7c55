//! Tokens of programs: names, and digests of the tokens, so that the settings hold nothing that lets anybody in.

use sha2::{Digest, Sha256};

/// A program that may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Under which its calls stand in the record.
    pub name: String,
    digest: [u8; 32],
}

impl ApiToken {
    /// The token of a program, as it is.
    #[must_use]
    pub fn new(name: &str, token: &str) -> Self {
        Self { name: name.to_owned(), digest: Sha256::digest(token).into() }
    }

    /// Is it this one? Digests are compared, of which how much of them fits tells nothing.
    #[must_use]
    pub fn is(&self, token: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(token)) == self.digest
    }

    /// `name=<SHA-256 in hex>`, with commas or white space between them.
    ///
    /// # Errors
    /// A sentence for each that cannot be read. None names more of it than its name.
    pub fn read(text: &str) -> (Vec<Self>, Vec<String>) {
        let (mut tokens, mut problems): (Vec<Self>, Vec<String>) = (Vec::new(), Vec::new());
        for (n, entry) in (1..).zip(text.split([',', ' ', '\n', '\t', '\r']).filter(|entry| !entry.is_empty())) {
            let (name, digest) = entry.split_once('=').unwrap_or(("", entry));
            let read = hex::decode(digest).ok().and_then(|bytes| bytes.try_into().ok());
            match read {
                _ if tokens.iter().any(|known| known.name == name) => {
                    problems.push(format!("WATCHROOM_API_TOKENS names `{name}` twice"));
                }
                Some(digest) if is_name(name) => tokens.push(Self { name: name.to_owned(), digest }),
                Some(_) | None => problems.push(format!(
                    "WATCHROOM_API_TOKENS, entry {n} is no token; write name=<SHA-256 of the token in hex>, for example with \
                     `printf %s \"$TOKEN\" | sha256sum`"
                )),
            }
        }
        (tokens, problems)
    }
}

/// Letters, digits, `-`, `_` and `.`, at most 40.
pub(super) fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}
