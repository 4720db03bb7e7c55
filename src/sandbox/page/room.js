// What a person can do to a channel itself: invite, remove, rename, archive, join, leave.

import { ask, openDialog } from "./dialog.js";
import { fill, h } from "./dom.js";
import { announce } from "./live.js";
import { openMenu } from "./menu.js";
import { act, perform, sentence } from "./net.js";
import { channelName, emit, people, state, userName } from "./store.js";

async function told(what, fields, words) {
  const answer = await perform(what, fields);
  if (answer.ok) announce(words);
}

function choose(anchor, ids, label, what, c, words) {
  const items = ids.map((id) => ({ label: userName(id), note: state.users.get(id)?.title, onpick: () => told(what, { channel: c.id, user: id }, `${userName(id)} ${words}`) }));
  openMenu(anchor, items.length ? items : [{ heading: "There is nobody" }], { label, align: "end" });
}

function rename(c) {
  const name = h("input.input", { id: "room-name", maxlength: 80, value: c.name, autocomplete: "off", spellcheck: "false", "aria-describedby": "room-error" });
  const error = h("p.field-error", { id: "room-error", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    const answer = await act("rename", { channel: c.id, name: name.value.trim() });
    if (answer.ok) box.close();
    else fill(error, sentence(answer.error));
  };
  const box = openDialog({
    title: "Rename channel",
    className: "modal-small",
    body: h("form", { id: "room-form", onsubmit: submit }, h("div.block-input", {}, h("label.input-label", { for: "room-name" }, "Name"), name, error)),
    foot: [h("button.button", { type: "button", onclick: () => box.close() }, "Cancel"), h("button.button.button-primary", { type: "submit", form: "room-form" }, "Rename")],
  });
  name.select();
}

async function archive(c) {
  const sure = await ask({ title: "Archive channel", text: `Archive #${channelName(c)}? Everyone can still read it, no one can write to it.`, confirm: "Archive", deny: "Cancel", style: "danger" });
  if (sure) told("archive", { channel: c.id }, "Archived");
}

/** The channel's menu, behind the three dots of its header. */
export function roomMenu(anchor, c) {
  const inside = c.members ?? [];
  const outside = people().map((u) => u.id).filter((id) => !inside.includes(id));
  const own = c.is_member && !c.archived;
  openMenu(anchor, [
    { label: "Members", onpick: () => emit("side", { kind: "members" }) },
    { label: "Pins", onpick: () => emit("side", { kind: "pins" }) },
    ...(own ? [
      null,
      { label: "Invite someone…", onpick: () => choose(anchor, outside, "Invite", "invite", c, "invited") },
      { label: "Remove someone…", onpick: () => choose(anchor, inside.filter((id) => id !== state.me), "Remove", "kick", c, "removed") },
      { label: "Rename channel…", onpick: () => rename(c) },
      { label: "Archive channel…", danger: true, onpick: () => archive(c) },
    ] : []),
    ...(c.archived ? [] : [null, c.is_member
      ? { label: "Leave channel", danger: true, onpick: () => perform("leave", { channel: c.id }) }
      : { label: "Join channel", onpick: () => perform("join", { channel: c.id }) }]),
  ], { label: "Channel menu", align: "end" });
}
