// A list of messages: a channel's, or a thread's.

import { h, icon, reconcile } from "./dom.js";
import { decodeText } from "./mentions.js";
import { act } from "./net.js";
import { author, channel, emit, listed, now, state, zone } from "./store.js";
import { dayKey, dayTitle } from "./time.js";
import { markRead, row } from "./row.js";

const versions = new WeakMap();
let version = 0;
let epoch = 0;

/** Every row is drawn anew the next time: the clock, the zone or names changed. */
export const redrawAll = () => { epoch += 1; };

function versionOf(message) {
  if (!versions.has(message)) {
    version += 1;
    versions.set(message, version);
  }
  return versions.get(message);
}

const COMPACT_WITHIN = 300;

export class MessageList {
  /** `thread`: null for the channel itself. */
  constructor(channelId, thread = null) {
    this.channel = channelId;
    this.thread = thread;
    this.editing = null;
    this.list = h("ol.message-list", { role: "list", "aria-label": thread ? "Thread" : "Messages" });
    this.latest = h("button.latest", { type: "button", hidden: true, onclick: () => this.toBottom(true) }, "New messages", icon("down"));
    this.scroller = h("div.scroller", {}, this.list);
    this.el = h("div.messages", {}, this.scroller, this.latest);
    this.list.addEventListener("keydown", (event) => this.keys(event));
    this.list.addEventListener("focusin", (event) => this.rove(event.target.closest(".message")));
    this.scroller.addEventListener("scroll", () => {
      if (this.atBottom()) this.latest.hidden = true;
    }, { passive: true });
    // Pictures, the composer growing and the window's size move the end; stay there if that is where the reader was.
    this.stuck = true;
    this.scroller.addEventListener("scroll", () => {
      if (!this.held) this.stuck = this.atBottom();
    }, { passive: true });
    new ResizeObserver(() => this.stuck && !this.held && this.toBottom()).observe(this.scroller);
    this.held = null;
    this.list.addEventListener("click", (event) => this.hold(event));
    this.scroller.addEventListener("pointermove", (event) => this.moved(event), { passive: true });
    this.scroller.addEventListener("pointerleave", () => this.release());
    this.scroller.addEventListener("wheel", () => this.release(), { passive: true });
    this.options = {
      thread, decode: decodeText,
      edit: (ts) => this.edit(ts),
      dismiss: (ts) => {
        state.messages.get(this.channel)?.delete(ts);
        emit("messages", { channel: this.channel });
        act("delete", { channel: this.channel, ts });
      },
    };
  }

