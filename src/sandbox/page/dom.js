// Small helpers to build DOM nodes. Data only ever becomes text nodes and attributes, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Adds strings, nodes and (nested) lists of them to `parent`; null, undefined and false are skipped. */
export function append(parent, kids) {
  for (const kid of kids) {
    if (kid === null || kid === undefined || kid === false) continue;
    if (Array.isArray(kid)) append(parent, kid);
    else parent.append(kid instanceof Node ? kid : String(kid));
  }
  return parent;
}

/** `h("button.primary", { type: "button", onclick }, "Text")`: one element with its attributes, listeners, children. */
export function h(spec, props, ...kids) {
  const [tag, ...classes] = spec.split(".");
  const el = document.createElement(tag || "div");
  if (classes.length) el.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "class") el.classList.add(...value.split(" ").filter(Boolean));
    else if (name === "data") Object.assign(el.dataset, value);
    else if (name === "value") el.value = value;
    else if (name === "checked") el.checked = true;
    else el.setAttribute(name, value === true ? "" : String(value));
  }
  return append(el, kids);
}

/** Replaces all children. */
export function fill(el, ...kids) {
  el.replaceChildren();
  return append(el, kids);
}

const PATHS = {
  hash: "M9.5 3 7 17M13.5 3 11 17M4 7.5h13M3 12.5h13",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5 5 15",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  smile: "M10 2.5a7.5 7.5 0 1 0 .01 0M7.5 8v.01M12.5 8v.01M6.5 12c1.5 2.5 5.5 2.5 7 0",
  reply: "M4 4.5h12v8.5H9l-4 3.5v-3.5H4zM7 7.5h6M7 10h4",
  pin: "M7 3h6l-.8 5 2.8 3H5l2.8-3zM10 11v6",
  send: "M3 4l14.5 6L3 16l2-6zM5 10h6",
  bolt: "M11.5 2 4.5 11.5h5L8.5 18l7-9.5h-5z",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.5a2 2 0 0 0 4 0V10a7 7 0 1 0-2.8 5.600",
  down: "M5 8l5 5 5-5",
  lab: "M8 3h4M8.5 3v5L4 16.5h12L11.5 8V3M6.5 12.5h7",
  people: "M7.5 9.5a3 3 0 1 0-.01 0M2 16.5c.5-5 10.5-5 11 0M13 4.200a3 3 0 0 1 0 5.200M15 11.800c1.700.6 2.8 2.100 3 4.700",
  home: "M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5",
  columns: "M3 4h14v12H3zM10 4v12",
  link: "M8.5 11.5l3-3M9 6l1.5-1.5a3.5 3.5 0 0 1 5 5L14 11M11 14l-1.5 1.5a3.5 3.5 0 0 1-5-5L6 9",
  eye: "M2 10c4-7 12-7 16 0-4 7-12 7-16 0zM12.5 10a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  back: "M12.5 4.5 7 10l5.5 5.5",
  search: "M8.5 3a5.5 5.5 0 1 0 .01 0M12.5 12.5 17 17",
  check: "M4 10.5l4 4 8-9",
  phone: "M6.5 2.5h7a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM9 15h2",
  message: "M3 4.5h14v9H9l-4 3v-3H3z",
  bell: "M5 14V9a5 5 0 0 1 10 0v5l1.500 1H3.500zM8.5 17h3",
  clock: "M10 2.5a7.5 7.5 0 1 0 .01 0M10 6v4.5l3 2",
};

/** A decorative line icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.append(path);
  return svg;
}

/** A button that shows an icon only; `label` is its name and tooltip. */
export function iconButton(name, label, onclick, props) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

let counter = 0;
/** A fresh id for aria references. */
export function uid(prefix = "x") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Puts the focus on `el`, or where it stood if it was drawn anew meanwhile (same `data-fk`). */
export function refocus(el) {
  if (!el) return false;
  let target = el;
  if (!el.isConnected && el.dataset?.fk) target = document.querySelector(`[data-fk="${CSS.escape(el.dataset.fk)}"]`);
  if (!target?.isConnected) return false;
  target.focus();
  return document.activeElement === target;
}

/** Remembers which keyed control inside `root` has the focus (and its caret); returns how to give it back. */
export function keepFocus(root) {
  const held = document.activeElement;
  if (!held || !root.contains(held)) return () => {};
  const caret = "selectionStart" in held ? safeCaret(held) : null;
  const key = held.closest("[data-fk]")?.dataset.fk;
  return () => {
    if (held.isConnected) {
      if (document.activeElement !== held) held.focus({ preventScroll: true });
      return;
    }
    const next = key && root.querySelector(`[data-fk="${CSS.escape(key)}"]`);
    const target = next || root.querySelector("[data-fallback-focus]");
    target?.focus({ preventScroll: true });
    if (next && caret && next.setSelectionRange) {
      try {
        next.setSelectionRange(...caret);
      } catch {
        // Number, date and email inputs have no caret to restore.
      }
    }
  };
}

function safeCaret(el) {
  try {
    return el.selectionStart === null ? null : [el.selectionStart, el.selectionEnd];
  } catch {
    return null;
  }
}

/**
 * Makes `parent`'s children match `items` ({ key, version, make }): nodes whose key and version are unchanged stay, so
 * that focus, scroll position and half-typed words inside them survive.
 */
export function reconcile(parent, items) {
  const restore = keepFocus(parent);
  const old = new Map([...parent.children].map((el) => [el.dataset.key, el]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const known = old.get(item.key);
    old.delete(item.key);
    if (known && known.version === item.version) {
      if (known === at) at = at.nextElementSibling;
      else parent.insertBefore(known, at);
      continue;
    }
    const el = item.make();
    el.dataset.key = item.key;
    el.version = item.version;
    if (known) {
      if (known === at) at = at.nextElementSibling;
      const hadFocus = known.contains(document.activeElement);
      known.replaceWith(el);
      if (hadFocus) el.dataset.fallbackFocus = "";
      if (el.nextElementSibling !== at) parent.insertBefore(el, at);
    } else {
      parent.insertBefore(el, at);
    }
  }
  for (const el of old.values()) el.remove();
  restore();
  parent.querySelector("[data-fallback-focus]")?.removeAttribute("data-fallback-focus");
}
