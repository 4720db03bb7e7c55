// Modals: the server holds the stack, this shows its top.

import { problems, renderBlocks, showError } from "./blocks.js";
import { Surface } from "./context.js";
import { openDialog } from "./dialog.js";
import { fill, h, iconButton, keepFocus } from "./dom.js";
import { announce, toast } from "./live.js";
import { closePopup } from "./menu.js";
import { textOf } from "./mrkdwn.js";
import { act, complain, told } from "./net.js";
import { on, state } from "./store.js";

const surfaces = new Map();
let box = null;
let shown = null;
let busy = false;

function surfaceOf(view) {
  if (!surfaces.has(view.id)) surfaces.set(view.id, new Surface({ type: "view", view_id: view.id }));
  return surfaces.get(view.id);
}

function forget() {
  closePopup();
  surfaces.clear();
  shown = null;
  busy = false;
  const gone = box;
  box = null;
  gone?.close();
}

/** Closes the top view (the app's `clear_on_close` decides about those below); the workspace tells the app. */
async function close() {
  if (!shown || shown.loading) {
    forget();
    return;
  }
  const answer = await act("close", { view_id: shown.id });
  if (answer.ok && state.online) return;
  // The workspace does not know this view any more, or cannot be asked: the person still gets out.
  forget();
}

function setBusy(value) {
  busy = value;
  const button = box?.el.querySelector(".submit");
  if (!button) return;
  button.toggleAttribute("disabled", value);
  button.setAttribute("aria-busy", String(value));
}

function showErrors(errors) {
  const view = shown;
  const surface = surfaceOf(view);
  surface.errors = errors;
  const boxes = [...box.body.querySelectorAll("[data-block]")];
  for (const el of boxes) showError(el, errors[el.dataset.block]);
  const placed = boxes.filter((el) => errors[el.dataset.block]);
  const labels = placed.map((el) => `${el.querySelector(".input-label").textContent}: ${errors[el.dataset.block]}`);
  const homeless = Object.entries(errors).filter(([id]) => !boxes.some((el) => el.dataset.block === id));
  for (const [id, text] of homeless) toast(`${id}: ${text}`, "error");
  if (!labels.length) return;
  announce(`${labels.length === 1 ? "One answer needs" : `${labels.length} answers need`} attention. ${labels.join(" ")}`);
  placed[0].querySelector("[data-fk]")?.focus();
  placed[0].scrollIntoView({ block: "nearest" });
}

async function submit() {
  if (busy || !shown) return;
  const view = shown;
  const surface = surfaceOf(view);
  const local = problems(view.blocks, surface);
  showErrors(local);
  if (Object.keys(local).length) return;
  setBusy(true);
  const answer = await act("submit", { view_id: view.id, state: surface.values });
  setBusy(false);
  if (answer.ok) {
    if (!state.online) forget();
  } else if (shown?.id === view.id && answer.errors) showErrors(answer.errors);
  else if (!told(answer.error)) complain(answer.error);
}

function submitOnEnter(event) {
  const single = event.target.matches("input:not([type=checkbox], [type=radio])");
  const chord = event.ctrlKey || event.metaKey;
  if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || !(single || chord)) return;
  if (!shown?.submit && !shown?.blocks?.some((b) => b.type === "input")) return;
  event.preventDefault();
  submit();
}

/** A block without the name that the workspace gave it. */
const content = ({ block_id: _, ...block }) => JSON.stringify(block);

/** Which of the blocks above the first field were not there before: what the app has to say about what was just done. */
function news(before, after) {
  const known = new Set((before ?? []).map(content));
  const field = after.findIndex((block) => block.type === "input");
  const above = field < 0 ? after : after.slice(0, field);
  return above.map((block, at) => at).filter((at) => !known.has(content(after[at])));
}

function focusTitle() {
  const title = box.el.querySelector("h2");
  title.tabIndex = -1;
  title.focus();
}

/** Shows what is new at the top, and says it. */
function showNews(at) {
  box.body.scrollTop = 0;
  focusTitle();
  announce(at.map((n) => box.body.children[n]?.innerText ?? "").filter(Boolean).join(" "));
}

function draw(view, depth) {
  const same = shown?.id === view.id;
  const fresh = same ? news(shown.blocks, view.blocks ?? []) : [];
  const surface = surfaceOf(view);
  const restore = same ? keepFocus(box.el) : null;
  const scroll = same ? box.body.scrollTop : 0;
  if (!same) surface.errors = {};
  shown = view;
  surface.begin();
  // Typing into an input takes its error away.
  surface.onchange = (block) => {
    if (!surface.errors[block.block_id]) return;
    delete surface.errors[block.block_id];
    const el = box.body.querySelector(`[data-block="${CSS.escape(block.block_id)}"]`);
    if (el) showError(el, null);
  };
  const head = box.el.querySelector(".modal-head");
  head.querySelector(".modal-back")?.remove();
  const back = depth > 1 && !view.clear_on_close;
  if (back) head.prepend(iconButton("back", "Back to the previous form", close, { class: "modal-back" }));
  head.querySelector(".modal-close").hidden = back;
  fill(head.querySelector("h2"), textOf(view.title) || "Form");
  fill(box.body, renderBlocks(view.blocks, surface));
  const canSubmit = view.submit || view.blocks?.some((b) => b.type === "input");
  const foot = box.el.querySelector(".modal-foot");
  fill(foot,
    h("button.button", { type: "button", onclick: close }, textOf(view.close) || (canSubmit ? "Cancel" : "Close")),
    canSubmit && h("button.button.button-primary.submit", { type: "button", onclick: submit }, textOf(view.submit) || "Submit"));
  setBusy(busy && same);
  if (fresh.length) showNews(fresh);
  else if (same) {
    box.body.scrollTop = scroll;
    restore();
    // The button that was pressed was drawn anew.
    if (!box.el.contains(document.activeElement)) focusTitle();
  } else {
    box.body.scrollTop = 0;
    const first = [...box.body.querySelectorAll("[data-fk]")].find((el) => !el.disabled);
    (first ?? foot.querySelector("button")).focus();
  }
}

function show({ view, stack_depth: depth = 1, loading }) {
  if (!view && !loading) {
    if (box) forget();
    return;
  }
  if (!box) {
    const own = openDialog({ title: "", body: null, foot: [""], className: "modal-view", dismiss: close, onclose: () => { if (box === own) forget(); } });
    own.body.addEventListener("keydown", submitOnEnter);
    box = own;
  }
  closePopup();
  if (view) draw(view, depth);
  if (!view || loading) {
    shown = view ?? { loading: true };
    if (!view) {
      fill(box.el.querySelector("h2"), "Loading");
      fill(box.body, h("p.quiet.loading", { role: "status" }, "Loading…"));
      fill(box.el.querySelector(".modal-foot"));
    }
  }
  box.el.classList.toggle("is-loading", Boolean(loading));
}

/** Starts showing views as the server sends them. */
export function startViews() {
  on("view", show);
}
