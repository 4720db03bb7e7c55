//! The table that a bench prints, and whether it fails: `cargo bench` does where a figure misses its target.

use std::process::ExitCode;

/// One line for each figure that has a target.
#[derive(Debug, Default)]
pub struct Table(Vec<(String, f64, f64, bool)>);

impl Table {
    /// A figure that should be at most `target`.
    pub fn at_most(&mut self, what: &str, figure: f64, target: f64) {
        self.row(format!("{what} (at most)"), figure, target, figure <= target);
    }

    /// Any figure with a target.
    pub fn row(&mut self, what: String, figure: f64, target: f64, pass: bool) {
        self.0.push((what, figure, target, pass));
    }

    /// Prints them all; what `main` returns.
    #[must_use]
    #[expect(clippy::print_stdout, reason = "it prints what was measured")]
    pub fn print(&self) -> ExitCode {
        println!("\n{:<72} {:>10} {:>10}", "figure", "measured", "target");
        for (what, figure, target, pass) in &self.0 {
            println!("{what:<72} {figure:>10.2} {target:>10.2}  {}", if *pass { "PASS" } else { "MISS" });
        }
        if self.0.iter().all(|(_, _, _, pass)| *pass) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
