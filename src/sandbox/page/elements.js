// Block Kit's interactive elements.

import { append, h, icon, uid } from "./dom.js";
import { stateField } from "./context.js";
import { emojiNode } from "./emoji.js";
import { complain } from "./net.js";
import { openMenu } from "./menu.js";
import { link, plain, safeUrl, textObject, textOf } from "./mrkdwn.js";
import { matching, select } from "./select.js";
import { channelName, people, state, userName, zone } from "./store.js";
import { fromLocal, localValue } from "./time.js";

/**
 * The node of an element. `label` is { id, text } of its input block's label and `describe` the ids of hint and error,
 * when it is in one; `quiet` elements do not tell the app of every change (inputs without `dispatch_action`), `clearable`
 * ones may be emptied again (optional inputs).
 */
export function element(el, block, surface, { label, describe, quiet, clearable } = {}) {
  const make = MAKERS[el.type];
  if (!make) return h("span.quiet", {}, `[${el.type ?? "element"} cannot be shown here]`);
  const name = label ? (label.control ? { id: label.control } : { "aria-labelledby": label.id }) : { "aria-label": textOf(el.accessibility_label) || textOf(el.placeholder) || el.action_id || el.type };
  const cx = {
    el, block, surface, label, describe, quiet, clearable,
    fk: surface.key(block, el),
    props: { ...name, "aria-describedby": describe, data: { fk: surface.key(block, el) } },
    /** Keeps the value and, unless quiet, tells the app; a refused confirmation calls `undo`. */
    async changed(value, node, undo) {
      const before = surface.current(block, el);
      surface.set(block, el, value);
      if (quiet) return;
      const told = await surface.fire(block, el, { [stateField(el.type)]: value }, node);
      if (told) return;
      surface.put(block, el, { type: el.type, [stateField(el.type)]: before });
      undo?.();
    },
  };
  return make(cx);
}

function button({ el, block, surface, fk }) {
  const props = {
    class: el.style === "primary" ? "button-primary" : el.style === "danger" ? "button-danger" : "",
    "aria-label": el.accessibility_label, data: { fk },
  };
  const text = plain(el.text?.text, el.text?.emoji !== false);
  const url = el.url && safeUrl(el.url);
  if (url) {
    return append(h("a.button", { ...props, href: url, target: "_blank", rel: "noopener noreferrer", onclick: () => surface.fire(block, { ...el, confirm: null }, { value: el.value }) }), text);
  }
  const node = append(h("button.button", { ...props, type: "button" }), text);
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-busy") !== "true") surface.fire(block, el, { value: el.value }, node);
  });
  return node;
}

function overflow({ el, block, surface, fk }) {
  const node = h("button.button.button-icon", { type: "button", "aria-label": el.accessibility_label ?? "More actions", title: "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: { fk } }, icon("more"));
  node.addEventListener("click", () => openMenu(node, (el.options ?? []).map((option) => ({
    label: textOf(option.text),
    note: textOf(option.description),
    href: option.url && safeUrl(option.url),
    onpick: () => surface.fire(block, el, { selected_option: option }, node),
  })), { align: "end" }));
  return node;
}

const toChoice = (option) => ({ key: option.value, label: textOf(option.text), note: textOf(option.description), data: option });
const toGroups = (from) => (from.option_groups
  ? from.option_groups.map((group) => ({ heading: textOf(group.label), options: (group.options ?? []).map(toChoice) }))
  : [{ options: (from.options ?? []).map(toChoice) }]);

const userChoice = (id) => ({ key: id, label: userName(id), note: state.users.get(id)?.title, more: state.users.get(id)?.name, data: id });
const channelChoice = (id) => {
  const c = state.channels.get(id);
  return { key: id, label: c ? `${c.kind === "im" ? "" : "# "}${channelName(c)}` : id, data: id };
};

function conversations(el) {
  const filter = el.filter ?? {};
  return [...state.channels.values()].filter((c) => c.kind !== "home" && !c.archived
    && (!filter.include || filter.include.includes(c.kind))
    && (c.kind !== "im" || !filter.exclude_bot_users || !state.users.get(c.im_user)?.is_bot)
    && (c.is_member || c.kind === "public")).map((c) => channelChoice(c.id));
}

const SOURCES = {
  static: (cx) => ({ choice: toChoice, load: async (query) => matching(toGroups(cx.el), query) }),
  external: (cx) => ({
    choice: toChoice,
    remote: true,
    minQuery: cx.el.min_query_length ?? 3,
    load: async (query) => {
      const answer = await cx.surface.suggest(cx.block, cx.el, query);
      if (!answer.ok) complain(answer.error);
      return answer.ok ? toGroups(answer) : [];
    },
  }),
  users: () => ({ choice: userChoice, load: async (query) => matching([{ options: people().map((u) => userChoice(u.id)) }], query) }),
  conversations: (cx) => ({ choice: channelChoice, load: async (query) => matching([{ options: conversations(cx.el) }], query) }),
  channels: () => ({ choice: channelChoice, load: async (query) => matching([{ options: conversations({ filter: { include: ["public"] } }) }], query) }),
};

function anySelect(cx) {
  const { el, block, surface } = cx;
  const [, multi, kind] = /^(multi_)?(\w+?)_select$/.exec(el.type);
  const source = SOURCES[kind](cx);
  const list = (value) => (value === null || value === undefined ? [] : [value].flat()).map(source.choice);
  const box = select({
    chosen: list(surface.take(block, el)),
    multi: Boolean(multi),
    clearable: cx.clearable,
    max: el.max_selected_items,
    placeholder: textOf(el.placeholder) || (kind === "users" ? "Choose a person" : "Choose an option"),
    label: cx.label?.text ?? (textOf(el.accessibility_label) || textOf(el.placeholder) || "Choose"),
    labelledby: cx.label?.id,
    describedby: cx.describe,
    fk: cx.fk,
    load: source.load,
    remote: source.remote,
    minQuery: source.minQuery,
    onchange(chosen) {
      const before = surface.current(block, el);
      const value = multi ? chosen.map((c) => c.data) : (chosen[0]?.data ?? null);
      cx.changed(value, box.control, () => box.set(list(before)));
    },
  });
  return box.el;
}

/** Calls `fn` shortly after the last change, at once on leaving or Enter: pickers report every keystroke. */
function settled(input, fn) {
  let timer = 0;
  const flush = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    fn();
  };
  input.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(flush, 700);
  });
  input.addEventListener("blur", flush);
  input.addEventListener("keydown", (event) => event.key === "Enter" && flush());
}

