// The middle: a channel's header, bookmarks, messages and composer; or an app's home.

import { renderBlocks } from "./blocks.js";
import { Composer, hintCard } from "./composer.js";
import { Surface } from "./context.js";
import { fill, h, icon, iconButton, keepFocus } from "./dom.js";
import { MessageList } from "./messages.js";
import { link, mrkdwn } from "./mrkdwn.js";
import { emojiChar } from "./emoji.js";
import { act, loadMessages, perform } from "./net.js";
import { botOf, channel, channelName, emit, listed, on, state, userName } from "./store.js";
import { clockTime } from "./time.js";
import { roomMenu } from "./room.js";
import { avatar, markRead } from "./row.js";
import { drawerLabel, openDm, openDrawer } from "./sidebar.js";

const head = h("header.pane-head");
const marks = h("div.bookmarks", { role: "group", "aria-label": "Bookmarks" });
const content = h("div.pane-content");
const foot = h("div", { id: "composer" });
let list = null;
let composer = null;
let footFor = "";
let homeSurface = null;

function drawHead() {
  const c = channel();
  const restore = keepFocus(head);
  const drawer = iconButton("menu", drawerLabel(), openDrawer, { class: "drawer-button", "aria-expanded": "false", "aria-controls": "sidebar" });
  if (!c) {
    fill(head, drawer, h("h1", {}, "Sandbox"));
    return;
  }
  const bot = botOf(c);
  const person = c.kind === "im" ? state.users.get(c.im_user) : bot;
  const sign = person ? avatar({ ...person, name: userName(person.id) }, "small") : icon(c.kind === "private" ? "lock" : "hash");
  const local = person && !person.is_bot && person.id !== state.me && person.tz ? `${clockTime(Date.now() / 1000 + state.clockOffset / 1000, person.tz)} for them` : "";
  const pins = c.pins?.length ?? 0;
  fill(head, drawer,
    h("div.pane-title", {}, h("h1", { tabindex: -1 }, sign, bot ? userName(bot.id) : channelName(c)),
      c.topic ? h("span.topic", { title: c.topic }, mrkdwn(c.topic)) : h("span.topic", {}, [person?.title, local].filter(Boolean).join(" · "))),
    c.kind !== "home" && h("div.pane-tools", {},
      pins > 0 && h("button.button.button-quiet", { type: "button", "aria-label": `${pins} pinned`, data: { fk: "pins" }, onclick: () => emit("side", { kind: "pins" }) }, icon("pin"), pins),
      c.kind !== "im" && h("button.button.button-quiet", { type: "button", "aria-label": `${c.members?.length ?? 0} members`, data: { fk: "members" }, onclick: () => emit("side", { kind: "members" }) }, icon("people"), c.members?.length ?? 0),
      c.kind !== "im" && iconButton("more", "Channel menu", (e) => roomMenu(e.currentTarget, c), { "aria-haspopup": "menu", "aria-expanded": "false", "data-fk": "channel-menu" })));
  restore();
  const tabs = bot ? botTabs(c, bot) : [];
  const bookmarks = (c.bookmarks ?? []).map((b) => h("span.bookmark", {}, link(b.link, b.emoji ? emojiChar(b.emoji.replaceAll(":", "")) ?? "" : icon("link"), ` ${b.title}`)));
  marks.setAttribute("aria-label", bot ? "Sections" : "Bookmarks");
  fill(marks, tabs, bookmarks);
  marks.hidden = !tabs.length && !bookmarks.length;
}

function botTabs(c, bot) {
  const of = (kind) => [...state.channels.values()].find((other) => other.kind === kind && botOf(other)?.id === bot.id);
  const tab = (label, kind, go) => h("button.tab", { type: "button", "aria-current": state.tab === kind ? "page" : undefined, onclick: go }, label);
  return [
    tab("Home", "home", () => emit("open", (of("home") ?? c).id, "home")),
    tab("Messages", "im", () => (of("im") ? emit("open", of("im").id) : openDm(bot.id))),
  ];
}

