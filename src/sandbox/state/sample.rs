//! The people and rooms a new workspace has.

use std::collections::BTreeSet;

use super::{BOT_USER, Channel, Group, Kind, User, Workspace};

/// id, name, real name, title, zone, colour, deactivated.
const PEOPLE: [(&str, &str, &str, &str, &str, &str, bool); 6] = [
    ("U0ALICE", "alice", "Alice Adeyemi", "Site reliability engineer", "Europe/London", "9f69e7", false),
    ("U0BOB", "bob", "Bob Brandt", "Checkout engineer", "Europe/Berlin", "4bbe2e", false),
    ("U0CAROL", "carol", "Carol Chen", "Engineering manager", "America/New_York", "e7392d", false),
    ("U0DAVE", "dave", "Dave Desai", "Support lead", "Asia/Kolkata", "3c989f", false),
    ("U0ERIN", "erin", "Erin Eriksson", "Security engineer", "America/Los_Angeles", "674b1b", false),
    ("U0FRANK", "frank", "Frank Fischer", "Left the company", "Europe/Vienna", "b14cbc", true),
];

/// id, name, private, members.
const ROOMS: [(&str, &str, bool, &[&str]); 5] = [
    ("C0GENERAL", "general", false, &["U0ALICE", "U0BOB", "U0CAROL", "U0DAVE", "U0ERIN"]),
    ("C0INCIDENTS", "incidents", false, &["U0ALICE", "U0BOB", "U0CAROL", "U0DAVE", "U0ERIN"]),
    ("C0CHECKOUT", "checkout", false, &["U0ALICE", "U0BOB", "U0CAROL"]),
    ("C0SUPPORT", "support", false, &["U0CAROL", "U0DAVE"]),
    ("C0SECURITY", "security", true, &["U0CAROL", "U0ERIN"]),
];

const GROUPS: [(&str, &str, &str, &[&str]); 3] = [
    ("S0ONCALL", "oncall", "On call", &["U0ALICE", "U0BOB"]),
    ("S0CHECKOUT", "checkout-team", "Checkout team", &["U0BOB", "U0CAROL"]),
    ("S0MANAGERS", "managers", "Managers", &["U0CAROL"]),
];

impl Workspace {
    pub(super) fn populate(&mut self) {
        for (id, name, real_name, title, tz, color, deleted) in PEOPLE {
            self.add_user(User {
                id: id.into(),
                name: name.into(),
                real_name: real_name.into(),
                title: title.into(),
                tz: tz.into(),
                color: color.into(),
                deleted,
                is_guest: false,
                is_bot: false,
            });
        }
        let app = self.app_name.clone();
        self.add_user(User {
            id: BOT_USER.into(),
            name: app.to_lowercase().replace(' ', ""),
            real_name: app,
            title: String::new(),
            tz: "UTC".into(),
            color: "1264a3".into(),
            deleted: false,
            is_guest: false,
            is_bot: true,
        });
        for (id, name, private, members) in ROOMS {
            let kind = if private { Kind::Private } else { Kind::Public };
            let members: BTreeSet<String> = members.iter().map(ToString::to_string).collect();
            let channel = Channel::new(id, name, kind, members, "U0CAROL", self.now);
            self.channels.insert(id.into(), channel);
        }
        for (id, handle, name, users) in GROUPS {
            let users = users.iter().map(ToString::to_string).collect();
            let group = Group { id: id.into(), handle: handle.into(), name: name.into(), users, disabled: false };
            self.groups.insert(id.into(), group);
        }
        let people: Vec<String> =
            self.users.values().filter(|u| !u.is_bot && !u.deleted).map(|u| u.id.clone()).collect();
        for person in people {
            // Everyone has the app in the sidebar from the start, as after an install.
            self.open_dm(&person, BOT_USER);
        }
        self.happened.clear();
    }

    /// Adds someone; a larger cast makes a better test of fan-out.
    pub fn add_user(&mut self, user: User) {
        self.users.insert(user.id.clone(), user);
    }
}
