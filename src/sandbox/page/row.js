// One message.

import { attachment, renderBlocks } from "./blocks.js";
import { Surface } from "./context.js";
import { ask, openDialog } from "./dialog.js";
import { h, icon, iconButton } from "./dom.js";
import { emojiNode, pickEmoji } from "./emoji.js";
import { announce } from "./live.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { act, perform } from "./net.js";
import { author, channel, emit, inChannel, now, parent, state, userName, zone } from "./store.js";
import { ago, clockTime, dayTitle, fullTime } from "./time.js";

const surfaces = new Map();

function surfaceOf(channelId, message) {
  const key = `${channelId} ${message.ts}`;
  if (!surfaces.has(key)) surfaces.set(key, new Surface({ type: "message", channel: channelId, ts: message.ts }));
  const surface = surfaces.get(key);
  surface.begin();
  return surface;
}

const COLORS = ["#8a5cd1", "#0b7f74", "#b4561d", "#2a6fb8", "#a83d6d", "#587d1a", "#6a6f7b"];

/** A coloured tile with someone's initial; decorative, the name stands beside it. */
export function avatar(who, className = "") {
  const name = who.name || "?";
  const known = /^#?[0-9a-f]{6}$/i.test(who.color ?? "") ? `#${who.color.replace("#", "")}` : null;
  const sum = [...String(who.id ?? name)].reduce((n, c) => n + c.codePointAt(0), 0);
  const el = h("span.avatar", { "aria-hidden": "true", class: className }, [...name.replace(/^[^\p{L}\p{N}]+/u, "")][0]?.toUpperCase() || "?");
  el.style.setProperty("--tile", known ?? COLORS[sum % COLORS.length]);
  return el;
}

const isPinned = (channelId, m) => m.pinned || channel(channelId)?.pins?.includes(m.ts);
const mine = (m) => !m.ephemeral && author(m).id === state.me;

function reactionButton(channelId, m, { name, users }) {
  const own = users.includes(state.me);
  const names = users.map((id) => (id === state.me ? "you" : userName(id))).join(", ");
  const toggle = () => perform(own ? "unreact" : "react", { channel: channelId, ts: m.ts, name });
  return h("button.reaction", {
    type: "button", "aria-pressed": String(own), "aria-label": `${name.replaceAll("_", " ")}, ${users.length}: ${names}`, title: `:${name}: ${names}`,
    onclick: toggle, data: { fk: `react/${channelId}/${m.ts}/${name}` },
  }, emojiNode(name), h("span", {}, users.length));
}

/** Opens the emoji picker at `anchor` and reacts. */
export function addReaction(channelId, m, anchor) {
  pickEmoji(anchor, (name) => perform("react", { channel: channelId, ts: m.ts, name }));
}

function reactions(channelId, m) {
  const list = (m.reactions ?? []).filter((r) => r.users?.length);
  if (!list.length) return null;
  return h("div.reactions", { role: "group", "aria-label": "Reactions" }, list.map((r) => reactionButton(channelId, m, r)),
    h("button.reaction.reaction-add", { type: "button", "aria-label": "Add a reaction", title: "Add a reaction", "aria-expanded": "false", onclick: (e) => addReaction(channelId, m, e.currentTarget) }, icon("smile")));
}

function threadSummary(m, inThread) {
  if (inThread || !m.reply_count) return null;
  return h("button.thread-link", { type: "button", data: { fk: `thread/${m.ts}` }, onclick: () => emit("side", { kind: "thread", ts: m.ts }) },
    `${m.reply_count} ${m.reply_count === 1 ? "reply" : "replies"}`);
}

/** Pins or takes the pin away. */
export function togglePin(channelId, m) {
  const pinned = isPinned(channelId, m);
  return perform(pinned ? "unpin" : "pin", { channel: channelId, ts: m.ts }).then((answer) => answer.ok && announce(pinned ? "Unpinned" : "Pinned"));
}

async function remove(channelId, m) {
  const sure = await ask({ title: "Delete message", text: "Delete this message? This cannot be undone.", confirm: "Delete", deny: "Cancel", style: "danger" });
  if (sure) perform("delete", { channel: channelId, ts: m.ts });
}

function showSource(m) {
  const pre = h("pre.source", { tabindex: 0, role: "group", "aria-label": "Message as JSON" }, h("code", {}, JSON.stringify(m, null, 2)));
  openDialog({ title: "Message as the API has it", body: pre });
}

/** The menu behind "More message actions". */
export function moreMenu(channelId, m, anchor, { edit }) {
  const shortcuts = state.shortcuts.message.map((s) => ({
    label: s.name,
    note: s.app ?? "",
    onpick: () => perform("message_shortcut", { callback_id: s.callback_id, channel: channelId, ts: m.ts }),
  }));
  openMenu(anchor, [
    ...(shortcuts.length ? [{ heading: "Message shortcuts" }, ...shortcuts, null] : []),
    { label: "Reply in thread", onpick: () => emit("side", { kind: "thread", ts: m.thread_ts ?? m.ts }) },
    { label: isPinned(channelId, m) ? "Unpin from channel" : "Pin to channel", onpick: () => togglePin(channelId, m) },
    { label: "View source", onpick: () => showSource(m) },
    ...(mine(m) ? [null, { label: "Edit message", onpick: () => edit(m.ts) }, { label: "Delete message", danger: true, onpick: () => remove(channelId, m) }] : []),
  ], { label: "More message actions", align: "end" });
}

