// One select for every Slack menu: a button that opens a filter and a list. Options may come from the app.

import { fill, h, icon, refocus, uid } from "./dom.js";
import { announce } from "./live.js";
import { popup, toggledOff } from "./menu.js";

/**
 * Options: `chosen` (list of { key, label, data }), `multi`, `clearable`, `max`, `placeholder`, `label` / `labelledby` /
 * `describedby`, `fk`, `load(query)` -> promise of [{ heading?, options: [{ key, label, note, data }] }], `minQuery`,
 * `onchange(list)`. Returns { el, control, set }.
 */
export function select(options) {
  const { multi, clearable, placeholder = "Select an option", max = Infinity, load, onchange, minQuery = 0 } = options;
  let chosen = [...options.chosen];
  const valueId = uid("value");
  const value = h("span.select-value", { id: valueId });
  const control = h("button.select", {
    type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-describedby": options.describedby,
    "aria-labelledby": options.labelledby ? `${options.labelledby} ${valueId}` : undefined,
    "aria-label": options.labelledby ? undefined : options.label, data: { fk: options.fk },
  }, value, icon("down"));
  const chips = h("span.chips");
  const clear = h("button.select-clear", { type: "button", "aria-label": `Clear ${options.label ?? ""}`.trim(), title: "Clear", onclick: () => { change([]); control.focus(); } }, icon("close"));
  const el = h("span.select-wrap", { class: multi ? "select-multi" : "" }, multi && chips, control, clear);

  const draw = () => {
    const one = chosen[0];
    fill(value, multi ? placeholder : (one?.label ?? placeholder));
    value.classList.toggle("quiet", multi || !one);
    clear.hidden = multi || !clearable || !one;
    if (!options.labelledby) control.setAttribute("aria-label", [options.label, ...chosen.map((c) => c.label)].filter(Boolean).join(": ") || placeholder);
    if (!multi) return;
    fill(chips, chosen.map((c) => h("span.chip", {}, c.label, h("button.chip-remove", { type: "button", "aria-label": `Remove ${c.label}`, onclick: () => remove(c) }, icon("close")))));
  };
  const remove = (c) => {
    change(chosen.filter((other) => other.key !== c.key));
    control.focus();
  };
  const change = (next) => {
    chosen = next;
    draw();
    onchange(chosen);
  };
  control.addEventListener("click", () => {
    if (!toggledOff(control)) open();
  });
  control.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open();
  });

  function open() {
    const listId = uid("list");
    const search = h("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list",
      "aria-label": `Filter: ${options.label || placeholder}`, placeholder: "Type to filter", autocomplete: "off", spellcheck: "false",
    });
    const list = h("div.options", { role: "listbox", id: listId, "aria-label": options.label || placeholder, "aria-multiselectable": multi ? "true" : undefined });
    const status = h("p.quiet.options-status", {});
    const box = popup(control, [search, list, status], { label: options.label || placeholder, focus: search, wide: true });
    let shown = [];
    let at = -1;
    let asked = 0;

    const isChosen = (o) => chosen.some((c) => c.key === o.key);
    const mark = (index) => {
      at = index;
      shown.forEach(({ node }, i) => node.classList.toggle("active", i === at));
      const node = shown[at]?.node;
      if (node) {
        search.setAttribute("aria-activedescendant", node.id);
        node.scrollIntoView({ block: "nearest" });
      } else search.removeAttribute("aria-activedescendant");
    };
    const choose = (o) => {
      if (!multi) {
        box.close();
        refocus(control);
        change([o]);
        return;
      }
      if (isChosen(o)) change(chosen.filter((c) => c.key !== o.key));
      else if (chosen.length >= max) announce(`No more than ${max} can be chosen.`);
      else change([...chosen, o]);
      for (const entry of shown) entry.node.setAttribute("aria-selected", String(isChosen(entry.option)));
      box.place();
      search.focus();
    };
    const optionNode = (o) => {
      const node = h("div.option", { role: "option", id: uid("option"), "aria-selected": String(isChosen(o)) },
        h("span.option-text", {}, h("span", {}, o.label), o.note && h("span.option-note", {}, o.note)), icon("check"));
      node.addEventListener("pointerdown", (event) => event.preventDefault());
      node.addEventListener("click", () => choose(o));
      shown.push({ node, option: o });
      return node;
    };
    const fetchOptions = async () => {
      const query = search.value.trim();
      asked += 1;
      const mine = asked;
      if (query.length < minQuery) {
        shown = [];
        fill(list);
        fill(status, `Type ${minQuery === 1 ? "a letter" : `${minQuery} letters`} to search.`);
        return;
      }
      fill(status, "Loading…");
      const groups = await load(query);
      if (mine !== asked) return;
      shown = [];
      fill(list, groups.filter((g) => g.options.length).map((g) => {
        if (!g.heading) return g.options.map(optionNode);
        const id = uid("heading");
        return h("div", { role: "group", "aria-labelledby": id }, h("div.menu-heading", { id }, g.heading), g.options.map(optionNode));
      }));
      fill(status, shown.length ? "" : "Nothing found.");
      status.hidden = shown.length > 0;
      mark(Math.max(0, shown.findIndex((s) => isChosen(s.option))));
      announce(`${shown.length} option${shown.length === 1 ? "" : "s"}`);
      box.place();
    };
    let timer = 0;
    search.addEventListener("input", () => {
      clearTimeout(timer);
      status.hidden = false;
      timer = setTimeout(fetchOptions, options.remote ? 250 : 0);
    });
    search.addEventListener("keydown", (event) => {
      const last = shown.length - 1;
      const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, PageDown: Math.min(last, at + 8), PageUp: Math.max(0, at - 8) }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        mark(to);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (shown[at]) choose(shown[at].option);
      } else if (event.key === "Backspace" && !search.value && multi && chosen.length) {
        change(chosen.slice(0, -1));
      }
    });
    fetchOptions();
  }

  draw();
  return {
    el,
    control,
    set(next) {
      chosen = [...next];
      draw();
    },
  };
}

/** Groups narrowed to the options whose words contain `query`. */
export function matching(groups, query) {
  const wanted = query.toLowerCase();
  return groups.map((g) => ({ ...g, options: g.options.filter((o) => `${o.label} ${o.note ?? ""} ${o.more ?? ""}`.toLowerCase().includes(wanted)) }));
}
