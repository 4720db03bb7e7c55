// Block Kit's layout blocks.

import { h, uid } from "./dom.js";
import { stateField } from "./context.js";
import { element, image } from "./elements.js";
import { link, mrkdwn, plain, textObject, textOf } from "./mrkdwn.js";
import { markdown, richText } from "./richtext.js";
import { clockTime, dayTitle } from "./time.js";
import { now, zone } from "./store.js";

function section(block, surface) {
  return h("div.block-section", {},
    h("div.section-main", {},
      block.text && h("div.text", {}, textObject(block.text)),
      block.fields?.length && h("div.fields", {}, block.fields.map((field) => h("div.text", {}, textObject(field))))),
    block.accessory && h("div.accessory", { class: block.accessory.type === "image" ? "accessory-image" : "" }, element(block.accessory, block, surface)));
}

/** An input block: label, control, hint, and the place where its error is shown. */
function input(block, surface) {
  const el = block.element ?? {};
  const id = uid("label");
  const hintId = block.hint && uid("hint");
  const errorId = uid("error");
  const control = /_input$|picker$/.test(el.type) ? uid("control") : undefined;
  const node = element(el, block, surface, {
    label: { id, text: textOf(block.label), control },
    describe: [hintId, errorId].filter(Boolean).join(" "),
    quiet: !block.dispatch_action,
    clearable: block.optional,
  });
  const error = h("p.field-error", { id: errorId });
  const box = h("div.block-input", { data: { block: block.block_id ?? "" } },
    h("label.input-label", { id, for: control }, textObject(block.label), block.optional ? h("span.quiet", {}, " (optional)") : h("span.sr", {}, " (required)")),
    node, error,
    hintId && h("p.hint", { id: hintId }, textObject(block.hint)));
  // A press on the label goes to the control, for menus too, as with any form.
  if (!control) box.firstElementChild.addEventListener("click", () => box.querySelector("[data-fk]")?.focus());
  if (surface.errors[block.block_id]) showError(box, surface.errors[block.block_id]);
  return box;
}

/** Shows (or, with no text, takes away) the error of an input block. */
export function showError(box, text) {
  const error = box.querySelector(".field-error");
  error.replaceChildren(text ? String(text) : "");
  box.classList.toggle("has-error", Boolean(text));
  const control = box.querySelector("input, textarea");
  const group = box.querySelector(".choices");
  for (const el of [group ?? control].filter(Boolean)) {
    if (text && !group) el.setAttribute("aria-invalid", "true");
    else el.removeAttribute("aria-invalid");
  }
}

const BLOCKS = {
  section,
  input,
  header: (block, surface) => h("p.block-header", { role: "heading", "aria-level": surface.container.type === "view" ? "3" : "2" }, textObject(block.text)),
  divider: () => h("hr"),
  context: (block) => h("div.block-context", {}, (block.elements ?? []).map((e) => (e.type === "image" ? image(e) : h("span.text", {}, textObject(e))))),
  actions: (block, surface) => h("div.block-actions", {}, (block.elements ?? []).map((e) => element(e, block, surface))),
  context_actions: (block, surface) => h("div.block-actions", {}, (block.elements ?? []).map((e) => element(e, block, surface))),
  image: (block) => h("figure.block-image", {}, block.title && h("figcaption", {}, textObject(block.title)), image(block)),
  rich_text: (block) => h("div.text", {}, richText(block)),
  markdown: (block) => h("div.text.markdown", {}, markdown(block.text)),
  video: (block) => h("p.text", {}, link(block.title_url ?? block.video_url, textOf(block.title) || "Video")),
  file: (block) => h("p.quiet", {}, `File ${block.external_id ?? ""}`),
  table: (block) => h("div.table-scroll", { tabindex: 0, role: "group", "aria-label": "Table" }, h("table", {}, h("tbody", {}, (block.rows ?? []).map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell.type === "rich_text" ? richText(cell) : cell.text))))))),
};

/** The nodes of `blocks`. What this page does not know is named, never dropped silently. */
export function renderBlocks(blocks, surface) {
  return (blocks ?? []).map((block) => {
    try {
      const make = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : null;
      if (make) return make(block, surface);
    } catch (error) {
      // One malformed block must not take the rest of the page with it.
      console.error("a block that cannot be drawn", block, error);
    }
    return h("p.quiet", {}, `[${block?.type ?? "block"} cannot be shown here]`);
  });
}

const BARS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

/** One attachment: blocks, or the older fields, beside a colour bar. */
export function attachment(a, surface) {
  const box = h("div.attachment");
  const color = BARS[a.color] ?? (/^#?[0-9a-f]{3,8}$/i.test(a.color ?? "") ? `#${a.color.replace("#", "")}` : null);
  if (color) box.style.setProperty("--bar", color);
  const title = a.title && (a.title_link ? link(a.title_link, plain(a.title)) : plain(a.title));
  const body = a.blocks ? renderBlocks(a.blocks, surface) : [
    a.pretext && h("div.text", {}, mrkdwn(a.pretext)),
    a.author_name && h("p.quiet", {}, plain(a.author_name)),
    title && h("p.attachment-title", {}, title),
    a.text && h("div.text", {}, mrkdwn(a.text)),
    a.fields && h("div.fields", {}, a.fields.map((f) => h("div.text", {}, h("strong", {}, f.title), h("br"), mrkdwn(f.value)))),
    a.footer && h("p.quiet", {}, plain(a.footer), a.ts && ` · ${dayTitle(a.ts, zone(), now())} ${clockTime(a.ts, zone())}`),
    !a.text && !a.title && !a.fields && a.fallback,
  ];
  return h("div.attachment-wrap", {}, box, h("div.attachment-body", {}, body));
}

/** What is wrong with the inputs before the app sees them: block_id -> sentence. */
export function problems(blocks, surface) {
  const found = {};
  for (const block of blocks ?? []) {
    if (block.type !== "input") continue;
    const text = problem(block, surface.values[block.block_id]?.[block.element.action_id]?.[stateField(block.element.type)]);
    if (text) found[block.block_id] = text;
  }
  return found;
}

function problem({ element: el, optional }, value) {
  const empty = value === null || value === undefined || (Array.isArray(value) && !value.length) || (typeof value === "string" && !value.trim());
  if (empty) return optional ? null : "Please complete this required field.";
  if (typeof value !== "string") return null;
  if (el.min_length && value.length < el.min_length) return `Please use at least ${el.min_length} characters; there are ${value.length}.`;
  if (el.max_length && value.length > el.max_length) return `Please use at most ${el.max_length} characters; there are ${value.length}.`;
  if (el.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "Enter an email address like name@example.com.";
  if (el.type === "url_text_input" && !/^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(value)) return "Enter a full address, starting with https://.";
  if (el.type === "number_input") return numberProblem(el, value);
  return null;
}

function numberProblem(el, value) {
  const n = Number(value);
  if (!Number.isFinite(n)) return "Enter a number.";
  if (!el.is_decimal_allowed && !Number.isInteger(n)) return "Enter a whole number.";
  if (el.min_value !== undefined && n < Number(el.min_value)) return `Enter ${el.min_value} or more.`;
  if (el.max_value !== undefined && n > Number(el.max_value)) return `Enter ${el.max_value} or less.`;
  return null;
}
