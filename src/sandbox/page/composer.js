// Where messages and commands are written.

import { Completer } from "./complete.js";
import { fill, h, iconButton } from "./dom.js";
import { pickEmoji } from "./emoji.js";
import { toast } from "./live.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { act, complain, perform, reachedApp, told } from "./net.js";
import { channel, channelName, on, remember, remembered, state } from "./store.js";

const drafts = new Map();
const EXAMPLE = "/incident declare sev1 checkout is down";

export class Composer {
  /** `onup` is called for Up in an empty box: edit the last message. `onsend`: something was sent, show what comes of it. */
  constructor(channelId, { thread = null, onup, onsend } = {}) {
    this.channel = channelId;
    this.thread = thread;
    this.onsend = onsend;
    this.key = `${channelId} ${thread ?? ""}`;
    const name = channelName(channel(channelId));
    const label = thread ? "Reply…" : `Message ${channel(channelId)?.kind === "im" ? name : `#${name}`}`;
    this.area = h("textarea", { rows: 1, "aria-label": label, placeholder: label, enterkeyhint: "send", value: drafts.get(this.key) ?? "" });
    this.completer = new Completer(this.area);
    this.usage = h("p.usage-line", { hidden: true });
    this.sendButton = iconButton("send", "Send", () => this.send(), { class: "send" });
    const tools = h("div.composer-tools", {},
      iconButton("bolt", "Shortcuts", (e) => shortcutsMenu(e.currentTarget, (text) => this.insert(text, true)), { "aria-haspopup": "menu", "aria-expanded": "false" }),
      iconButton("smile", "Emoji", (e) => pickEmoji(e.currentTarget, (n) => this.insert(`:${n}: `)), { "aria-expanded": "false" }),
      iconButton("at", "Mention someone", () => this.insert("@")),
      h("span.composer-keys", { "aria-hidden": "true" }, "Shift+Enter for a new line"), this.sendButton);
    this.el = h("div.composer", {}, this.completer.el, h("div.composer-box", {}, this.area, tools), this.usage);
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => {
      if (event.isComposing || this.completer.key(event)) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.send();
      } else if (event.key === "ArrowUp" && !this.area.value && onup?.()) {
        event.preventDefault();
      }
    });
    this.area.addEventListener("paste", () => setTimeout(() => this.grow()));
    requestAnimationFrame(() => this.grow());
    this.refreshUsage();
  }

  focus() {
    this.area.focus();
  }

  grow() {
    this.area.style.setProperty("height", "auto");
    this.area.style.setProperty("height", `${Math.min(this.area.scrollHeight, window.innerHeight * 0.35)}px`);
  }

  changed() {
    drafts.set(this.key, this.area.value);
    this.grow();
    this.completer.update();
    this.refreshUsage();
  }

  refreshUsage() {
    this.sendButton.disabled = !this.area.value.trim();
    const typed = /^(\/\S+)\s/.exec(this.area.value)?.[1];
    const known = state.commands.find((c) => c.command === typed);
    this.usage.hidden = !known;
    if (known) fill(this.usage, h("code", {}, `${known.command} ${known.usage_hint ?? ""}`), known.description && ` ${known.description}`);
  }

  /** Puts text at the caret, or with `whole` in place of everything. */
  insert(text, whole) {
    const { area } = this;
    area.focus();
    if (whole) area.value = text;
    else {
      const at = area.selectionStart ?? area.value.length;
      const lead = text === "@" && at > 0 && !/\s$/.test(area.value.slice(0, at)) ? " " : "";
      area.setRangeText(lead + text, at, area.selectionEnd ?? at, "end");
    }
    this.changed();
  }

  async send() {
    const raw = this.area.value;
    const text = raw.trim();
    if (!text) return;
    if (this.thread && /^\/[a-z]/.test(text) && state.commands.some((c) => c.command === text.split(/\s/)[0])) {
      toast("Commands do not work in threads. Type it in the channel.", "warning");
      return;
    }
    this.area.value = "";
    this.changed();
    this.onsend?.();
    const answer = await act("say", { channel: this.channel, text, ...(this.thread ? { thread_ts: this.thread } : {}) });
    if (answer.ok) {
      if (text.startsWith("/")) dismissHint();
      return;
    }
    if (!told(answer.error)) complain(answer.error);
    // What reached the app is not offered again: it may have happened.
    if (!this.area.value && !reachedApp(answer.error)) {
      this.area.value = raw;
      this.changed();
    }
  }
}

/** The menu of global shortcuts and commands. */
export function shortcutsMenu(anchor, insert) {
  const shortcuts = state.shortcuts.global.map((s) => ({ label: s.name, note: s.app ?? "", onpick: () => perform("shortcut", { callback_id: s.callback_id, channel: state.current }) }));
  const commands = state.commands.map((c) => ({ label: c.command, note: c.description, onpick: () => insert(`${c.command} `) }));
  openMenu(anchor, [
    ...(shortcuts.length ? [{ heading: "Shortcuts" }, ...shortcuts] : []),
    ...(commands.length ? [{ heading: "Commands" }, ...commands] : []),
    ...(shortcuts.length || commands.length ? [] : [{ heading: "No app is connected yet" }]),
  ], { label: "Shortcuts" });
}

function dismissHint() {
  remember("hint", "done");
  for (const el of document.querySelectorAll(".hint-card")) el.remove();
}

/** What a first visitor should type; null once they have, or waved it away. */
export function hintCard(insert) {
  if (remembered("hint")) return null;
  // A room that the bot made: somebody has found the way.
  if ([...state.channels.values()].some((c) => state.users.get(c.creator)?.is_bot)) return null;
  const text = state.hint || `Start here: type \`${EXAMPLE}\` and press Enter.`;
  const example = /`(\/[^`]+)`/.exec(text)?.[1] ?? /(\/incident [^\n"”]+)/.exec(text)?.[1] ?? EXAMPLE;
  return h("section.hint-card", { "aria-label": "Where to start" },
    h("div.text", {}, mrkdwn(text)),
    h("div.hint-actions", {},
      h("button.button.button-primary", { type: "button", onclick: () => insert(example) }, "Type it for me"),
      h("button.button", { type: "button", onclick: dismissHint }, "Hide")));
}

on("boot", () => { for (const key of drafts.keys()) if (!state.channels.has(key.split(" ")[0])) drafts.delete(key); });
