//! Status pages that others host.

use futures_util::{FutureExt, future::BoxFuture};
use watchroom::config::{Config, ConnectorKind, Host};

use super::place::{Doubt, Kind, Place};
use crate::harness::{fails::Fails, hosted::FakeHost};

type Started = BoxFuture<'static, Box<dyn Place>>;

const STATUSPAGE: Kind =
    Kind { start: statuspage, doubt: Doubt::Settles, reads: true, withdraws: true, says_when: true };

pub mod statuspage {
    pub const KIND: super::Kind = super::STATUSPAGE;
}

/// It lets nobody change what was said.
pub mod incident_io {
    pub const KIND: super::Kind = super::Kind { start: super::incident_io, withdraws: false, ..super::STATUSPAGE };
}

pub mod instatus {
    pub const KIND: super::Kind = super::Kind { start: super::instatus, ..super::STATUSPAGE };
}

fn host(host: Host) -> Started {
    FakeHost::start(host).map(|page| Box::new(page) as Box<dyn Place>).boxed()
}

fn statuspage() -> Started {
    host(Host::Statuspage)
}

fn incident_io() -> Started {
    host(Host::IncidentIo)
}

fn instatus() -> Started {
    host(Host::Instatus)
}

impl Place for FakeHost {
    fn connect(&self, _: &mut Config) -> ConnectorKind {
        ConnectorKind::Hosted(self.page())
    }

    fn fail(&self, fails: &[Fails]) {
        Self::fail(self, fails.iter().copied());
    }

    /// Each below its incident's headline.
    fn texts(&self) -> Vec<String> {
        let memory = self.memory();
        let of = memory.incidents.iter().flat_map(|it| it.updates.iter().map(move |said| (it, said)));
        of.map(|(it, said)| format!("{}\n{}", it.name, said.body)).collect()
    }

    fn asked(&self) -> usize {
        self.memory().requests.iter().filter(|request| !request.starts_with("GET ")).count()
    }
}
