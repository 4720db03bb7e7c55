//! What is recorded of the ways to a person, in their stream. Stored for ever; addresses are texts, which can be erased.

use serde::{Deserialize, Serialize};

use super::Way;
use crate::incident::Text;

/// What happens to the ways to a person. A test's number is the place of its fact in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// They can be reached by this way too, or under another address.
    WayChosen {
        /// Which.
        way: Way,
        /// Under which address.
        address: Text,
        /// Minutes after the message in the chat; 0: with it.
        after_min: u32,
    },
    /// The same way, sooner or later.
    WayDelayed {
        /// Which.
        way: Way,
        /// Minutes after the message in the chat; 0: with it.
        after_min: u32,
    },
    /// Not by this way any more.
    WayRemoved {
        /// Which.
        way: Way,
    },
    /// They asked for a test of every way.
    Tested {
        /// Which they are.
        ways: Vec<Way>,
    },
    /// A test went out, or did not.
    Tried {
        /// Which test.
        test: u64,
        /// By which way.
        way: Way,
        /// Why not, where it did not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// They answered a test: the way reaches them.
    Proved {
        /// Which.
        way: Way,
    },
}