function joinBar(c) {
  if (c.archived) return h("div.notice-bar", {}, h("p", {}, "This channel is archived. It can be read, not written to."));
  return h("div.notice-bar", {}, h("p", {}, `You are looking at #${channelName(c)}`),
    h("button.button.button-primary", { type: "button", onclick: () => perform("join", { channel: c.id }) }, "Join channel"));
}

function drawFoot() {
  const c = channel();
  const key = state.tab === "home" || !c ? "" : `${c.id} ${c.is_member || c.kind === "im"} ${c.archived} ${channelName(c)}`;
  if (key === footFor) return;
  footFor = key;
  composer = null;
  if (!key) fill(foot);
  else if (c.archived || !(c.is_member || c.kind === "im")) fill(foot, joinBar(c));
  else {
    composer = new Composer(c.id, { onup: () => list?.editLast(), onsend: () => list?.toBottom() });
    fill(foot, hintCard((text) => composer.insert(text, true)), composer.el);
  }
}

function drawHome() {
  const restore = keepFocus(content);
  const home = state.homes.get("home");
  if (!home) {
    fill(content, h("div.home", {}, h("p.quiet", {}, "This app has not published its home yet.")));
    return;
  }
  if (homeSurface?.container.view_id !== home.id) homeSurface = new Surface({ type: "home", view_id: home.id });
  homeSurface.begin();
  const box = content.querySelector(".home") ?? h("div.home");
  fill(box, renderBlocks(home.blocks, homeSurface));
  if (!box.isConnected) fill(content, box);
  restore();
}

/** Shows a channel, conversation or home. `tab`: "home" shows the home of the bot whose conversation it is. */
export async function openChannel(id, tab) {
  const c = channel(id);
  if (!c) return;
  state.current = id;
  state.tab = tab ?? (c.kind === "home" ? "home" : "im");
  emit("current");
  drawHead();
  drawFoot();
  if (state.tab === "home") {
    list = null;
    fill(content);
    drawHome();
    const answer = await perform("open_home", { channel: c.id, user: botOf(c)?.id });
    if (answer.view && state.current === id) {
      state.homes.set("home", answer.view);
      drawHome();
    }
    return;
  }
  const unread = c.unread ?? 0;
  list = new MessageList(id);
  const mine = list;
  fill(content, list.el);
  list.draw();
  await loadMessages(id);
  if (list !== mine) return;
  markNew(id, unread);
  list.draw();
  list.toBottom();
}

function markNew(id, unread) {
  const others = listed(id).filter((m) => !m.ephemeral && m.user !== state.me);
  const first = unread > 0 ? others.at(-Math.min(unread, others.length)) : null;
  if (first) state.newLine.set(id, first.ts);
  else state.newLine.delete(id);
}

/** Puts the focus where typing makes sense, unless that would open a phone's keyboard. */
export function focusPane() {
  if (composer && !matchMedia("(pointer: coarse)").matches) composer.focus();
  else head.querySelector("h1")?.focus();
}

/** Fills `main` and keeps it up to date. */
export function startPane(main) {
  fill(main, head, marks, content, foot);
  const redraw = () => {
    drawHead();
    drawFoot();
  };
  on("channels", redraw);
  on("boot", () => { if (state.current) redraw(); });
  // Only there somebody's local time is shown.
  on("clock", () => { if (channel()?.kind === "im") redraw(); });
  on("home", () => { if (state.tab === "home") drawHome(); });
  on("messages", (detail) => { if (detail.channel === state.current) list?.draw(detail.fresh); });
  on("reload", ({ channel: id }) => loadMessages(id));
  on("jump", (ts) => {
    const row = main.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.focus();
  });
  window.addEventListener("focus", () => { if (state.tab !== "home") markRead(state.current); });
  // An app that shows its home may want to know that it is being looked at again.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && state.tab === "home") act("open_home", { channel: state.current });
  });
}
