//! Places beside the chat that take texts: whatever one of them does, the others have the text, nothing stands anywhere twice, and the room
//! knows how it stands.
//!
//! A kind of connector is one row: a [`Kind`](place::Kind) with what can be expected of it, and a [`Place`](place::Place) that plays its
//! neighbour. Every story below is told of every row.

mod hosted;
mod mail;
mod place;
mod places;
mod stories;
mod webhook;

use hosted::{incident_io, instatus, statuspage};
use places::{discord, jira, mastodon, mattermost, teams, x, zendesk};

/// A test for each story, of each kind.
macro_rules! of_every_kind {
    ($($kind:ident: $row:ident),* $(,)?) => {
        $(mod $kind {
            use super::{place::Kind, stories};

            const KIND: Kind = super::$row::KIND;

            of_every_kind!(@stories
                whatever_it_answers_the_others_have_the_text_and_it_stands_there_once,
                without_an_answer_the_others_have_the_text_and_it_stands_there_once,
                what_was_refused_is_tried_again_by_a_press,
                what_waits_keeps_its_order,
                after_a_crash_it_stands_there_once,
                words_are_taken_back_or_the_room_is_told,
                words_that_may_have_gone_out_are_taken_back_too,
                a_drill_does_not_reach_it,
                a_need_to_know_incident_reaches_it_only_released,
                a_connector_that_is_gone_is_told,
            );
        })*
    };
    (@stories $($story:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $story() {
            stories::$story(&KIND).await;
        })*
    };
}

of_every_kind! {
    of_webhooks: webhook,
    of_mastodon: mastodon,
    of_x: x,
    of_discord: discord,
    of_mattermost: mattermost,
    of_teams: teams,
    of_jira: jira,
    of_zendesk: zendesk,
    of_statuspage: statuspage,
    of_incident_io: incident_io,
    of_instatus: instatus,
    of_mail: mail,
}