function picker(type, toText, fromText) {
  return (cx) => {
    const { el, block, surface } = cx;
    const value = surface.take(block, el);
    const input = h("input.input", { ...cx.props, type, value: value === null ? "" : toText(value, el) });
    const read = () => (input.value ? fromText(input.value, el) : null);
    // Keep what is there at every keystroke, so that a submit right after typing sends it; tell the app when it settles.
    input.addEventListener("input", () => surface.set(block, el, read()));
    settled(input, () => cx.changed(read(), input));
    const where = type === "date" ? null : h("span.quiet.zone", {}, el.timezone ?? zone());
    return h("span.picker", {}, input, where);
  };
}

function choices(type) {
  return (cx) => {
    const { el, block, surface } = cx;
    const multi = type === "checkbox";
    const value = [surface.take(block, el) ?? []].flat();
    const groupName = uid("choice");
    const box = h("div.choices", { role: multi ? "group" : "radiogroup", "aria-labelledby": cx.label?.id, "aria-label": cx.label ? undefined : cx.props["aria-label"], "aria-describedby": cx.describe });
    const inputs = (el.options ?? []).map((option, i) => {
      const noteId = option.description && uid("note");
      const input = h("input", { type, name: groupName, checked: value.some((o) => o.value === option.value), "aria-describedby": noteId, data: { fk: `${cx.fk}${i}` } });
      box.append(h("label.choice", {}, input, h("span", {}, h("span", {}, textObject(option.text)), noteId && h("span.choice-note", { id: noteId }, textObject(option.description)))));
      return input;
    });
    box.addEventListener("change", (event) => {
      const before = [surface.current(block, el) ?? []].flat();
      const picked = el.options.filter((_, i) => inputs[i].checked);
      cx.changed(multi ? picked : (picked[0] ?? null), event.target, () => {
        inputs.forEach((input, i) => { input.checked = before.some((o) => o.value === el.options[i].value); });
      });
    });
    return box;
  };
}

const TEXT_TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "text", rich_text_input: "text" };

function richToText(value) {
  const texts = (value?.elements ?? []).map((e) => (e.elements ?? []).map((p) => p.text ?? p.url ?? (p.name ? `:${p.name}:` : "")).join(""));
  return texts.join("\n");
}

const textToRich = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] });

function textInput(cx) {
  const { el, block, surface } = cx;
  const rich = el.type === "rich_text_input";
  const value = surface.take(block, el);
  const many = el.multiline || rich;
  const on = el.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const input = h(many ? "textarea.input" : "input.input", {
    ...cx.props,
    type: many ? undefined : TEXT_TYPES[el.type],
    rows: many ? 5 : undefined,
    inputmode: el.type === "number_input" ? (el.is_decimal_allowed ? "decimal" : "numeric") : undefined,
    placeholder: textOf(el.placeholder) || undefined,
    autocomplete: "off",
    value: (rich ? richToText(value) : value) ?? "",
  });
  const left = el.max_length && h("span.quiet.count", { "aria-hidden": "true" });
  const count = () => {
    if (left) left.textContent = input.value.length > el.max_length * 0.8 ? String(el.max_length - input.value.length) : "";
  };
  const read = () => {
    if (!input.value) return null;
    return rich ? textToRich(input.value) : input.value;
  };
  let timer = 0;
  input.addEventListener("input", () => {
    surface.set(block, el, read());
    count();
    if (cx.quiet || !on.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(() => cx.changed(read()), 300);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (many && !event.ctrlKey && !event.metaKey)) return;
    if (cx.quiet || !on.includes("on_enter_pressed")) return;
    event.preventDefault();
    cx.changed(read());
  });
  count();
  return left ? h("span.input-wrap", {}, input, left) : input;
}

/** An image element: pictures from elsewhere are not fetched, their description and a link stand in. */
export function image(el) {
  const url = safeUrl(el.image_url ?? el.slack_file?.url ?? "");
  const alt = textOf(el.alt_text) || "Image";
  if (url && new URL(url).origin === location.origin) return h("img", { src: url, alt, loading: "lazy" });
  return h("span.image-out", {}, emojiNode("frame_with_picture"), url ? link(url, alt) : alt);
}

const same = (value) => value;
const MAKERS = {
  button, overflow,
  workflow_button: button,
  static_select: anySelect, multi_static_select: anySelect, external_select: anySelect, multi_external_select: anySelect,
  users_select: anySelect, multi_users_select: anySelect, conversations_select: anySelect, multi_conversations_select: anySelect,
  channels_select: anySelect, multi_channels_select: anySelect,
  datepicker: picker("date", same, same),
  timepicker: picker("time", same, same),
  datetimepicker: picker("datetime-local", (v) => localValue(Number(v), zone()), (v) => fromLocal(v, zone())),
  radio_buttons: choices("radio"), checkboxes: choices("checkbox"),
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput, rich_text_input: textInput,
  image: ({ el }) => image(el),
};
