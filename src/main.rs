//! Arguments, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;
use watchroom::cli::{Arguments, run};

fn main() -> ExitCode {
    run(Arguments::parse())
}
