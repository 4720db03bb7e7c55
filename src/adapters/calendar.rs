//! Calendars of other programs: fetched from the web or read from a file.

use std::{error::Error as _, fs::File, io::Read as _, path::PathBuf};

use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION},
};
use reqwest::Response;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    address::{OutOfReach, Reach},
    http::Http,
};
use crate::{
    config::{Address, CalendarSource, Secret},
    paging::{ical::LARGEST, rota::Missed},
};

/// How often a calendar may lead on.
const HOPS: usize = 3;

/// The way to calendars.
#[derive(Debug)]
pub struct Fetcher {
    public: Http,
    private: Http,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self { public: Http::within(Reach::Public), private: Http::within(Reach::Private) }
    }
}

/// By what a host tells whether a calendar is another than the one that is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// `ETag`.
    pub tag: Option<String>,
    /// `Last-Modified`.
    pub modified: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The same as the last time.
    Same,
    /// This text.
    Text(String, Edition),
}

impl Fetcher {
    /// A calendar as it is now; `known` is the one that is here.
    ///
    /// # Errors
    /// Why it could not be fetched, without its address.
    pub async fn fetch(&self, source: &CalendarSource, known: Option<&Edition>) -> Result<Fetched, Missed> {
        match &source.address {
            Address::File(path) => file(path.clone()).await.map(|text| Fetched::Text(text, Edition::default())),
            Address::Web(address) if source.allow_private => web(&self.private, Reach::Private, address, known).await,
            Address::Web(address) => web(&self.public, Reach::Public, address, known).await,
        }
    }
}

async fn file(path: PathBuf) -> Result<String, Missed> {
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    match read.await {
        Ok(Ok(bytes)) => text(bytes),
        Ok(Err(error)) => Err(Missed::File(error.to_string())),
        Err(panic) => Err(Missed::File(panic.to_string())),
    }
}

/// Whatever stands in it is read; what is no text shows as such.
fn text(bytes: Vec<u8>) -> Result<String, Missed> {
    if bytes.len() > LARGEST {
        return Err(Missed::TooLarge);
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

async fn web(http: &Http, reach: Reach, address: &Secret, known: Option<&Edition>) -> Result<Fetched, Missed> {
    let mut url = Url::parse(address.expose()).map_err(|_| Missed::Redirects)?;
    for _ in 0..=HOPS {
        reach.check(&url).map_err(|OutOfReach| Missed::Private)?;
        let client = http.client().await.map_err(|error| Missed::Unreachable(error.to_string()))?;
        let mut request = client.get(url.clone()).header(ACCEPT, "text/calendar, */*;q=0.1");
        if let Some(Edition { tag, modified }) = known {
            let conditions = [(IF_NONE_MATCH, tag), (IF_MODIFIED_SINCE, modified)];
            let told = conditions.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            request = told.fold(request, |request, (name, value)| request.header(name, value));
        }
        let answer = request.send().await.map_err(|error| missed(&error))?;
        match answer.status() {
            StatusCode::OK => return body(answer).await,
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Fetched::Same),
            status if status.is_redirection() => url = led(&url, answer.headers())?,
            status => return Err(Missed::Status(status.as_u16())),
        }
    }
    Err(Missed::Redirects)
}

/// Where it leads on to; never from what is encrypted to what is not.
fn led(from: &Url, headers: &HeaderMap) -> Result<Url, Missed> {
    let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| from.join(to).ok());
    let is_web = |to: &Url| to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http");
    to.filter(is_web).ok_or(Missed::Redirects)
}

async fn body(mut answer: Response) -> Result<Fetched, Missed> {
    let said = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let edition = Edition { tag: said(ETAG), modified: said(LAST_MODIFIED) };
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| missed(&error))? {
        bytes.extend_from_slice(&piece);
        // No more of it is taken than of one that is read.
        if bytes.len() > LARGEST {
            return Err(Missed::TooLarge);
        }
    }
    text(bytes).map(|text| Fetched::Text(text, edition))
}

/// The last cause says most; the first one has the address.
fn missed(error: &reqwest::Error) -> Missed {
    let mut cause = error.source();
    let mut words = None;
    while let Some(error) = cause {
        if error.is::<OutOfReach>() {
            return Missed::Private;
        }
        words = Some(error.to_string());
        cause = error.source();
    }
    if error.is_timeout() {
        return Missed::TooSlow;
    }
    Missed::Unreachable(words.unwrap_or_else(|| "the request failed".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

    /// Fetches from a host on this machine that goes by a name, as one on the public internet does: it leads on to `to` (`PORT` stands
    /// for its own port), where it has a calendar. What came of it, and what the host was asked for.
    async fn led_on(to: &str) -> (Result<Fetched, Missed>, Vec<String>) {
        crate::adapters::http::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let to = to.replace("PORT", &port.to_string());
        let asked = RefCell::new(Vec::new());
        let serve = async {
            loop {
                let (mut socket, _) = listener.accept().await.expect("somebody");
                let mut request = vec![0; 4096];
                let read = socket.read(&mut request).await.expect("a request");
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                let answer = if path == "/start" {
                    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                } else {
                    let length = CALENDAR.len();
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{CALENDAR}")
                };
                asked.borrow_mut().push(path);
                socket.write_all(answer.as_bytes()).await.expect("it listens");
            }
        };
        // Its resolver lets the name through, since the name stands for a public one; what is looked at is where that leads.
        let (http, start) = (Http::within(Reach::Private), Secret::new(&format!("http://localhost:{port}/start")));
        let fetched = tokio::select! {
            () = serve => unreachable!("it serves for ever"),
            fetched = web(&http, Reach::Public, &start, None) => fetched,
        };
        (fetched, asked.into_inner())
    }

    #[tokio::test]
    async fn a_public_host_leads_to_no_private_address_however_that_is_written() {
        for to in [
            "http://127.0.0.1:PORT/in",
            "//127.0.0.1:PORT/in",
            "http://2130706433:PORT/in",
            "http://[::ffff:127.0.0.1]:PORT/in",
        ] {
            let (fetched, asked) = led_on(to).await;
            assert_eq!((fetched, asked), (Err(Missed::Private), vec!["/start".to_owned()]), "{to}");
        }
        let (fetched, asked) = led_on("http://localhost:PORT/in").await;
        assert!(matches!(fetched, Ok(Fetched::Text(text, _)) if text == CALENDAR), "to a public one it does");
        assert_eq!(asked, ["/start", "/in"]);
    }
}
