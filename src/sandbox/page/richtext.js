// rich_text and markdown blocks, as DOM nodes.

import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { broadcastMention, channelLink, dateNode, groupMention, link, safeUrl, userMention } from "./mrkdwn.js";

function styled(node, style = {}) {
  let out = node;
  if (style.code) out = h("code", {}, out);
  if (style.strike) out = h("s", {}, out);
  if (style.italic) out = h("em", {}, out);
  if (style.bold) out = h("strong", {}, out);
  if (style.underline) out = h("u", {}, out);
  return out;
}

function withBreaks(text) {
  return String(text ?? "").split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
}

function piece(e) {
  switch (e.type) {
    case "text": return styled(h("span", {}, withBreaks(e.text)), e.style);
    case "link": return styled(link(e.url, e.text || e.url), e.style);
    case "emoji": return emojiNode(e.name);
    case "user": return styled(userMention(e.user_id), e.style);
    case "channel": return styled(channelLink(e.channel_id), e.style);
    case "usergroup": return groupMention(e.usergroup_id);
    case "broadcast": return broadcastMention(e.range);
    case "date": return dateNode(Number(e.timestamp), e.format ?? "{date}", e.url, e.fallback);
    case "color": return h("code", {}, e.value);
    default: return h("span", {}, e.text ?? "");
  }
}

const pieces = (list) => (list ?? []).map(piece);

function listTree(items) {
  // Slack sends nested lists flat, each with an indent; put each under the last item of the list above it.
  const roots = [];
  const open = [];
  for (const item of items) {
    const depth = Math.min(item.indent ?? 0, open.length ? open.length : 0);
    const list = h(item.style === "ordered" ? "ol" : "ul", item.offset ? { start: item.offset + 1 } : {},
      (item.elements ?? []).map((section) => h("li", {}, pieces(section.elements))));
    open.length = depth;
    const host = depth ? open[depth - 1].lastElementChild : null;
    if (host) host.append(list);
    else roots.push(list);
    open.push(list);
  }
  return roots;
}

/** The nodes of a `rich_text` block. */
export function richText(block) {
  const out = [];
  let lists = [];
  const flush = () => {
    out.push(...listTree(lists));
    lists = [];
  };
  for (const e of block.elements ?? []) {
    if (e.type === "rich_text_list") {
      lists.push(e);
      continue;
    }
    flush();
    if (e.type === "rich_text_quote") out.push(h("blockquote", {}, pieces(e.elements)));
    else if (e.type === "rich_text_preformatted") out.push(h("pre", { tabindex: 0, role: "group", "aria-label": "Code" }, h("code", {}, pieces(e.elements))));
    else out.push(h("div.rich-section", {}, pieces(e.elements)));
  }
  flush();
  return out;
}

// Standard Markdown, the part of it that `markdown` blocks take: headings, lists, quotes, code, rules, tables, links.

const INLINE = /(`+)([\s\S]+?)\1|!?\[([^\]]*)\]\(([^()\s]+)\)|<(https?:[^\s>]+)>|(\*\*|__)(?=\S)([\s\S]+?\S?)\6|(\*|_)(?=\S)([^*_]+?)\8(?!\w)|~~(\S[\s\S]*?)~~|:([\w+-]+):|(https?:\/\/[^\s<>)]*[^\s<>).,;:!?])|\\([\\`*_{}[\]()#+\-.!>~|])/g;

function spans(text, depth = 0) {
  if (depth > 6) return [text];
  const out = [];
  let from = 0;
  for (const m of text.matchAll(INLINE)) {
    if (m.index > from) out.push(...withBreaks(text.slice(from, m.index)));
    from = m.index + m[0].length;
    if (m[1]) out.push(h("code", {}, m[2]));
    else if (m[4]) out.push(safeUrl(m[4]) ? link(m[4], spans(m[3] || m[4], depth + 1)) : m[0]);
    else if (m[5]) out.push(link(m[5], m[5]));
    else if (m[6]) out.push(h("strong", {}, spans(m[7], depth + 1)));
    else if (m[8]) out.push(h("em", {}, spans(m[9], depth + 1)));
    else if (m[10]) out.push(h("s", {}, spans(m[10], depth + 1)));
    else if (m[11]) out.push(emojiNode(m[11]));
    else if (m[12]) out.push(link(m[12], m[12]));
    else out.push(m[13]);
  }
  if (from < text.length) out.push(...withBreaks(text.slice(from)));
  return out;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function table(rows) {
  const [head, , ...body] = rows;
  return h("div.table-scroll", { tabindex: 0, role: "group", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, spans(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, spans(cell))))))));
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(rows) {
  const stack = [];
  for (const row of rows) {
    const m = ITEM.exec(row);
    if (!m) {
      stack.at(-1)?.list.lastElementChild.append(h("br"), ...spans(row.trim()));
      continue;
    }
    const indent = m[1].length;
    while (stack.length > 1 && indent < stack.at(-1).indent) stack.pop();
    if (!stack.length || indent > stack.at(-1).indent + 1) {
      const next = h(/\d/.test(m[2]) ? "ol" : "ul", /\d/.test(m[2]) ? { start: parseInt(m[2], 10) } : {});
      stack.at(-1)?.list.lastElementChild.append(next);
      stack.push({ indent, list: next });
    }
    const task = /^\[([ xX])\]\s+(.*)$/.exec(m[3]);
    stack.at(-1).list.append(h("li", {}, task ? [task[1] === " " ? "☐ " : "☑ ", spans(task[2])] : spans(m[3])));
  }
  return stack[0].list;
}

/** The nodes of a `markdown` block. */
export function markdown(text) {
  const rows = String(text ?? "").replace(/\r/g, "").split("\n");
  const out = [];
  const take = (test) => {
    const from = at;
    while (at < rows.length && test(rows[at])) at += 1;
    return rows.slice(from, at);
  };
  let at = 0;
  while (at < rows.length) {
    const row = rows[at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(row);
    if (!row.trim()) at += 1;
    else if (/^\s*```/.test(row)) {
      at += 1;
      out.push(h("pre", { tabindex: 0, role: "group", "aria-label": "Code" }, h("code", {}, take((r) => !/^\s*```/.test(r)).join("\n"))));
      at += 1;
    } else if (heading) {
      // A message's headings are emphasised paragraphs: they are not part of the page's outline.
      out.push(h("p.md-heading", { class: `md-h${heading[1].length}` }, spans(heading[2])));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      out.push(h("hr"));
      at += 1;
    } else if (/^\s*>/.test(row)) out.push(h("blockquote", {}, markdown(take((r) => /^\s*>/.test(r)).map((r) => r.replace(/^\s*> ?/, "")).join("\n"))));
    else if (ITEM.test(row)) out.push(list(take((r) => ITEM.test(r) || /^\s+\S/.test(r))));
    else if (row.includes("|") && /^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$/.test(rows[at + 1] ?? "") && rows[at + 1].includes("|")) out.push(table(take((r) => r.includes("|"))));
    else out.push(h("p", {}, spans(take((r) => r.trim() && !/^(\s*```|#{1,6}\s|\s*>)/.test(r) && !ITEM.test(r)).join("\n") || rows[at++])));
  }
  return out;
}
