// What can be mentioned, and message text as people type it ("@ana see #ops"): the workspace does the way back.

import { channelName, people, state, userName } from "./store.js";

/** Everything that can be mentioned: { sign, word, label, note }. */
export function mentionables() {
  const out = [];
  for (const u of people()) out.push({ sign: "@", word: u.name, label: userName(u.id), note: `@${u.name}${u.title ? ` · ${u.title}` : ""}` });
  for (const g of state.groups.values()) out.push({ sign: "@", word: g.handle, label: `@${g.handle}`, note: g.name });
  for (const [word, note] of [["here", "Notify people who are online"], ["channel", "Notify everyone in this channel"], ["everyone", "Notify the whole workspace"]]) {
    out.push({ sign: "@", word, label: `@${word}`, note });
  }
  for (const c of state.channels.values()) {
    if ((c.kind === "public" || c.kind === "private") && !c.archived) out.push({ sign: "#", word: c.name, label: `#${c.name}`, note: c.topic ?? "" });
  }
  return out;
}

/** Message text as it was typed, for editing. */
export function decodeText(text) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (all, id) => `@${state.users.get(id)?.name ?? id}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (all, id, label) => `#${state.channels.has(id) ? channelName(state.channels.get(id)) : label || id}`)
    .replace(/<!subteam\^(\w+)(?:\|[^>]*)?>/g, (all, id) => `@${state.groups.get(id)?.handle ?? id}`)
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1")
    .replace(/<([^>|]+)\|([^>]*)>/g, "$1").replace(/<([^>]+)>/g, "$1")
    .replace(/&(amp|lt|gt);/g, (all, name) => ({ amp: "&", lt: "<", gt: ">" }[name]));
}
