// Ctrl+K: go to a channel, a person or an app by typing a part of the name.

import { openDialog } from "./dialog.js";
import { fill, h, uid } from "./dom.js";
import { announce } from "./live.js";
import { openDm } from "./sidebar.js";
import { channelName, emit, people, state, userName } from "./store.js";

const MANY = 10;

function places() {
  const rooms = [...state.channels.values()].filter((c) => c.kind === "public" || c.kind === "private");
  return [
    ...rooms.map((c) => ({ label: `#${channelName(c)}`, words: c.name, note: c.archived ? "archived" : c.unread ? `${c.unread} unread` : "", rank: (c.archived ? 4 : c.is_member ? 1 : 2) - (c.unread ? 1 : 0), go: () => emit("open", c.id) })),
    ...people().map((u) => ({ label: userName(u.id), words: `${u.real_name} ${u.name}`, note: u.title ?? "", rank: 1.5, go: () => openDm(u.id) })),
  ];
}

/** Opens the switcher. */
export function openSwitcher() {
  const listId = uid("places");
  const input = h("input.input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list",
    "aria-label": "Go to a channel or person", placeholder: "Channel or person", autocomplete: "off", spellcheck: "false",
  });
  const list = h("div.options", { role: "listbox", id: listId, "aria-label": "Channels and people" });
  const box = openDialog({ title: "Go to", className: "modal-small", body: [input, list] });
  let shown = [];
  let at = 0;
  const go = (place) => {
    box.close();
    place.go();
  };
  const mark = (i) => {
    at = i;
    [...list.children].forEach((el, n) => {
      el.classList.toggle("active", n === i);
      el.setAttribute("aria-selected", String(n === i));
    });
    const el = list.children[i];
    if (el?.id) input.setAttribute("aria-activedescendant", el.id);
    else input.removeAttribute("aria-activedescendant");
    el?.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    const wanted = input.value.trim().toLowerCase().replace(/^[#@]/, "");
    shown = places().filter((p) => p.words.toLowerCase().includes(wanted)).sort((a, b) => a.rank - b.rank).slice(0, MANY);
    fill(list, shown.map((p, i) => h("div.option", { role: "option", id: `${listId}-${i}`, "aria-selected": "false", onclick: () => go(p) },
      h("span.option-text", {}, h("span", {}, p.label), p.note && h("span.option-note", {}, p.note)))));
    mark(0);
    if (wanted) announce(shown.length ? `${shown.length} found` : "Nothing found");
  };
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (to !== undefined && shown.length) {
      event.preventDefault();
      mark(to);
    } else if (event.key === "Enter" && shown[at]) {
      event.preventDefault();
      go(shown[at]);
    }
  });
  draw();
  input.focus();
}
