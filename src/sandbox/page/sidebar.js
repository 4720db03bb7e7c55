// The list at the left: channels, conversations, apps; and who one acts as.

import { openDialog } from "./dialog.js";
import { fill, h, icon, iconButton, reconcile } from "./dom.js";
import { runsFast } from "./lab.js";
import { toast } from "./live.js";
import { openMenu } from "./menu.js";
import { textOf } from "./mrkdwn.js";
import { perform, sentence, act } from "./net.js";
import { unseenPhones } from "./phones.js";
import { botOf, channelName, emit, me, on, people, state, userName } from "./store.js";
import { avatar } from "./row.js";

/** What the button says that opens the drawer: whether something waits there. */
export const drawerLabel = () => `Channels and conversations${document.body.hasAttribute("data-unread") ? ", unread messages" : ""}`;

/** Closes the drawer of narrow windows. */
export function closeDrawer() {
  document.body.classList.remove("drawer-open");
  document.querySelector(".drawer-button")?.setAttribute("aria-expanded", "false");
}

export function openDrawer() {
  document.body.classList.add("drawer-open");
  document.querySelector(".drawer-button")?.setAttribute("aria-expanded", "true");
  (document.querySelector("#sidebar [aria-current]") ?? document.querySelector("#sidebar button"))?.focus();
}

const byName = (a, b) => channelName(a).localeCompare(channelName(b), "en", { numeric: true });

/** What the sidebar lists, by section. */
function sections() {
  const all = [...state.channels.values()];
  const shown = (c) => (c.is_member && !c.archived) || c.id === state.current;
  const bots = new Map();
  for (const c of all) {
    const bot = botOf(c);
    if (bot) bots.set(bot.id, { ...bots.get(bot.id), [c.kind]: c });
  }
  return {
    rooms: all.filter((c) => (c.kind === "public" || c.kind === "private") && shown(c)).sort(byName),
    people: all.filter((c) => c.kind === "im" && !botOf(c)).sort(byName),
    apps: [...bots.entries()].map(([id, pair]) => ({ bot: state.users.get(id), main: pair.im ?? pair.home, home: pair.home, im: pair.im })),
  };
}

function entry({ id, label, sign, unread = 0, mentions = 0, current, muted }) {
  const count = mentions || unread;
  const said = [muted && "archived or not joined", mentions ? `${mentions} mention${mentions > 1 ? "s" : ""}` : unread && `${unread} unread`].filter(Boolean).join(", ");
  const make = () => h("li", {}, h("button.side-item", {
    type: "button", class: [unread || mentions ? "unread" : "", muted ? "muted" : ""].join(" "), "aria-current": current ? "page" : undefined,
    data: { goto: id, fk: `side/${id}` },
  }, sign(), h("span.side-name", {}, label), said && h("span.sr", {}, `, ${said}`),
  count ? h("span.count-badge", { "aria-hidden": "true", class: mentions ? "mentions" : "" }, count > 99 ? "99+" : count) : null));
  return { key: id, version: `${label} ${said} ${current}`, make };
}

const sign = (c) => () => h("span.side-sign", {}, icon(c.kind === "private" ? "lock" : "hash"));
const roomEntry = (c) => entry({ id: c.id, label: channelName(c), sign: sign(c), unread: c.unread, mentions: c.mentions, current: c.id === state.current, muted: c.archived || !c.is_member });

function personEntry(c) {
  const own = c.im_user === state.me;
  return entry({ id: c.id, label: channelName(c) + (own ? " (you)" : ""), sign: () => avatar(state.users.get(c.im_user) ? { ...state.users.get(c.im_user), name: channelName(c) } : { name: "?" }, "tiny"), unread: c.unread, mentions: c.unread, current: c.id === state.current });
}

function appEntry({ bot, main, home, im }) {
  return entry({ id: main.id, label: userName(bot.id), sign: () => avatar({ ...bot, name: userName(bot.id) }, "tiny"), unread: im?.unread, mentions: im?.unread, current: [home?.id, im?.id].includes(state.current) });
}

