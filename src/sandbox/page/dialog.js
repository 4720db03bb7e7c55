// Modal dialogs on <dialog>: the browser traps the focus and makes the rest inert; the focus goes back on closing.

import { fill, h, iconButton, refocus, uid } from "./dom.js";
import { textObject, textOf } from "./mrkdwn.js";

/**
 * Opens a modal dialog. `title` and `body` are content; `foot` buttons; `onclose` is called once it is gone; `dismiss`
 * answers Esc and the close button (default: close). Returns { el, close }.
 */
export function openDialog({ title, body, foot, onclose, dismiss, className = "", closeLabel = "Close" }) {
  const back = document.activeElement;
  const id = uid("dialog");
  const el = h("dialog.modal", { "aria-labelledby": id, class: className });
  let open = true;
  const close = (value) => {
    if (!open) return;
    open = false;
    el.close();
    el.remove();
    if (!refocus(back) && document.activeElement === document.body) document.querySelector("#composer textarea, main")?.focus();
    onclose?.(value);
  };
  const dismissed = dismiss ?? (() => close());
  fill(el,
    h("header.modal-head", {}, h("h2", { id }, title), iconButton("close", closeLabel, () => dismissed(), { class: "modal-close" })),
    h("div.modal-body", {}, body),
    foot && h("footer.modal-foot", {}, foot));
  el.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismissed();
  });
  // Chromium lets a second Esc through without a cancelable event: whatever closed it, tell.
  el.addEventListener("close", () => open && dismissed());
  document.body.append(el);
  el.showModal();
  return { el, close, body: el.querySelector(".modal-body") };
}

/** Asks a confirmation object's question; resolves true when confirmed. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const danger = confirm.style === "danger" ? "button-danger" : "button-primary";
    const no = h("button.button", { type: "button", onclick: () => box.close(false) }, textOf(confirm.deny) || "Cancel");
    const yes = h("button.button", { type: "button", class: danger, onclick: () => box.close(true) }, textOf(confirm.confirm) || "OK");
    const box = openDialog({
      title: textOf(confirm.title) || "Are you sure?",
      body: h("div.text", {}, textObject(confirm.text)),
      foot: [no, yes],
      className: "modal-small",
      onclose: (value) => resolve(value === true),
    });
    (confirm.style === "danger" ? no : yes).focus();
  });
}
