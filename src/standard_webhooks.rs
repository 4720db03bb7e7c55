//! Signatures as Standard Webhooks has them (<https://www.standardwebhooks.com>): of what is sent, and of what comes in.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::Secret;

/// What a secret begins with where it is written in base64.
const ENCODED: &str = "whsec_";
/// The version of signatures made with a secret that both sides have.
const VERSION: &str = "v1,";

/// # Panics
/// Never: a key of any length will do.
fn mac(secret: &Secret, id: &str, stamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let encoded = secret.expose().strip_prefix(ENCODED).and_then(|text| BASE64_STANDARD.decode(text).ok());
    let key = encoded.unwrap_or_else(|| secret.expose().as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length will do");
    for part in [id.as_bytes(), b".", stamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

/// What stands in `webhook-signature`.
pub(crate) fn signature(secret: &Secret, id: &str, stamp: &str, body: &[u8]) -> String {
    format!("{VERSION}{}", BASE64_STANDARD.encode(mac(secret, id, stamp, body).finalize().into_bytes()))
}

/// Is one of these signatures, with spaces between them, made with this secret? Compared in constant time.
pub(crate) fn is_signed(secret: &Secret, id: &str, stamp: &str, body: &[u8], signatures: &str) -> bool {
    let known = signatures.split(' ').filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix(VERSION)?).ok());
    let mut known = known.map(|one| mac(secret, id, stamp, body).verify_slice(&one).is_ok());
    known.any(|is_it| is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification publishes.
    #[test]
    fn agrees_with_the_published_example() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, stamp, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b"{\"test\": 2432232314}");
        let said = signature(&secret, id, stamp, body);
        assert_eq!(said, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(is_signed(&secret, id, stamp, body, &format!("v1a,x v1,aGVsbG8= {said}")));
        assert!(!is_signed(&secret, id, "1614265331", body, &said));
        assert!(!is_signed(&Secret::new("another"), id, stamp, body, &said));
    }
}
