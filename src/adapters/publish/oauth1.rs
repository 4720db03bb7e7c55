//! Requests signed as OAuth 1.0a has it (RFC 5849), with HMAC-SHA1: what X takes in the name of an account, without an end.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use url::Url;

use super::door::part;
use crate::config::XConfig;

/// What stands in `authorization` of a request to this address at this second; `nonce` is used once. A body that is no form does not count.
pub(super) fn authorization(keys: &XConfig, method: &str, url: &Url, (second, nonce): (i64, &str)) -> String {
    let own = [
        ("oauth_consumer_key", keys.api_key.expose().to_owned()),
        ("oauth_nonce", nonce.to_owned()),
        ("oauth_signature_method", "HMAC-SHA1".to_owned()),
        ("oauth_timestamp", second.to_string()),
        ("oauth_token", keys.access_token.expose().to_owned()),
        ("oauth_version", "1.0".to_owned()),
    ];
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let signature = signature(keys, method, url, own.iter().map(|(k, v)| (*k, v.as_str())), &query);
    let all = own.iter().map(|(k, v)| (*k, v.as_str())).chain([("oauth_signature", signature.as_str())]);
    let parts: Vec<String> = all.map(|(key, value)| format!("{key}=\"{}\"", part(value))).collect();
    format!("OAuth {}", parts.join(", "))
}

/// # Panics
/// Never: a key of any length will do.
fn signature<'a>(
    keys: &XConfig,
    method: &str,
    url: &Url,
    own: impl Iterator<Item = (&'a str, &'a str)>,
    others: &'a [(String, String)],
) -> String {
    let others = others.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let mut all: Vec<(String, String)> = own.chain(others).map(|(k, v)| (part(k), part(v))).collect();
    all.sort();
    let parameters: Vec<String> = all.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    let signed = format!("{method}&{}&{}", part(base.as_str()), part(&parameters.join("&")));
    let key = format!("{}&{}", part(keys.api_key_secret.expose()), part(keys.access_token_secret.expose()));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("a key of any length will do");
    mac.update(signed.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    /// The example that X publishes; its keys are of nobody.
    #[test]
    fn agrees_with_the_published_example() {
        let keys = XConfig {
            api_url: "https://api.x.com/".parse().expect("an address"),
            api_key: Secret::new("xvz1evFS4wEEPTGEFPHBog"),
            api_key_secret: Secret::new("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
            access_token: Secret::new("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            access_token_secret: Secret::new("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
            allow_private: false,
        };
        let url: Url = "https://api.x.com/1.1/statuses/update.json?include_entities=true".parse().expect("an address");
        let own = [
            ("oauth_consumer_key", keys.api_key.expose()),
            ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1318622958"),
            ("oauth_token", keys.access_token.expose()),
            ("oauth_version", "1.0"),
        ];
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let others =
            [pair("include_entities", "true"), pair("status", "Hello Ladies + Gentlemen, a signed OAuth request!")];
        assert_eq!(signature(&keys, "POST", &url, own.into_iter(), &others), "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=");
        let said = authorization(&keys, "GET", &url, (1_318_622_958, "a+b"));
        assert!(
            said.starts_with("OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", oauth_nonce=\"a%2Bb\""),
            "{said}"
        );
    }
}
