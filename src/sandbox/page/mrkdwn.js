// Slack's mrkdwn, as DOM nodes. The text is untrusted: every piece becomes a text node or a checked attribute.

import { h } from "./dom.js";
import { emojiChar, emojiNode } from "./emoji.js";
import { channel, channelName, now, state, userName, zone } from "./store.js";
import { ago, dateToken, fullTime } from "./time.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undoes the three escapes of message text. */
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** An address that is safe to follow, or null: scripts and data never are. */
export function safeUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** A link that opens outside, or plain text when the address is not one to follow. */
export function link(url, ...label) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...label);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...label);
}

/** `@name`; presses open the conversation with that person. */
export function userMention(id) {
  const known = state.users.has(id);
  return h("button.mention", { type: "button", class: id === state.me ? "mention-me" : "", data: known ? { dm: id } : {}, disabled: !known }, `@${userName(id)}`);
}

/** `#name`; presses go there. */
export function channelLink(id, label) {
  const known = channel(id);
  if (!known) return h("span.mention", {}, `#${label || "private channel"}`);
  return h("button.mention", { type: "button", data: { goto: id } }, `#${channelName(known)}`);
}

export function groupMention(id, label) {
  const group = state.groups.get(id);
  const mine = group?.users?.includes(state.me);
  return h("span.mention", { class: mine ? "mention-me" : "", title: group?.name }, label || `@${group?.handle ?? id}`);
}

export const broadcastMention = (range) => h("span.mention.mention-me", {}, `@${range}`);

/** Beyond this a date has no day (ECMAScript's limit is a little further out). */
const LAST_DATE = 8.6e12;

/** `<!date^…>`: shown in the reader's zone, with the full instant as tooltip. */
export function dateNode(seconds, format, url, fallback) {
  if (!(Math.abs(seconds) < LAST_DATE)) return document.createTextNode(fallback ?? "");
  const text = unescape(format).replace(/\{(\w+)\}/g, (all, token) => dateToken(token, seconds, zone(), now()) ?? all);
  const time = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: `${fullTime(seconds, zone())} (${ago(seconds, now())})` }, text);
  return url ? link(url, time) : time;
}

/** What stands between `<` and `>`. */
function token(body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescape(body.slice(bar + 1));
  if (target.startsWith("@")) return state.users.has(target.slice(1)) ? userMention(target.slice(1)) : h("span.mention", {}, `@${label || target.slice(1)}`);
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, format = "", url] = target.split("^");
    return dateNode(Number(seconds), format, url && unescape(url), label);
  }
  if (target.startsWith("!subteam^")) return groupMention(target.split("^")[1], label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcastMention(target.slice(1));
  if (target.startsWith("!")) return document.createTextNode(label || body);
  if (/^(https?:|mailto:|tel:)/i.test(target)) return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
  return document.createTextNode(`<${unescape(body)}>`);
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const wordChar = /[\p{L}\p{N}]/u;

/** Where the mark opened at `at` closes on the same line, or -1. */
function closing(text, mark, at) {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\n") return -1;
    if (text[i] === "<") {
      const end = text.indexOf(">", i);
      if (end > 0) i = end;
    } else if (text[i] === mark && i > at + 1 && !/\s/.test(text[i - 1]) && !wordChar.test(text[i + 1] ?? "")) {
      return i;
    }
  }
  return -1;
}

function inline(text, out, depth = 0) {
  let plain = "";
  const flush = () => {
    if (plain) out.push(unescape(plain));
    plain = "";
  };
  // Marks without an end on their line are looked for once a line, so that hostile text stays linear.
  let dead = {};
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    const before = text[i - 1] ?? "";
    if (c === "\n") {
      flush();
      out.push(h("br"));
      dead = {};
    } else if (c === "<") {
      const end = text.indexOf(">", i);
      if (end > i + 1 && !text.slice(i + 1, end).includes("\n")) {
        flush();
        out.push(token(text.slice(i + 1, end)));
        i = end;
      } else plain += c;
    } else if (c === "`" && !dead[c]) {
      const end = text.indexOf("`", i + 1);
      if (end > i + 1 && !text.slice(i, end).includes("\n")) {
        flush();
        out.push(h("code", {}, unescape(text.slice(i + 1, end).replace(/<([^>|]*\|)?([^>]*)>/g, "$2"))));
        i = end;
      } else {
        dead[c] = true;
        plain += c;
      }
    } else if (MARKS[c] && depth < 8 && !dead[c] && !wordChar.test(before) && before !== c && text[i + 1] && !/\s/.test(text[i + 1])) {
      const end = closing(text, c, i);
      if (end > 0) {
        flush();
        const inner = [];
        inline(text.slice(i + 1, end), inner, depth + 1);
        out.push(h(MARKS[c], {}, inner));
        i = end;
      } else {
        dead[c] = true;
        plain += c;
      }
    } else if (c === ":") {
      const name = /^:([\w+'-]+(?:::skin-tone-\d)?):/.exec(text.slice(i, i + 64));
      if (name && emojiChar(name[1])) {
        flush();
        out.push(emojiNode(name[1]));
        i += name[0].length - 1;
      } else plain += c;
    } else if (c === "h" && !wordChar.test(before) && /^https?:\/\/\S/.test(text.slice(i, i + 10))) {
      const url = /^[^\s<>|]*[^\s<>|.,;:!?)'"*_~]/.exec(text.slice(i))[0];
      flush();
      out.push(link(unescape(url), unescape(url)));
      i += url.length - 1;
    } else plain += c;
  }
  flush();
}

function lines(text, out) {
  const rest = /(^|\n)&gt;&gt;&gt;/.exec(text);
  if (rest) {
    const head = text.slice(0, rest.index);
    if (head) lines(head, out);
    const inner = [];
    inline(text.slice(rest.index + rest[0].length).trimStart(), inner);
    out.push(h("blockquote", {}, inner));
    return;
  }
  const quote = /^(?:&gt;|>) ?/;
  const all = text.split("\n");
  for (let i = 0; i < all.length;) {
    const quoted = quote.test(all[i]);
    let end = i;
    while (end < all.length && quote.test(all[end]) === quoted) end += 1;
    const inner = [];
    inline(all.slice(i, end).map((line) => (quoted ? line.replace(quote, "") : line)).join("\n"), inner);
    if (quoted) out.push(h("blockquote", {}, inner));
    else out.push(...inner);
    i = end;
  }
}

/** mrkdwn text as a list of nodes and strings. */
export function mrkdwn(text) {
  const out = [];
  String(text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/).forEach((piece, i) => {
    if (!piece) return;
    if (i % 2) out.push(h("pre", { tabindex: 0, "aria-label": "Code", role: "group" }, h("code", {}, unescape(piece.replace(/<([^>|]*\|)?([^>]*)>/g, "$2")))));
    else lines(piece.replace(/\n$/, (end, at) => (at + 1 === text.length ? end : "")), out);
  });
  return out;
}

/** Plain text with emoji shortcodes, as `plain_text` objects are shown. */
export function plain(text, emoji = true) {
  if (!emoji) return [String(text ?? "")];
  return String(text ?? "").split(/(:[\w+'-]+:)/).map((piece, i) => (i % 2 ? emojiNode(piece.slice(1, -1)) : piece));
}

/** A Block Kit text object, or a bare string. */
export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text, object.emoji !== false);
}

/** The same as one string, for names and labels: mentions and emoji spelled out. */
export function textOf(object) {
  return h("span", {}, textObject(object)).textContent;
}
