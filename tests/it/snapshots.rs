//! Everything that Slack is ever sent, left under `target/snapshots` and `target/signatures` for the official packages to
//! judge (`tests/run validate`).

mod case;
mod duty;
pub mod every;
pub mod forms;
pub mod intake;
mod maintenance;
mod oncall;
mod playbook;
mod reach;
mod recorder;
mod sent;

/// The words of the most hostile people, and of an ordinary one. The long ones are twice as long as any text that is taken, and longer
/// than any that Slack takes.
pub fn words() -> Vec<(&'static str, String)> {
    vec![
        ("plain", "checkout is down".into()),
        ("long", "x".repeat(5_000)),
        ("long-words", "lorem ipsum ".repeat(450)),
        ("long-escapes", "<&>".repeat(1_700)),
        ("emoji", "🔥👩‍👩‍👧‍👦🏳️‍🌈".repeat(400)),
        ("right-to-left", "\u{202e}الدفع معطل ".repeat(100)),
        ("waking", "<!channel> <!here> <!everyone> <!subteam^S1> <@U0BOB> <#C1|x> <https://a.example|b>".into()),
        ("markup", "*b* _i_ ~s~ `c` ```\ncode\n``` > quote & <b> &amp; \\ \"quoted\" 'single' :fire:".into()),
        ("control", "a\u{0}b\u{7}\r\n\tc\u{200b}\u{feff}".into()),
        ("blank", " \n\t ".into()),
        ("empty", String::new()),
    ]
}
