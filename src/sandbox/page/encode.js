// Between what people type ("@ana see #ops") and message text ("<@U1> see <#C1>").

import { channelName, people, state, userName } from "./store.js";

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Everything that can be mentioned: { sign, word, code, label, note, kind }. */
export function mentionables() {
  const out = [];
  for (const u of people()) out.push({ sign: "@", word: u.name, code: `<@${u.id}>`, label: userName(u.id), note: `@${u.name}${u.title ? ` · ${u.title}` : ""}`, id: u.id });
  for (const g of state.groups.values()) out.push({ sign: "@", word: g.handle, code: `<!subteam^${g.id}>`, label: `@${g.handle}`, note: g.name });
  for (const [word, note] of [["here", "Notify people who are online"], ["channel", "Notify everyone in this channel"], ["everyone", "Notify the whole workspace"]]) {
    out.push({ sign: "@", word, code: `<!${word}>`, label: `@${word}`, note });
  }
  for (const c of state.channels.values()) {
    if ((c.kind === "public" || c.kind === "private") && !c.archived) out.push({ sign: "#", word: c.name, code: `<#${c.id}>`, label: `#${c.name}`, note: c.topic ?? "" });
  }
  return out;
}

/** Typed text as message text: mentions become tokens, everything else is escaped. Inside code nothing is a mention. */
export function encodeText(text) {
  const known = new Map();
  for (const m of mentionables()) known.set(m.sign + m.word.toLowerCase(), m.code);
  // Whole names first ("@Ana Pop"), then handles.
  const names = people().map((u) => userName(u.id)).filter((name) => name.includes(" ")).sort((a, b) => b.length - a.length);
  return text.split(/(```[\s\S]*?```|`[^`\n]+`)/).map((piece, i) => (i % 2 ? escape(piece) : mentionsIn(piece, known, names))).join("");
}

function mentionsIn(text, known, names) {
  let out = "";
  let from = 0;
  for (const m of text.matchAll(/(^|[\s(,;:])([@#])([\p{L}\p{N}][\p{L}\p{N}._-]*)/gu)) {
    const start = m.index + m[1].length;
    if (start < from) continue;
    const found = full(text, start, m[2], names) ?? short(m[2], m[3], known);
    if (!found) continue;
    out += escape(text.slice(from, start)) + found.code;
    from = start + 1 + found.length;
  }
  return out + escape(text.slice(from));
}

function full(text, start, sign, names) {
  if (sign !== "@") return null;
  const rest = text.slice(start + 1).toLowerCase();
  const name = names.find((n) => rest.startsWith(n.toLowerCase()) && !/[\p{L}\p{N}]/u.test(rest[n.length] ?? ""));
  return name ? { code: `<@${people().find((u) => userName(u.id) === name).id}>`, length: name.length } : null;
}

/** The longest known word: "@ana." mentions ana and keeps the full stop. */
function short(sign, word, known) {
  for (let w = word; w; w = w.replace(/[._-]+$/, "") === w ? "" : w.replace(/[._-]+$/, "")) {
    const code = known.get(sign + w.toLowerCase());
    if (code) return { code, length: w.length };
  }
  return null;
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
