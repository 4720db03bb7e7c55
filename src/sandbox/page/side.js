// The pane at the right: a thread, the pins, the members, the telephones, or the faults and the clock.

import { Composer } from "./composer.js";
import { fill, h, iconButton, refocus } from "./dom.js";
import { drawLab } from "./lab.js";
import { MessageList } from "./messages.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawPhones } from "./phones.js";
import { author, channel, channelName, emit, on, state, userName, zone } from "./store.js";
import { loadMessages } from "./net.js";
import { avatar } from "./row.js";
import { clockTime, dayTitle } from "./time.js";
import { now } from "./store.js";

let root = null;
let back = null;
let list = null;
let redraw = null;

function frame(title, note, ...content) {
  const heading = h("h2", { tabindex: -1 }, title);
  fill(root, h("header.pane-head", {}, h("div.pane-title", {}, heading, note && h("span.quiet", {}, note)), iconButton("close", "Close this pane", () => emit("side", null))), ...content);
  return heading;
}

function drawThread({ ts }) {
  const id = state.current;
  const c = channel(id);
  list = new MessageList(id, ts);
  const composer = new Composer(id, { thread: ts, onup: () => list.editLast(), onsend: () => list.toBottom() });
  const open = c.is_member && !c.archived;
  frame("Thread", c.kind === "im" ? channelName(c) : `#${channelName(c)}`, list.el, open && composer.el);
  list.draw();
  redraw = (detail) => list.draw(detail?.fresh);
  loadMessages(id, ts);
  if (open) composer.focus();
}

function drawPins() {
  const c = channel();
  const all = [...(state.messages.get(c.id)?.values() ?? [])];
  const pins = all.filter((m) => m.pinned || c.pins?.includes(m.ts)).sort((a, b) => Number(b.ts) - Number(a.ts));
  const heading = frame("Pins", `#${channelName(c)}`, h("ul.pin-list", { role: "list" },
    pins.map((m) => h("li", {}, h("p.quiet", {}, `${author(m).name}, ${dayTitle(Number(m.ts), zone(), now())} ${clockTime(Number(m.ts), zone())}`),
      h("div.text.pin-text", {}, mrkdwn(m.text || "A message")),
      h("button.text-button", { type: "button", onclick: () => emit("jump", m.ts) }, "Show in channel"))),
    !pins.length && h("li.quiet", {}, "Nothing is pinned here.")));
  redraw = drawPins;
  return heading;
}

function drawMembers() {
  const c = channel();
  const heading = frame("Members", `#${channelName(c)}`, h("ul.member-list", { role: "list" },
    (c.members ?? []).map((id) => h("li", {}, h("button.member", { type: "button", data: { dm: id } }, avatar({ ...state.users.get(id), id, name: userName(id) }),
      h("span", {}, userName(id), id === state.me && " (you)", h("span.quiet", {}, [state.users.get(id)?.title, state.users.get(id)?.tz].filter(Boolean).join(" · "))))))));
  redraw = drawMembers;
  return heading;
}

function show(side) {
  const had = state.side;
  if (!had) back = document.activeElement;
  state.side = side;
  redraw = null;
  list = null;
  root.hidden = !side;
  document.body.classList.toggle("side-open", Boolean(side));
  if (!side) {
    root.replaceChildren();
    if (had && !refocus(back)) document.querySelector("#composer textarea")?.focus();
    return;
  }
  root.setAttribute("aria-label", { thread: "Thread", pins: "Pinned messages", members: "Members", lab: "Faults and clock", phones: "Phones" }[side.kind]);
  if (side.kind === "thread") drawThread(side);
  else if (side.kind === "pins") drawPins().focus();
  else if (side.kind === "members") drawMembers().focus();
  else if (side.kind === "phones") drawPhones(frame).focus();
  else drawLab(frame).focus();
}

/** Shows in `aside` what "side" events ask for. */
export function startSide(aside) {
  root = aside;
  on("side", show);
  on("messages", (detail) => { if (detail.channel === state.current) redraw?.(detail); });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.target.closest(".message, .editor")) emit("side", null);
  });
}
