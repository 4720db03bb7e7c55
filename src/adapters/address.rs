//! Addresses that somebody else chose: what is fetched from there must not reach into our own network.
//!
//! The guard sits where names become addresses, and the connection goes to the very addresses that it has seen: a name that says
//! something else a moment later (DNS rebinding) gains nothing. Redirects are followed nowhere by themselves, so that each hop comes
//! by here.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use url::{Host, Url};

/// How far something may be away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet alone.
    Public,
    /// In a private network or on this machine too. What tells machines of a cloud about themselves stays out of reach all the same:
    /// nothing that is meant to be fetched stands there.
    Private,
}

/// Something is out of reach. Says nothing of where it is, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is in a private network, or of the machine itself")]
pub struct OutOfReach;

impl Reach {
    /// Can it be asked for at all? Names are looked at when they are resolved, addresses here: nobody resolves those.
    ///
    /// # Errors
    /// Where it is an address out of reach.
    pub fn check(self, url: &Url) -> Result<(), OutOfReach> {
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(OutOfReach),
        };
        if self.has(address) { Ok(()) } else { Err(OutOfReach) }
    }

    /// Is this address within it?
    #[must_use]
    pub fn has(self, address: IpAddr) -> bool {
        match (place(address), self) {
            (Place::Public, _) | (Place::Private, Self::Private) => true,
            (Place::Private, Self::Public) | (Place::Never, _) => false,
        }
    }
}

/// Resolves names, and gives an address only where all of them are within reach.
#[derive(Clone, Copy)]
pub(super) struct Guarded(pub Reach);

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarded").field(&self.0).finish()
    }
}

impl Guarded {
    /// As the builder of clients takes it.
    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            // The port is the address's own: it is put in later.
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|address| reach.has(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(OutOfReach.into())
            }
        })
    }
}

/// What kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Public,
    /// In a private network, or of this machine.
    Private,
    /// Of the link, where clouds tell machines about themselves; or of nobody.
    Never,
}

fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(v4) => place_v4(v4),
        IpAddr::V6(v6) => place_v6(v6),
    }
}

/// By the registry of special addresses (RFC 6890).
fn place_v4(v4: Ipv4Addr) -> Place {
    let [a, b, c, _] = v4.octets();
    match (a, b, c) {
        // Alibaba Cloud's own, in the midst of what is shared.
        (100, 100, 100) if v4.octets()[3] == 200 => Place::Never,
        (10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Place::Private,
        (0 | 224..=255, ..) | (169, 254, _) | (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => {
            Place::Never
        }
        _ => Place::Public,
    }
}

fn place_v6(v6: Ipv6Addr) -> Place {
    let segments = v6.segments();
    let last = |n: usize| {
        let [high, low] = [segments[n], segments[n + 1]].map(u16::to_be_bytes);
        place_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
    };
    if METADATA.contains(&segments) {
        return Place::Never;
    }
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] => Place::Private,
        // Other ways to write an address of the old kind.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => last(6),
        [0x2002, ..] => last(1),
        // Tunnels whose end is hidden, and examples.
        [0x2001, 0 | 0x0db8, ..] => Place::Never,
        [0x2000..=0x3fff, ..] => Place::Public,
        // Of the link, of many, or of nobody.
        _ => Place::Never,
    }
}

/// What tells machines of Amazon's and Google's clouds about themselves, in the midst of what is private.
const METADATA: [[u16; 8]; 2] = [[0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254], [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254]];

#[cfg(test)]
mod tests {
    use super::*;

    fn places(addresses: &[&str]) -> Vec<Place> {
        addresses.iter().map(|text| place(text.parse().expect("an address"))).collect()
    }

    #[test]
    fn public_addresses_are_within_reach() {
        let public = ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"];
        assert_eq!(places(&public), vec![Place::Public; public.len()]);
        assert!(public.iter().all(|text| Reach::Public.has(text.parse().expect("an address"))));
    }

    #[test]
    fn our_own_network_is_within_reach_only_where_that_is_meant() {
        let private = [
            "127.0.0.1",
            "127.8.9.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.1.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:0a00:0001::1",
        ];
        assert_eq!(places(&private), vec![Place::Private; private.len()]);
        let address = private[0].parse().expect("an address");
        assert!(!Reach::Public.has(address) && Reach::Private.has(address));
    }

    #[test]
    fn what_is_of_the_link_or_of_nobody_is_never_within_reach() {
        let never = [
            "169.254.169.254",
            "100.100.100.200",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.2.1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
        ];
        assert_eq!(places(&never), vec![Place::Never; never.len()]);
    }

    #[test]
    fn an_address_is_looked_at_however_it_is_written() {
        for written in ["http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://127.1:8080/x"] {
            let url = Url::parse(written).expect("an address");
            assert_eq!(Reach::Public.check(&url), Err(OutOfReach), "{written}");
            assert_eq!(Reach::Private.check(&url), Ok(()), "{written}");
        }
        let name = Url::parse("https://calendar.example.com/").expect("an address");
        assert_eq!(Reach::Public.check(&name), Ok(()), "names are looked at when they are resolved");
    }

    #[tokio::test]
    async fn a_name_is_resolved_only_where_all_its_addresses_are_within_reach() {
        let resolve = |reach| Guarded(reach).resolve("localhost".parse().expect("a name"));
        assert!(resolve(Reach::Public).await.is_err_and(|why| why.is::<OutOfReach>()));
        assert!(resolve(Reach::Private).await.is_ok_and(|mut found| found.all(|a| a.ip().is_loopback())));
    }
}