  atBottom() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
  }

  toBottom(focus) {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.latest.hidden = true;
    this.stuck = true;
    if (focus) this.list.querySelector(".message:last-child")?.focus();
  }

  /** What was pressed with a pointer stays under it, whatever the press changes: the next press must not hit something else. */
  hold(event) {
    const row = event.target.closest(".message");
    const group = event.target.closest(".block-actions");
    if (!event.detail || !row || !group) return;
    this.held = { ts: row.dataset.ts, group: [...row.querySelectorAll(".block-actions")].indexOf(group) };
    // The browser's own way to keep things where they are knows nothing of rows that are drawn anew.
    this.scroller.style.overflowAnchor = "none";
  }

  /** Off the message nothing is held any more; and where there is an answer to read, at the first move. */
  moved({ target, movementX, movementY }) {
    const away = target.closest(".message")?.dataset.ts !== this.held?.ts;
    if (away || (this.held?.answered && (movementX || movementY))) this.release();
  }

  /** Whoever was at the end is there again. */
  release() {
    if (!this.held) return;
    this.held = null;
    this.list.style.marginTop = "";
    this.scroller.style.overflowAnchor = "";
    if (this.stuck) this.toBottom();
  }

  /** How far down the window the buttons are that are held, or null. */
  heldAt() {
    const row = this.held && this.list.querySelector(`.message[data-ts="${CSS.escape(this.held.ts)}"]`);
    return row ? (row.querySelectorAll(".block-actions")[this.held.group] ?? row).getBoundingClientRect().top : null;
  }

  /** Makes the list's children match, with what is held where it was. */
  redraw(items) {
    const at = this.heldAt();
    if (at === null) {
      reconcile(this.list, items);
      return;
    }
    // A short list stands at the foot; from now on it grows downwards.
    const gap = this.list.offsetTop - this.scroller.offsetTop;
    this.list.style.marginTop = `${gap}px`;
    reconcile(this.list, items);
    this.scroller.scrollTop += this.heldAt() - at;
    this.list.style.marginTop = `${Math.max(0, gap - (this.heldAt() - at))}px`;
  }

  /** Opens the editor on a message, or with null closes it. */
  edit(ts) {
    const before = this.editing;
    this.editing = ts;
    this.draw();
    if (ts) {
      const area = this.list.querySelector(".editor textarea");
      area?.focus();
      area?.setSelectionRange(area.value.length, area.value.length);
    } else this.list.querySelector(`[data-ts="${CSS.escape(before)}"]`)?.focus();
  }

  editLast() {
    const own = listed(this.channel, this.thread).filter((m) => m.user === state.me && !m.ephemeral && !m.deleted && !m.subtype).at(-1);
    if (own) this.edit(own.ts);
    return Boolean(own);
  }

  items() {
    const out = [];
    const line = this.thread ? null : state.newLine.get(this.channel);
    let before = null;
    for (const m of listed(this.channel, this.thread)) {
      if (m.deleted && !m.reply_count) continue;
      const seconds = Number(m.ts);
      const newDay = !before || dayKey(Number(before.ts), zone()) !== dayKey(seconds, zone());
      if (newDay && !this.thread) out.push(this.divider(seconds));
      const isNew = line && m.ts === line;
      if (isNew) out.push({ key: "new", version: line, make: () => h("li.new-line", {}, h("span", {}, "New")) });
      const compact = Boolean(before) && !newDay && !isNew && author(before).id === author(m).id && seconds - Number(before.ts) < COMPACT_WITHIN
        && !m.ephemeral && !before.ephemeral && !before.subtype;
      const editing = this.editing === m.ts;
      const pinned = channel(this.channel)?.pins?.includes(m.ts);
      const v = editing ? "editing" : `${versionOf(m)} ${compact} ${pinned} ${epoch}`;
      out.push({ key: m.ts, version: v, make: () => this.row(m, { ...this.options, compact, editing }) });
      before = m;
    }
    return out;
  }

  row(m, options) {
    try {
      return row(this.channel, m, options);
    } catch (error) {
      // One message that cannot be drawn must not hide the others.
      console.error("a message that cannot be drawn", m, error);
      return h("li.message", { tabindex: -1, data: { ts: m.ts } }, h("p.quiet", {}, m.text || "[a message that cannot be shown here]"));
    }
  }

  divider(seconds) {
    const key = dayKey(seconds, zone());
    return { key: `day ${key}`, version: `${epoch} ${dayKey(now(), zone())}`, make: () => h("li.day", {}, h("span", {}, dayTitle(seconds, zone(), now()))) };
  }

  /** Draws what the store has. `fresh`: a new message arrived. */
  draw(fresh) {
    if (this.heldAt() === null) this.release();
    else if (fresh && listed(this.channel, this.thread).at(-1)?.ephemeral) this.held.answered = true;
    const stay = !this.held && (this.stuck || !this.list.childElementCount);
    const failed = state.failed.get(this.channel);
    const items = this.items();
    if (!items.length) items.push(this.empty(failed));
    this.redraw(items);
    this.rove(this.list.querySelector(".message[tabindex='0']") ?? this.list.querySelector(".message:last-child"));
    const last = listed(this.channel, this.thread).at(-1);
    if (stay || (fresh && last?.user === state.me)) this.toBottom();
    else if (fresh) this.latest.hidden = false;
    if (state.messages.has(this.channel) && !this.thread) markRead(this.channel);
  }

  empty(failed) {
    const text = failed ? "The messages could not be loaded." : state.messages.has(this.channel) ? "No messages yet." : "Loading…";
    const retry = failed && h("button.button", { type: "button", onclick: () => emit("reload", { channel: this.channel }) }, "Try again");
    return { key: "empty", version: text, make: () => h("li.empty", {}, h("p", {}, text), retry) };
  }

  /** One row at a time is a tab stop; arrows move among rows. */
  rove(target) {
    if (!target || target.tabIndex === 0) return;
    for (const el of this.list.querySelectorAll(".message[tabindex='0']")) el.tabIndex = -1;
    target.tabIndex = 0;
  }

  keys(event) {
    if (!event.target.classList.contains("message")) {
      if (event.key === "Escape" && !event.defaultPrevented) event.target.closest(".message")?.focus();
      return;
    }
    const rows = [...this.list.querySelectorAll(".message")];
    const at = rows.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    rows[to].focus();
  }
}
