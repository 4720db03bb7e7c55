// The page: who acts, which channel is open, and the parts that show it.

import { fill, h } from "./dom.js";
import { closePopup } from "./menu.js";
import { redrawAll } from "./messages.js";
import { bootstrap, refetch, stream } from "./net.js";
import { focusPane, openChannel, startPane } from "./pane.js";
import { startSide } from "./side.js";
import { closeDrawer, openDm, startSidebar } from "./sidebar.js";
import { emit, now, on, remember, remembered, state, zone } from "./store.js";
import { openSwitcher } from "./switcher.js";
import { dayKey } from "./time.js";
import { startViews } from "./views.js";

const main = document.getElementById("main");
const sidebar = document.getElementById("sidebar");

/** The channel that the address names, else the last one seen, else the first. */
function wanted() {
  const [, id, tab] = location.hash.split("/");
  if (state.channels.has(id)) return [id, tab];
  const last = remembered(`channel.${state.me}`);
  if (state.channels.has(last)) return [last];
  const all = [...state.channels.values()].filter((c) => c.is_member && !c.archived);
  return [(all.find((c) => c.name === "general") ?? all.find((c) => c.kind === "public") ?? all[0])?.id];
}

async function go(id, tab, { push = true, focus = true } = {}) {
  // A channel just made may be answered before it is announced.
  if (id && !state.channels.has(id)) await refetch();
  if (!state.channels.has(id)) return;
  closeDrawer();
  closePopup();
  const moved = state.current !== id;
  if (moved && state.side && !["lab", "phones"].includes(state.side.kind)) emit("side", null);
  const hash = `#/${id}${tab ? `/${tab}` : ""}`;
  if (push && location.hash !== hash) history.pushState(null, "", hash);
  remember(`channel.${state.me}`, id);
  const opened = openChannel(id, tab);
  if (focus) focusPane();
  await opened;
}

function clicks(event) {
  if (event.target.closest(".skip")) {
    // Not by its address: that is where the open channel is kept.
    event.preventDefault();
    (main.querySelector(".message[tabindex='0']") ?? main).focus();
    return;
  }
  const target = event.target.closest("[data-goto], [data-dm]");
  if (target?.dataset.goto) {
    const id = target.dataset.goto;
    if (state.channels.has(id)) emit("open", id);
  } else if (target?.dataset.dm) openDm(target.dataset.dm);
}

/** Ctrl+K goes anywhere; F6 goes round the regions, as in desktop programs; Esc closes the drawer. */
function keys(event) {
  if (event.key === "Escape" && document.body.classList.contains("drawer-open")) {
    closeDrawer();
    document.querySelector(".drawer-button")?.focus();
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    closePopup();
    openSwitcher();
  }
  if (event.key !== "F6" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const stops = [
    sidebar.querySelector("[aria-current]") ?? sidebar.querySelector("button"),
    main.querySelector(".message[tabindex='0']") ?? main.querySelector("h1"),
    main.querySelector("#composer textarea"),
    document.querySelector("#side:not([hidden]) h2, #side:not([hidden]) textarea"),
  ].filter(Boolean);
  const held = document.activeElement;
  const regionOf = (el) => el.closest("#composer, #side, #sidebar, #main");
  const at = stops.findIndex((el) => held && regionOf(el) === regionOf(held));
  stops[(at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length].focus();
}

function failed(retry) {
  fill(main, h("div.boot", { role: "alert" }, h("h1", {}, "The workspace does not answer"),
    h("p", {}, "Is the sandbox still running? This page tries again by itself."),
    h("button.button.button-primary", { type: "button", onclick: retry }, "Try now")));
}

async function start() {
  const asked = new URLSearchParams(location.search).get("as") ?? remembered("as") ?? "";
  try {
    // Who one is, then the stream, then everything again: nothing that happens in between is missed.
    await bootstrap(asked);
    await stream();
    await bootstrap(state.me);
  } catch (error) {
    if (error.status === 400 && asked) {
      // Nobody by that name here (another workspace's address, or a fresh start): begin as whoever is first.
      remember("as", "");
      location.replace(location.pathname);
      return;
    }
    let timer = 0;
    const again = () => {
      clearTimeout(timer);
      start();
    };
    timer = setTimeout(again, 1000);
    failed(again);
    return;
  }
  remember("as", state.me);
  const url = new URL(location.href);
  if (url.searchParams.get("as") !== state.me) {
    url.searchParams.set("as", state.me);
    history.replaceState(null, "", url);
  }
  startSidebar(sidebar);
  startPane(main);
  startSide(document.getElementById("side"));
  on("switcher", openSwitcher);
  on("open", (id, tab) => go(id, tab));
  let day = dayKey(now(), zone());
  on("clock", () => {
    // On another day "today" is another one. Otherwise rows stay: what is drawn anew under a pressed button is not pressed.
    if (day === dayKey(now(), zone())) return;
    day = dayKey(now(), zone());
    redrawAll();
    emit("messages", { channel: state.current });
  });
  on("boot", () => {
    if (state.channels.has(state.current)) return;
    const [id] = wanted();
    if (id) go(id, undefined, { focus: false });
  });
  document.addEventListener("click", clicks);
  document.addEventListener("keydown", keys);
  document.getElementById("scrim").addEventListener("click", closeDrawer);
  window.addEventListener("popstate", () => {
    const [id, tab] = wanted();
    go(id, tab, { push: false });
  });
  emit("boot");
  emit("online");
  const [id, tab] = wanted();
  await go(id, tab, { push: false });
}

startViews();
start();
