// What is said aloud: toasts for the eye and a live region for screen readers.

import { h, iconButton } from "./dom.js";

/** The innermost open dialog, else the page: outside it everything is inert, for screen readers too. */
export function topLayer(page = document.body) {
  const open = [...document.querySelectorAll("dialog[open]")];
  return open.at(-1) ?? page;
}

function region(kind, make) {
  const host = topLayer();
  let el = host.querySelector(`:scope > .${kind}`);
  if (!el) {
    el = make();
    host.append(el);
  }
  return el;
}

/** Has a screen reader say `text` without showing it. */
export function announce(text) {
  const el = region("live", () => h("div.live.sr", { "aria-live": "polite" }));
  // A fresh node each time, so that the same words twice are said twice. The region itself may be new: give assistive
  // technology a moment to notice it before it changes.
  setTimeout(() => {
    el.append(h("p", {}, text));
    while (el.children.length > 4) el.firstElementChild.remove();
  }, 30);
}

/** Shows a passing notice. `level`: info, success, warning or error; errors stay until dismissed. Returns how to take it away. */
export function toast(text, level = "info") {
  const host = region("toasts", () => h("div.toasts", { role: "region", "aria-label": "Notices" }));
  const close = () => el.remove();
  const el = h("div.toast", { class: `toast-${level}`, role: level === "error" ? "alert" : "status" }, h("p", {}, text),
    iconButton("close", "Dismiss", close));
  host.append(el);
  while (host.children.length > 4) host.firstElementChild.remove();
  if (level === "error") return close;
  let timer = setTimeout(close, 7000);
  el.addEventListener("mouseenter", () => clearTimeout(timer));
  el.addEventListener("focusin", () => clearTimeout(timer));
  el.addEventListener("mouseleave", () => { timer = setTimeout(close, 3000); });
  return close;
}
