//! Load as another process would make it, and what it showed.

use crate::load::Figures;

/// Makes the load on a thread of its own; every answer has to be 200.
pub fn alone(load: impl Future<Output = Figures>) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let figures = runtime.block_on(load);
    assert_eq!(figures.refused, 0, "every request is answered with 200");
    figures
}

/// Prints a line of them.
#[expect(clippy::print_stdout, reason = "it prints what was measured")]
pub fn say(what: &str, figures: &Figures) {
    let (rate, p50, p99) = (figures.rate(), figures.percentile(0.5), figures.percentile(0.99));
    println!("{what:<32} {rate:>9.0} /s   p50 {p50:>7.3} ms   p99 {p99:>7.3} ms");
}
