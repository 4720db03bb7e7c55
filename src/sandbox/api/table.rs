//! Every method there is: its scopes, how often it may be called, its arguments, who handles it.

use super::{Reply, Request, bookmarks, chat, conversations, done, history, membership, people, pins, views};
use crate::sandbox::rate::Tier::{self, Four, Posting, Special, Three, Two};

/// A Web API method.
pub struct Method {
    /// `chat.postMessage`.
    pub name: &'static str,
    /// One of these is needed; where it depends on the channel, the handler asks.
    pub scopes: &'static [&'static str],
    /// How often.
    pub tier: Tier,
    args: &'static str,
    /// The handler.
    pub run: fn(&mut Request<'_>) -> Reply,
}

impl Method {
    /// Whether Slack knows this argument.
    pub fn knows(&self, argument: &str) -> bool {
        argument == "token" || self.args.split(' ').any(|a| a == argument)
    }
}

/// Finds a method by name.
pub fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|m| m.name == name)
}

macro_rules! methods {
    ($($name:literal, [$($scope:literal)*], $tier:ident, $args:literal, $run:expr;)*) => {
        &[$(Method { name: $name, scopes: &[$($scope),*], tier: $tier, args: $args, run: $run }),*]
    };
}

/// The table. The scopes of `conversations.*` depend on the sort of channel and are checked by the handlers.
const METHODS: &[Method] = methods! {
    "api.test", [], Four, "error foo", |_| done();
    "auth.test", [], Special, "", people::auth_test;
    "team.info", ["team:read"], Three, "team domain", people::team_info;
    "users.info", ["users:read"], Four, "user include_locale", people::user_info;
    "users.lookupByEmail", ["users:read.email"], Three, "email", people::by_email;
    "users.list", ["users:read"], Two, "cursor limit include_locale team_id", people::user_list;
    "users.conversations", [], Three, "cursor limit exclude_archived types user team_id", conversations::of_user;
    "usergroups.list", ["usergroups:read"], Two, "include_count include_disabled include_users team_id", people::groups;
    "usergroups.users.list", ["usergroups:read"], Two, "usergroup include_disabled team_id", people::group_users;
    "usergroups.users.update", ["usergroups:write"], Two, "usergroup users include_count team_id is_shared additional_channels", people::set_group_users;
    "conversations.create", [], Two, "name is_private team_id", conversations::create;
    "conversations.info", [], Three, "channel include_locale include_num_members", conversations::info;
    "conversations.list", [], Two, "cursor limit exclude_archived types team_id", conversations::list;
    "conversations.open", [], Three, "channel users return_im prevent_creation", conversations::open;
    "conversations.setTopic", [], Two, "channel topic", conversations::set_topic;
    "conversations.setPurpose", [], Two, "channel purpose", conversations::set_purpose;
    "conversations.rename", [], Two, "channel name", conversations::rename;
    "conversations.archive", [], Two, "channel", conversations::archive;
    "conversations.unarchive", [], Two, "channel", conversations::unarchive;
    "conversations.join", ["channels:join"], Three, "channel", membership::join;
    "conversations.invite", [], Three, "channel users force", membership::invite;
    "conversations.kick", [], Three, "channel user", membership::kick;
    "conversations.leave", [], Three, "channel", membership::leave;
    "conversations.members", [], Four, "channel cursor limit", membership::members;
    "conversations.history", [], Three, "channel cursor limit latest oldest inclusive include_all_metadata",
        history::history;
    "conversations.replies", [], Three, "channel ts cursor limit latest oldest inclusive include_all_metadata",
        history::replies;
    "chat.postMessage", ["chat:write"], Posting,
        "channel text blocks attachments metadata thread_ts reply_broadcast username icon_emoji icon_url link_names \
         markdown_text mrkdwn parse unfurl_links unfurl_media as_user \
         current_draft_last_updated_ts", chat::post;
    "chat.postEphemeral", ["chat:write"], Four,
        "channel user text blocks attachments thread_ts username icon_emoji icon_url link_names markdown_text parse as_user",
        chat::post_ephemeral;
    "chat.update", ["chat:write"], Three,
        "channel ts text blocks attachments metadata link_names markdown_text parse reply_broadcast as_user file_ids \
         unfurled_attachments",
        chat::update;
    "chat.delete", ["chat:write"], Three, "channel ts as_user", chat::delete;
    "chat.getPermalink", [], Special, "channel message_ts", chat::permalink;
    "views.open", [], Four, "trigger_id interactivity_pointer view", views::open;
    "views.push", [], Four, "trigger_id interactivity_pointer view", views::push;
    "views.update", [], Four, "view_id external_id hash view", views::update;
    "views.publish", [], Four, "user_id hash view", views::publish;
    "pins.add", ["pins:write"], Two, "channel timestamp", pins::add;
    "pins.remove", ["pins:write"], Two, "channel timestamp", pins::remove;
    "pins.list", ["pins:read"], Two, "channel", pins::list;
    "reactions.add", ["reactions:write"], Three, "channel timestamp name", pins::react;
    "reactions.remove", ["reactions:write"], Two, "channel timestamp name file file_comment", pins::unreact;
    "reactions.get", ["reactions:read"], Three, "channel timestamp full file file_comment", pins::reactions;
    "bookmarks.add", ["bookmarks:write"], Two, "channel_id title type link emoji entity_id access_level parent_id",
        bookmarks::add;
    "bookmarks.edit", ["bookmarks:write"], Two, "channel_id bookmark_id title link emoji", bookmarks::edit;
    "bookmarks.list", ["bookmarks:read"], Three, "channel_id", bookmarks::list;
    "bookmarks.remove", ["bookmarks:write"], Two, "channel_id bookmark_id quip_section_id", bookmarks::remove;
    // Asks for an app-level token; this workspace has none to give, as it has no Socket Mode.
    "apps.connections.open", [], Three, "", |_| Err("not_allowed_token_type".into());
};
