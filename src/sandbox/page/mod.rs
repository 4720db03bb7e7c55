//! The page people open in the browser: plain HTML, CSS and JavaScript modules, compiled in as they are.
//!
//! Nothing is built and nothing is fetched from elsewhere, so the page can be served with
//! `Content-Security-Policy: default-src 'self'`.

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! module {
    ($name:literal) => {
        (concat!("/", $name), JS, include_str!($name))
    };
}

/// Every file of the page: path under the sandbox's address, content type, body.
pub const FILES: &[(&str, &str, &str)] = &[
    ("/", HTML, include_str!("index.html")),
    ("/theme.css", CSS, include_str!("theme.css")),
    ("/style.css", CSS, include_str!("style.css")),
    ("/icon.svg", SVG, include_str!("icon.svg")),
    module!("app.js"),
    module!("blocks.js"),
    module!("complete.js"),
    module!("composer.js"),
    module!("context.js"),
    module!("dialog.js"),
    module!("dom.js"),
    module!("elements.js"),
    module!("emoji.js"),
    module!("lab.js"),
    module!("live.js"),
    module!("mentions.js"),
    module!("menu.js"),
    module!("messages.js"),
    module!("mrkdwn.js"),
    module!("net.js"),
    module!("pane.js"),
    module!("phones.js"),
    module!("richtext.js"),
    module!("room.js"),
    module!("row.js"),
    module!("select.js"),
    module!("side.js"),
    module!("sidebar.js"),
    module!("store.js"),
    module!("switcher.js"),
    module!("time.js"),
    module!("views.js"),
];

#[cfg(test)]
mod tests {
    use super::FILES;
    use std::collections::BTreeSet;

    /// A module that is imported but not served would leave people before an empty page.
    #[test]
    fn everything_the_page_asks_for_is_served() {
        let served: BTreeSet<&str> = FILES.iter().map(|(path, _, _)| *path).collect();
        assert_eq!(served.len(), FILES.len(), "a path is served twice");
        let mut asked = 0;
        for (path, _, body) in FILES {
            for piece in body.split("from \"./").skip(1) {
                let name = piece.split('"').next().unwrap_or_default();
                assert!(served.contains(format!("/{name}").as_str()), "{path} imports {name}");
                asked += 1;
            }
        }
        assert!(asked > FILES.len(), "found only {asked} imports");
        let (_, _, html) = FILES[0];
        for piece in html.split("href=\"/").skip(1).chain(html.split("src=\"/").skip(1)) {
            let name = piece.split('"').next().unwrap_or_default();
            assert!(served.contains(format!("/{name}").as_str()), "index.html asks for {name}");
        }
    }

    /// The page's content security policy allows nothing inline, and data never becomes markup.
    #[test]
    fn nothing_is_inline_and_no_data_becomes_markup() {
        for (path, _, body) in FILES {
            for bad in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                " style=\"",
                "<script>",
                "<style",
            ] {
                assert!(!body.contains(bad), "{path} contains {bad}");
            }
        }
    }
}