/** Lets people find a channel, join it, or make one. */
function browse() {
  const filter = h("input.input", { type: "search", "aria-label": "Find a channel", placeholder: "Find a channel" });
  const list = h("ul.browse-list", { role: "list" });
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = [...state.channels.values()].filter((c) => c.kind === "public" && channelName(c).toLowerCase().includes(wanted)).sort(byName);
    fill(list, found.map((c) => h("li", {},
      h("button.browse-name", { type: "button", onclick: () => { box.close(); emit("open", c.id); } }, `#${channelName(c)}`, h("span.quiet", {}, [c.archived && "archived", textOf({ type: "mrkdwn", text: c.topic ?? "" })].filter(Boolean).join(" · "))),
      c.is_member || c.archived ? h("span.quiet", {}, c.is_member ? "Joined" : "") : h("button.button", { type: "button", "aria-label": `Join ${channelName(c)}`, onclick: async () => { if ((await perform("join", { channel: c.id })).ok) { box.close(); emit("open", c.id); } } }, "Join"))),
      !found.length && h("li.quiet", {}, "No channel by that name."));
  };
  filter.addEventListener("input", draw);
  const box = openDialog({ title: "Channels", body: [filter, list], foot: [h("button.button.button-primary", { type: "button", onclick: () => { box.close(); create(); } }, "Create a channel")] });
  draw();
  filter.focus();
}

