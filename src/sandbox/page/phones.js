// The sample people's telephones: what reaches them when Slack does not, or does not wake them.

import { fill, h, icon, keepFocus } from "./dom.js";
import { announce, toast } from "./live.js";
import { perform } from "./net.js";
import { emit, now, on, people, state, userName, zone } from "./store.js";
import { clockTime, dayTitle } from "./time.js";

/** How many arrivals a telephone shows. */
const SHOWN = 6;

const KINDS = { text: ["message", "Text message"], push: ["bell", "Push"], call: ["phone", "Call"] };

let draw = () => {};
/** What arrived since somebody looked. */
let unseen = new Set();
/** Takes away the notice that a telephone rings: the latest is enough. */
let quiet = () => {};

export const unseenPhones = () => unseen.size;

/** A text with its addresses as links. They open beside the workspace, as on another device. */
function linked(text) {
  return text.split(/(https?:\/\/\S+)/).map((part, n) => (n % 2 ? out(part, part) : part));
}

const out = (url, label, button) => h(button ? "a.button" : "a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);

/** What a push offers. A link into Slack leads to this workspace. */
function offer({ label, url }) {
  const room = /^https:\/\/slack\.com\/app_redirect\?channel=(\w+)$/.exec(url)?.[1];
  if (!room) return out(url, label, true);
  // At phone width the pane covers the room.
  const shown = () => { if (matchMedia("(max-width: 760px)").matches) emit("side", null); };
  return h("button.button", { type: "button", data: { goto: room }, onclick: shown }, label);
}

const FALLEN = { missed: "Missed: nobody took it", declined: "Declined", taken: "Taken…" };

function call(it) {
  if (it.state === "pressed") return h("p.phone-said", {}, h("strong", {}, `Pressed ${it.key}: `), `“${it.said}”`);
  if (it.state !== "ringing") return h("p.quiet", {}, FALLEN[it.state]);
  const press = (key, label) => h("button.button", { type: "button", class: key === "1" ? "button-primary" : "", data: { fk: `call/${it.id}/${key}` }, onclick: () => perform("key", { call: it.id, key }) }, label);
  return h("div.phone-keys", { role: "group", "aria-label": `Call to ${userName(it.user)}` },
    it.asks && [press("1", "Press 1"), press("2", "Press 2")],
    h("button.button", { type: "button", data: { fk: `call/${it.id}/no` }, onclick: () => perform("decline", { call: it.id }) }, "Decline"));
}

function arrival(it) {
  const [sign, name] = KINDS[it.kind];
  const seconds = it.at / 1000;
  const ringing = it.state === "ringing";
  return h("li.phone-item", { class: ringing ? "phone-ringing" : "", tabindex: -1, data: { item: it.id } },
    h("p.phone-kind", {}, icon(sign), h("strong", {}, ringing ? "It rings" : name), it.urgent && h("span.phone-loud", {}, "loud"),
      h("span.quiet", {}, `${dayTitle(seconds, zone(), now())} ${clockTime(seconds, zone())}`)),
    it.title && h("p", {}, h("strong", {}, it.title)),
    h("p.phone-words", {}, linked(it.words)),
    it.links?.length ? h("div.phone-keys", {}, it.links.map(offer)) : null,
    it.kind === "call" && call(it));
}

function phone(user) {
  const id = `phone-${user.id}`;
  const all = [...state.arrivals.values()].filter((it) => it.user === user.id).sort((a, b) => b.at - a.at);
  const more = all.length - SHOWN;
  return h("section.phone", { "aria-labelledby": id },
    h("h3", { id }, userName(user.id), user.id === state.me && " (you)", h("span.quiet", {}, ` ${state.numbers.get(user.id)}`)),
    all.length ? h("ul.phone-list", { role: "list" }, all.slice(0, SHOWN).map(arrival)) : h("p.quiet", {}, "Nothing yet."),
    more > 0 && h("p.quiet", {}, `and ${more} earlier`));
}

/** Whoever acts, then those whose telephones have something, the latest first, then the others. */
function owners() {
  const last = (id) => Math.max(0, ...[...state.arrivals.values()].filter((it) => it.user === id).map((it) => it.at));
  return people({ bots: false }).filter((u) => state.numbers.has(u.id))
    .sort((a, b) => (b.id === state.me) - (a.id === state.me) || last(b.id) - last(a.id));
}

/** Draws the panel with `frame(title, note, …content)`; returns its heading. */
export function drawPhones(frame) {
  const list = h("div.phones");
  draw = () => {
    if (!list.isConnected) return;
    // A key that was pressed is gone: the focus stays on its call.
    const held = list.contains(document.activeElement) ? document.activeElement.closest("[data-item]")?.dataset.item : null;
    const restore = keepFocus(list);
    fill(list, h("p.hint", {}, "Text messages, calls and pushes that the bot sends, as each person's telephone shows them. Links open in a new tab; an address is set in ",
      h("code", {}, "/incident oncall me"), "."), owners().map(phone));
    const item = held ? list.querySelector(`[data-item="${CSS.escape(held)}"]`) : null;
    item?.toggleAttribute("data-fallback-focus", true);
    restore();
    item?.removeAttribute("data-fallback-focus");
  };
  const heading = frame("Phones", "of everybody", list);
  seen();
  draw();
  return heading;
}

function seen() {
  quiet();
  unseen = new Set();
  emit("unseen");
}

/** What is said of an arrival. */
function said(it) {
  const words = [it.title, it.words].filter(Boolean).join(". ").replace(/https?:\/\/\S+/g, "a link");
  return it.kind === "call" ? `${userName(it.user)}'s phone rings: ${words}` : `${KINDS[it.kind][1]} to ${userName(it.user)}: ${words}`;
}

on("arrival", (it, fresh) => {
  draw();
  if (!fresh) return;
  if (state.side?.kind === "phones") announce(said(it));
  else {
    unseen.add(it.id);
    emit("unseen");
    if (it.kind !== "call") announce(said(it));
    else {
      quiet();
      quiet = toast(`${userName(it.user)}'s phone rings: look at Phones.`);
    }
  }
});
on("boot", () => draw());
