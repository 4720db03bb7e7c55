// The interactive side of one surface (a message, a view, a home): its values and its actions.

import { ask } from "./dialog.js";
import { act, complain, told } from "./net.js";
import { state } from "./store.js";

/** Which field of the element holds its first value, and which field of the state holds the current one. */
const FIELDS = {
  plain_text_input: ["initial_value", "value"],
  email_text_input: ["initial_value", "value"],
  url_text_input: ["initial_value", "value"],
  number_input: ["initial_value", "value"],
  rich_text_input: ["initial_value", "rich_text_value"],
  static_select: ["initial_option", "selected_option"],
  external_select: ["initial_option", "selected_option"],
  radio_buttons: ["initial_option", "selected_option"],
  multi_static_select: ["initial_options", "selected_options", []],
  multi_external_select: ["initial_options", "selected_options", []],
  checkboxes: ["initial_options", "selected_options", []],
  users_select: ["initial_user", "selected_user"],
  multi_users_select: ["initial_users", "selected_users", []],
  conversations_select: ["initial_conversation", "selected_conversation"],
  multi_conversations_select: ["initial_conversations", "selected_conversations", []],
  channels_select: ["initial_channel", "selected_channel"],
  multi_channels_select: ["initial_channels", "selected_channels", []],
  datepicker: ["initial_date", "selected_date"],
  timepicker: ["initial_time", "selected_time"],
  datetimepicker: ["initial_date_time", "selected_date_time"],
};

/** The state field of an element type, undefined for those without state (button, overflow, image). */
export const stateField = (type) => FIELDS[type]?.[1];

function initial(el) {
  const [from, to, none = null] = FIELDS[el.type];
  let value = el[from] ?? none;
  if (value === null && el.default_to_current_conversation && state.channels.get(state.current)?.kind !== "home") {
    value = state.current;
  }
  return { type: el.type, [to]: value };
}

function offered(el, option) {
  if (!el.options && !el.option_groups) return true;
  const all = [...(el.options ?? []), ...(el.option_groups ?? []).flatMap((group) => group.options)];
  return all.some((o) => o.value === option?.value);
}

/** True when a kept value still makes sense for the element as it now is. */
function still(el, kept) {
  if (kept?.type !== el.type) return false;
  if (kept.selected_option) return offered(el, kept.selected_option);
  if (kept.selected_options) return kept.selected_options.every((o) => offered(el, o));
  return true;
}

/** Values and actions of a surface. It lives as long as the surface does, across every redraw. */
export class Surface {
  constructor(container) {
    this.container = container;
    this.values = {};
    this.touched = new Set();
    this.errors = {};
  }

  /** A fresh redraw: forgets elements that are gone, and values nobody typed. */
  begin() {
    this.before = this.values;
    this.values = {};
  }

  /** The element's value: what the person chose, else what the app proposes. */
  take(block, el) {
    const key = `${block.block_id} ${el.action_id}`;
    const kept = this.before?.[block.block_id]?.[el.action_id];
    // In a form what was typed stays. On a card the app says what is chosen now, if it says anything: others choose too.
    const told = this.container.type !== "view" && el[FIELDS[el.type][0]] !== undefined && !/_input$/.test(el.type);
    const value = this.touched.has(key) && !told && still(el, kept) ? kept : initial(el);
    this.put(block, el, value);
    return value[stateField(el.type)];
  }

  put(block, el, value) {
    (this.values[block.block_id] ??= {})[el.action_id] = value;
  }

  /** The person changed an element. */
  set(block, el, value) {
    this.touched.add(`${block.block_id} ${el.action_id}`);
    this.put(block, el, { type: el.type, [stateField(el.type)]: value });
    this.onchange?.(block);
  }

  current(block, el) {
    return this.values[block.block_id]?.[el.action_id]?.[stateField(el.type)];
  }

  /** A key that survives redraws, for giving the focus back. */
  key(block, el, part = "") {
    const c = this.container;
    return [c.type, c.view_id ?? c.ts, block.block_id, el.action_id, part].join("/");
  }

  /** Tells the app, after the element's own confirmation. True when it was told. */
  async fire(block, el, fields, node) {
    if (el.confirm && !(await ask(el.confirm))) return false;
    node?.setAttribute("aria-busy", "true");
    const answer = await act("block_action", {
      container: this.container, block_id: block.block_id, action_id: el.action_id, element_type: el.type, ...fields, state: this.values,
    });
    node?.removeAttribute("aria-busy");
    if (!answer.ok && !told(answer.error)) complain(answer.error);
    return true;
  }

  suggest(block, el, value) {
    return act("suggest", { container: this.container, block_id: block.block_id, action_id: el.action_id, value });
  }
}
