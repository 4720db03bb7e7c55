// Popups: one at a time, in the top layer, closed by Esc or a click elsewhere, with the focus given back.

import { append, h, refocus, uid } from "./dom.js";
import { topLayer } from "./live.js";

let current = null;

function place(box, anchor, align) {
  const a = anchor.getBoundingClientRect();
  const gap = 4;
  const edge = 8;
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = window.innerHeight - a.bottom - edge;
  const top = height <= below || below > a.top ? a.bottom + gap : Math.max(edge, a.top - height - gap);
  let left = align === "end" ? a.right - width : a.left;
  left = Math.max(edge, Math.min(left, window.innerWidth - width - edge));
  box.style.setProperty("left", `${left}px`);
  box.style.setProperty("top", `${Math.max(edge, Math.min(top, window.innerHeight - height - edge))}px`);
}

/** Closes the open popup, if any. */
export const closePopup = () => current?.close();

/**
 * Shows `content` at `anchor`. Options: `label`, `role`, `align` ("end"), `focus` (element that gets it), `wide` (as wide
 * as the anchor), `onclose`. Returns { el, close, place }.
 */
export function popup(anchor, content, { label, role = "dialog", align, focus, wide, onclose } = {}) {
  closePopup();
  const box = h("div.popup", { popover: "manual", role, "aria-label": label }, content);
  const self = { el: box, anchor, place: () => place(box, anchor, align) };
  const within = () => box.contains(document.activeElement);
  self.close = (giveBack = within()) => {
    if (current !== self) return;
    current = null;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", keys, true);
    window.removeEventListener("resize", self.place);
    anchor.setAttribute("aria-expanded", "false");
    box.remove();
    if (giveBack) refocus(anchor);
    onclose?.();
  };
  const outside = (event) => {
    // A press on the anchor is left to its own click handler, which toggles.
    if (!box.contains(event.target) && !anchor.contains(event.target)) self.close(false);
  };
  const keys = (event) => {
    if (event.key === "Escape") {
      // Before a <dialog> or the page hears of it: Esc closes one thing at a time.
      event.preventDefault();
      event.stopPropagation();
      self.close(true);
    } else if (event.key === "Tab" && within()) {
      const stops = [...box.querySelectorAll("input, button, a[href], textarea, [tabindex='0']")].filter((el) => el.tabIndex >= 0 && !el.disabled);
      const leaving = event.shiftKey ? document.activeElement === stops[0] : document.activeElement === stops.at(-1);
      if (leaving || stops.length < 2) self.close(true);
    }
  };
  const host = anchor.closest("dialog") ?? topLayer(document.getElementById("main"));
  host.append(box);
  box.showPopover?.();
  if (wide) box.style.setProperty("min-width", `${anchor.offsetWidth}px`);
  self.place();
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", keys, true);
  window.addEventListener("resize", self.place);
  current = self;
  focus?.focus();
  return self;
}

/** True, and closes it, when the popup that is open belongs to `anchor`: a second press on a button closes its menu. */
export function toggledOff(anchor) {
  if (current?.anchor !== anchor) return false;
  closePopup();
  return true;
}

/**
 * A menu at `anchor`. Items: { label, onpick, href, danger, checked, note, node } or { heading }, or null for a line.
 */
export function openMenu(anchor, items, { label, align } = {}) {
  if (toggledOff(anchor)) return;
  const close = (run) => {
    box.close(true);
    run?.();
  };
  const list = h("div.menu");
  let group = list;
  for (const item of items) {
    if (item === null) {
      group = list;
      list.append(h("div.menu-line", { role: "separator" }));
    } else if (item.heading) {
      const id = uid("group");
      group = h("div", { role: "group", "aria-labelledby": id }, h("div.menu-heading", { id }, item.heading));
      list.append(group);
    } else {
      group.append(menuItem(item, close));
    }
  }
  const box = popup(anchor, list, { role: "menu", label: label ?? anchor.getAttribute("aria-label") ?? anchor.textContent, align });
  const entries = [...list.querySelectorAll(".menu-item")];
  entries[0]?.focus();
  roam(list, entries);
}

function menuItem(item, close) {
  const props = {
    tabindex: -1,
    role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? undefined : String(item.checked),
    class: item.danger ? "danger" : "",
  };
  const body = [item.node, h("span.menu-label", {}, item.label), item.note && h("span.menu-note", {}, item.note)];
  if (item.href) {
    return append(h("a.menu-item", { ...props, href: item.href, target: "_blank", rel: "noopener noreferrer", onclick: () => close(item.onpick) }), body);
  }
  return append(h("button.menu-item", { ...props, type: "button", onclick: () => close(item.onpick) }), body);
}

/** Arrow keys, Home, End and first letters move among `entries`. */
function roam(root, entries) {
  let typed = "";
  let typedAt = 0;
  root.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const last = entries.length - 1;
    let to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined && event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
      typed = event.timeStamp - typedAt > 800 ? event.key : typed + event.key;
      typedAt = event.timeStamp;
      to = entries.findIndex((el) => el.textContent.trim().toLowerCase().startsWith(typed.toLowerCase()));
    }
    if (to === undefined || to < 0) return;
    event.preventDefault();
    entries[to].focus();
  });
}