function create() {
  const name = h("input.input", { id: "new-name", maxlength: 80, autocomplete: "off", spellcheck: "false", "aria-describedby": "new-error" });
  const hidden = h("input", { type: "checkbox" });
  const error = h("p.field-error", { id: "new-error", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    const answer = await act("create_channel", { name: name.value.trim().toLowerCase().replace(/\s+/g, "-"), private: hidden.checked });
    if (!answer.ok) {
      fill(error, sentence(answer.error));
      name.focus();
      return;
    }
    box.close();
    if (answer.channel) emit("open", answer.channel.id ?? answer.channel);
  };
  const form = h("form", { id: "new-channel", onsubmit: submit },
    h("div.block-input", {}, h("label.input-label", { for: "new-name" }, "Name"), name, error),
    h("label.choice", {}, hidden, "Private: only invited people see it"));
  const box = openDialog({ title: "Create a channel", className: "modal-small", body: form, foot: [h("button.button", { type: "button", onclick: () => box.close() }, "Cancel"), h("button.button.button-primary", { type: "submit", form: "new-channel" }, "Create")] });
  name.focus();
}

/** Opens (or goes to) the conversation with someone. */
export async function openDm(user) {
  const known = [...state.channels.values()].find((c) => c.kind === "im" && c.im_user === user);
  if (known) {
    emit("open", known.id);
    return;
  }
  const answer = await perform("open_dm", { user });
  const id = answer.channel?.id ?? answer.channel;
  if (!answer.ok || !id) return;
  if (!state.channels.has(id)) {
    state.channels.set(id, typeof answer.channel === "object" ? answer.channel : { id, kind: "im", im_user: user, is_member: true, name: "", members: [state.me, user], unread: 0, mentions: 0 });
  }
  emit("open", id);
}

function dmMenu(anchor) {
  openMenu(anchor, people().map((u) => ({ label: userName(u.id), note: u.title, onpick: () => openDm(u.id) })), { label: "Message someone" });
}

const address = (id) => {
  const url = new URL(location.href);
  url.searchParams.set("as", id);
  return url.pathname + url.search + url.hash;
};

/** Opens this workspace as someone else, placed beside this window where the browser lets us. */
function beside(id) {
  const half = Math.floor(screen.availWidth / 2);
  const opened = window.open(address(id), `watchroom-${id}`, `popup,left=${half},top=0,width=${half},height=${screen.availHeight}`);
  if (!opened) toast("The browser kept the second window closed. Allow pop-ups for this address.", "warning");
}

const samples = () => people({ bots: false });

function actAs(anchor) {
  openMenu(anchor, [
    { heading: "Act as" },
    ...samples().map((u) => ({ label: userName(u.id), note: [u.title, u.tz].filter(Boolean).join(" · "), checked: u.id === state.me, onpick: () => { if (u.id !== state.me) location.assign(address(u.id)); } })),
    { heading: "Open a second window side by side as" },
    ...samples().filter((u) => u.id !== state.me).map((u) => ({ label: userName(u.id), onpick: () => beside(u.id) })),
  ], { label: "Act as another person" });
}

/** Fills the sidebar and keeps it up to date. */
export function startSidebar(root) {
  const lists = { rooms: h("ul", { role: "list" }), people: h("ul", { role: "list" }), apps: h("ul", { role: "list" }) };
  const team = h("span.team-name");
  const who = h("button.act-as", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => actAs(who) });
  const second = h("a.second-window", { target: "_blank", rel: "opener" }, icon("columns"), h("span"));
  const toggle = (kind) => { closeDrawer(); emit("side", state.side?.kind === kind ? null : { kind }); };
  const phones = h("button.lab-button", { type: "button", onclick: () => toggle("phones") });
  const fast = h("span.fast-badge", { hidden: true }, "runs fast");
  const status = h("p.connection", { role: "status" });
  const part = (title, list, ...extra) => h("section.side-section", { "aria-label": title }, h("div.side-head", {}, h("h2", {}, title), extra), list);
  fill(root,
    h("div.side-top", {}, team, iconButton("search", "Go to a channel or person (Ctrl+K)", () => { closeDrawer(); emit("switcher"); }), iconButton("close", "Close the list", closeDrawer, { class: "drawer-close" })),
    status,
    h("div.side-scroll", {},
      part("Channels", lists.rooms, iconButton("plus", "Browse or create channels", browse)),
      part("Direct messages", lists.people, iconButton("plus", "Message someone", (e) => dmMenu(e.currentTarget), { "aria-haspopup": "menu", "aria-expanded": "false" })),
      part("Apps", lists.apps)),
    h("div.side-foot", {}, who, second,
      phones,
      h("button.lab-button", { type: "button", onclick: () => toggle("lab") }, icon("lab"), h("span.side-name", {}, "Faults and clock"), fast)));

  const draw = () => {
    const s = sections();
    reconcile(lists.rooms, s.rooms.map(roomEntry));
    reconcile(lists.people, s.people.map(personEntry));
    reconcile(lists.apps, s.apps.map(appEntry));
    const total = [...state.channels.values()].reduce((n, c) => n + (c.mentions || (c.kind === "im" ? c.unread : 0) || 0), 0);
    document.body.toggleAttribute("data-unread", total + unseenPhones() > 0);
    document.querySelector(".drawer-button")?.setAttribute("aria-label", drawerLabel());
    document.title = [total && `(${total})`, state.current && channelName(state.channels.get(state.current)), state.team.name || "Sandbox"].filter(Boolean).join(" · ").replace(") ·", ")");
  };
  const drawMe = () => {
    fill(team, state.team.name || "Sandbox");
    const user = me();
    fill(who, avatar({ ...user, name: userName(state.me) }), h("span.act-as-text", {}, h("span.quiet", {}, "Acting as"), h("span", {}, userName(state.me))), icon("down"));
    const other = samples().find((u) => u.id !== state.me);
    second.hidden = !other;
    if (!other) return;
    second.href = address(other.id);
    second.lastElementChild.textContent = `Side by side as ${userName(other.id).split(" ")[0]}`;
    second.title = `Open a second window, acting as ${userName(other.id)}`;
    second.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      beside(other.id);
    };
  };
  const drawPhones = () => {
    const count = unseenPhones();
    fill(phones, icon("phone"), h("span.side-name", {}, "Phones"), count > 0 && h("span.sr", {}, `, ${count} new`),
      count > 0 && h("span.count-badge.mentions", { "aria-hidden": "true" }, count > 99 ? "99+" : count));
    phones.hidden = !state.numbers.size;
    draw();
  };
  on("unseen", drawPhones);
  on("fast", () => { fast.hidden = !runsFast(); });
  on("boot", () => { drawMe(); drawPhones(); });
  on("channels", draw);
  on("current", () => { draw(); drawMe(); });
  on("online", () => {
    root.classList.toggle("offline", !state.online);
    fill(status, state.online ? "" : "Connecting…");
  });
}
