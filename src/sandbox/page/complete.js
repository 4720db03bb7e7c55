// What may follow while typing: commands after `/`, people after `@`, channels after `#`, emoji after `:`.

import { fill, h, uid } from "./dom.js";
import { emojiChar, findEmoji } from "./emoji.js";
import { mentionables } from "./mentions.js";
import { announce } from "./live.js";
import { state } from "./store.js";

const MANY = 8;

function commands(word) {
  return state.commands
    .filter((c) => c.command.startsWith(word))
    .map((c) => ({ insert: `${c.command} `, exact: c.command === word, title: c.command, usage: c.usage_hint, note: c.description }));
}

function mentions(sign, word) {
  const wanted = word.toLowerCase();
  const score = (m) => (m.word.toLowerCase().startsWith(wanted) ? 0 : m.label.toLowerCase().replace(/^[@#]/, "").startsWith(wanted) ? 1 : 2);
  return mentionables()
    .filter((m) => m.sign === sign && `${m.word} ${m.label}`.toLowerCase().includes(wanted))
    .sort((a, b) => score(a) - score(b))
    .map((m) => ({ insert: `${m.sign}${m.word} `, title: m.label, note: m.note }));
}

/** The suggestions for the text before the caret: { from, title, items }, or null. */
export function suggestions(text, caret) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) {
    const items = commands(before);
    // A complete command is sent by Enter, not completed again.
    return items.length && !(items.length === 1 && items[0].exact) ? { from: 0, title: "Commands", items } : null;
  }
  const m = /(?:^|[\s(])([@#:])([\p{L}\p{N}+._-]*)$/u.exec(before);
  if (!m) return null;
  const [, sign, word] = m;
  const from = caret - word.length - 1;
  let items = [];
  if (sign === ":") {
    if (word.length < 2) return null;
    items = findEmoji(word, MANY).map((name) => ({ insert: `:${name}: `, title: `${emojiChar(name)} :${name}:` }));
  } else items = mentions(sign, word);
  const title = { "@": "People", "#": "Channels", ":": "Emoji" }[sign];
  return items.length ? { from, title, items: items.slice(0, MANY) } : null;
}

/** The list above a text box. The text box keeps the focus; `aria-activedescendant` says which entry is chosen. */
export class Completer {
  constructor(area) {
    this.area = area;
    this.list = h("div.complete-list", { role: "listbox", id: uid("complete") });
    this.el = h("div.complete", { hidden: true }, this.list);
    this.items = [];
    this.at = 0;
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("blur", () => this.hide());
    area.addEventListener("click", () => this.update());
  }

  get open() {
    return !this.el.hidden;
  }

  hide() {
    this.el.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  update() {
    const found = this.area.selectionStart === this.area.selectionEnd ? suggestions(this.area.value, this.area.selectionStart) : null;
    if (!found) {
      this.hide();
      return;
    }
    const was = this.open;
    this.from = found.from;
    this.items = found.items;
    this.at = 0;
    this.list.setAttribute("aria-label", found.title);
    fill(this.list, found.items.map((item, i) => {
      const node = h("div.option", { role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false" },
        h("span.option-text", {}, h("span", {}, h("strong", {}, item.title), item.usage && h("code.usage", {}, item.usage)), item.note && h("span.option-note", {}, item.note)));
      node.addEventListener("pointerdown", (event) => event.preventDefault());
      node.addEventListener("click", () => this.pick(i));
      return node;
    }));
    this.el.hidden = false;
    this.mark(0);
    if (!was) announce(`${found.items.length} suggestions. Up and Down choose, Tab inserts.`);
  }

  mark(i) {
    this.at = i;
    [...this.list.children].forEach((el, n) => {
      el.classList.toggle("active", n === i);
      el.setAttribute("aria-selected", String(n === i));
    });
    const node = this.list.children[i];
    this.area.setAttribute("aria-activedescendant", node.id);
    node.scrollIntoView({ block: "nearest" });
  }

  pick(i = this.at) {
    const { area } = this;
    const rest = area.value.slice(area.selectionStart).replace(/^ /, "");
    const head = area.value.slice(0, this.from) + this.items[i].insert;
    area.value = head + rest;
    area.setSelectionRange(head.length, head.length);
    this.hide();
    area.dispatchEvent(new Event("input"));
  }

  /** True when the key was for the list. */
  key(event) {
    if (!this.open) return false;
    const last = this.items.length - 1;
    if (event.key === "ArrowDown") this.mark(this.at === last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at === 0 ? last : this.at - 1);
    else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) {
      if (this.items[this.at].exact && event.key === "Enter") return false;
      this.pick();
    } else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