function toolbar(channelId, m, options) {
  if (m.ephemeral || m.deleted) return null;
  const popupProps = { "aria-expanded": "false" };
  return h("div.toolbar", { role: "group", "aria-label": "Message actions" },
    iconButton("smile", "Add a reaction", (e) => addReaction(channelId, m, e.currentTarget), popupProps),
    iconButton("reply", "Reply in thread", () => emit("side", { kind: "thread", ts: m.thread_ts ?? m.ts })),
    iconButton("pin", isPinned(channelId, m) ? "Unpin from channel" : "Pin to channel", () => togglePin(channelId, m)),
    iconButton("more", "More message actions", (e) => moreMenu(channelId, m, e.currentTarget, options), { ...popupProps, "aria-haspopup": "menu" }));
}

function editor(channelId, m, options) {
  const area = h("textarea.input", { rows: 3, "aria-label": "Edit message", value: options.decode(m.text ?? "") });
  const done = () => options.edit(null);
  const save = async () => {
    const text = area.value.trim();
    if (!text) {
      done();
      remove(channelId, m);
      return;
    }
    const answer = await perform("edit", { channel: channelId, ts: m.ts, text });
    if (answer.ok) done();
  };
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  });
  return h("div.editor", {}, area, h("div.editor-foot", {},
    h("button.button", { type: "button", onclick: done }, "Cancel"),
    h("button.button.button-primary", { type: "button", onclick: save }, "Save")));
}

function body(channelId, m, options) {
  if (m.deleted) return [h("p.quiet", {}, "This message was deleted.")];
  if (options.editing) return [editor(channelId, m, options)];
  const surface = surfaceOf(channelId, m);
  const edited = m.edited ? h("span.quiet.edited", { title: fullTime(Number(m.edited.ts ?? m.edited), zone()) }, "(edited)") : null;
  const out = [];
  if (m.blocks?.length) out.push(h("div.blocks", {}, renderBlocks(m.blocks, surface)), edited);
  else if (m.text) out.push(h("div.text", {}, mrkdwn(m.text), edited && " ", edited));
  for (const a of m.attachments ?? []) out.push(attachment(a, surface));
  return out;
}

/** The list item of a message. `compact` rows follow one of the same author and show no name again. */
export function row(channelId, m, options) {
  const who = author(m);
  const seconds = Number(m.ts);
  const classes = [options.compact && "compact", m.ephemeral && "ephemeral", isPinned(channelId, m) && "pinned", m.subtype && !m.blocks && "system"].filter(Boolean);
  const when = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: `${fullTime(seconds, zone())} (${ago(seconds, now())})` }, clockTime(seconds, zone()));
  const el = h("li.message", { class: classes.join(" "), tabindex: -1, data: { ts: m.ts }, "aria-label": `${who.name}, ${dayTitle(seconds, zone(), now())} ${clockTime(seconds, zone())}` });
  const head = h("div.message-head", {},
    who.user ? h("button.author", { type: "button", data: { dm: who.id } }, who.name) : h("span.author", {}, who.name),
    who.isBot && h("span.app-badge", {}, "APP"), when);
  el.append(options.compact ? h("span.gutter-time", {}, when) : avatar(who), h("div.message-main", {},
    m.ephemeral && h("p.only-you", {}, icon("eye"), "Only visible to you",
      h("button.text-button", { type: "button", onclick: () => options.dismiss(m.ts) }, "Dismiss")),
    isPinned(channelId, m) && h("p.pin-note", {}, icon("pin"), "Pinned"),
    inChannel(m) && !parent(m) && !options.thread && h("p.pin-note", {}, icon("reply"), "Also sent to the channel"),
    !options.compact && head,
    body(channelId, m, options), reactions(channelId, m), threadSummary(m, options.thread)));
  if (options.compact) el.querySelector(".message-main").prepend(h("span.sr", {}, who.name));
  const tools = options.editing ? null : toolbar(channelId, m, options);
  if (tools) el.append(tools);
  el.addEventListener("keydown", (event) => rowKeys(event, el, channelId, m, options));
  return el;
}

/** Single keys act on the focused row itself: the ones Slack has. */
function rowKeys(event, el, channelId, m, options) {
  if (event.target !== el || event.ctrlKey || event.metaKey || event.altKey || m.ephemeral || m.deleted) return;
  const more = el.querySelector(".toolbar > :last-child") ?? el;
  const run = {
    r: () => addReaction(channelId, m, el.querySelector(".toolbar > :first-child") ?? el),
    t: () => emit("side", { kind: "thread", ts: m.thread_ts ?? m.ts }),
    p: () => togglePin(channelId, m),
    m: () => moreMenu(channelId, m, more, options),
    e: () => mine(m) && options.edit(m.ts),
    Delete: () => mine(m) && remove(channelId, m),
  }[event.key];
  if (!run) return;
  event.preventDefault();
  run();
}

/** Marks the channel read where it is being looked at. */
export function markRead(id) {
  const c = channel(id);
  if (!c || c.kind === "home" || !document.hasFocus() || !(c.unread || c.mentions)) return;
  Object.assign(c, { unread: 0, mentions: 0 });
  emit("channels");
  act("read", { channel: id });
}
