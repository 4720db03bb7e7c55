// What can be made to go wrong, and the clock that can be moved: for trying what the bot does then.

import { fill, h, icon } from "./dom.js";
import { announce, toast } from "./live.js";
import { faults, perform } from "./net.js";
import { emit, now, on, state, zone } from "./store.js";
import { clockTime, dayTitle } from "./time.js";

const SKIPS = [["1 min", 60], ["5 min", 300], ["15 min", 900], ["30 min", 1800], ["1 hour", 3600], ["1 day", 86400]];

/** What a row switches on: `make(n)` is the fault with the row's number in it. */
const FAULTS = [
  { id: "latency", title: "Latency", help: "Every answer of the workspace takes this much longer.", unit: "ms", value: 2000, max: 60000, set: "Set", make: (n) => ({ kind: "latency", millis: n }) },
  { id: "rate_limited", title: "Rate limited (429)", help: "The next calls are refused with Retry-After: 30.", unit: "calls", value: 3, max: 1000, set: "Refuse", make: (n) => ({ kind: "rate_limited", retry_after: 30, calls: n }) },
  { id: "server_error", title: "Server error (500)", help: "The next calls fail inside the workspace; nothing is done.", unit: "calls", value: 3, max: 1000, set: "Fail", make: (n) => ({ kind: "server_error", status: 500, calls: n }) },
  { id: "drop_before", title: "Connection lost before the call", help: "The next calls never arrive.", unit: "calls", value: 1, max: 1000, set: "Drop", make: (n) => ({ kind: "drop_before", calls: n }) },
  { id: "drop_after", title: "Answer lost after the write", help: "The next calls take effect, but their answers never arrive.", unit: "calls", value: 1, max: 1000, set: "Lose", make: (n) => ({ kind: "drop_after", calls: n }) },
  { id: "timeout_after", title: "No answer after the write", help: "The next calls take effect, and nothing ever answers them.", unit: "calls", value: 1, max: 1000, set: "Keep silent", make: (n) => ({ kind: "timeout_after", calls: n }) },
  { id: "error_after", title: "Server error after the write", help: "The next calls take effect, and are answered with 500.", unit: "calls", value: 1, max: 1000, set: "Fail", make: (n) => ({ kind: "error_after", calls: n }) },
  { id: "outage", title: "Slack is down", help: "Nothing of Slack's API works, and pages go by the other ways first: look at Phones.", unit: "seconds", value: 600, max: 86400, set: "Start", make: (n) => ({ kind: "outage", seconds: n }) },
];

const TITLES = Object.fromEntries(FAULTS.map((f) => [f.id, f.title]));

/** How much faster than usual the clock can run. */
const FAST = 30;
let fast = 0;

export const runsFast = () => fast > 0;

/** Lets the clock run fast, or as usual. It moves ahead each second for as long as this window is open. */
function runFast(wanted) {
  if (wanted === runsFast()) return;
  clearInterval(fast);
  fast = wanted ? setInterval(async () => {
    const answer = await perform("clock", { advance_seconds: FAST - 1 });
    if (!answer.ok) runFast(false);
  }, 1000) : 0;
  announce(wanted ? `The clock runs ${FAST} times as fast` : "The clock runs as usual");
  emit("fast");
}

let stopClock = () => {};
let tick = () => {};
let redrawRun = () => {};
on("fast", () => redrawRun());
on("clock", () => tick());

function describe({ kind, millis, calls, seconds, ends, methods }) {
  const much = [
    millis && `${millis} ms`,
    calls && `${calls} more call${calls > 1 ? "s" : ""}`,
    ends ? `until ${clockTime(Date.parse(ends) / 1000, zone(), true)}` : seconds && `${seconds} seconds`,
    methods && methods !== "*" && `on ${methods}`,
  ].filter(Boolean);
  return [TITLES[kind] ?? kind, much.join(", ")].filter(Boolean).join(": ");
}

/** Draws the panel with `frame(title, note, …content)`; returns its heading. */
export function drawLab(frame) {
  const current = h("ul.lab-current", { role: "list" });
  const limits = h("input", { type: "checkbox", checked: true });
  const refresh = async () => {
    try {
      const switches = await faults();
      limits.checked = switches.rate_limits !== false;
      const said = switches.faults.map(describe);
      if (!limits.checked) said.push("Slack's ordinary rate limits are off");
      fill(current, said.length ? said.map((text) => h("li.lab-on", {}, text)) : h("li.quiet", {}, "Everything works normally."));
    } catch {
      fill(current, h("li.quiet", {}, "The switches cannot be read right now."));
    }
  };
  const apply = async (fields, words) => {
    const answer = await perform("fault", fields);
    if (answer.ok) announce(words);
    refresh();
  };
  limits.addEventListener("change", () => apply({ rate_limits: limits.checked }, limits.checked ? "Rate limits on" : "Rate limits off"));
  const heading = frame("Faults and clock", "for the whole workspace", h("div.lab", {},
    clockPart(),
    h("section.lab-part", {}, h("h3", {}, "Faults"), current, FAULTS.map((f) => faultRow(f, apply)),
      h("label.choice", {}, limits, h("span", {}, "Keep Slack's ordinary rate limits")),
      h("button.button.button-danger", { type: "button", onclick: () => apply({ clear: true }, "All faults cleared") }, "Clear all faults"))));
  refresh();
  return heading;
}

function faultRow(f, apply) {
  const id = `fault-${f.id}`;
  const input = h("input.input", { id, type: "number", min: 1, max: f.max, required: true, value: f.value, "aria-describedby": `${id}-help` });
  return h("form.lab-row", { onsubmit: (event) => { event.preventDefault(); apply({ fault: f.make(Number(input.value) || 1) }, `${f.title}: ${input.value} ${f.unit}`); } },
    h("label", { for: id }, f.title), h("p.hint", { id: `${id}-help` }, f.help),
    h("span.lab-controls", {}, input, h("span.quiet", {}, f.unit), h("button.button", { type: "submit", "aria-label": `${f.set}: ${f.title}` }, f.set)));
}

function clockPart() {
  const face = h("p.lab-clock");
  const draw = () => fill(face, `${dayTitle(now(), zone(), now())}, ${clockTime(now(), zone(), true)}`, h("span.quiet", {}, ` ${zone()}`));
  stopClock();
  const timer = setInterval(() => (face.isConnected ? draw() : stopClock()), 1000);
  stopClock = () => clearInterval(timer);
  tick = draw;
  draw();
  const skip = async (label, seconds) => {
    const answer = await perform("clock", { advance_seconds: seconds });
    if (!answer.ok) return;
    toast(`The clock moved ${label} ahead.`, "success");
  };
  if (!state.clockMoves) return h("section.lab-part", {}, h("h3", {}, "Clock"), face, h("p.hint", {}, "This workspace's clock follows the machine's."));
  const run = h("button.button", { type: "button", "aria-pressed": String(runsFast()), onclick: () => runFast(!runsFast()) });
  const drawRun = () => {
    run.setAttribute("aria-pressed", String(runsFast()));
    fill(run, icon("clock"), `Run ${FAST} times as fast`);
  };
  redrawRun = drawRun;
  drawRun();
  const own = h("input.input", { id: "skip-minutes", type: "number", min: 1, max: 100000, value: 10 });
  return h("section.lab-part", {}, h("h3", {}, "Clock"), face,
    h("div.lab-skips", {}, run), h("p.hint", {}, "Half a minute goes by each second, while this window is open: watch a page go unanswered."),
    h("p.hint", {}, "Skip ahead: reminders, escalations and deadlines on the way fire."),
    h("div.lab-skips", { role: "group", "aria-label": "Skip ahead by" }, SKIPS.map(([label, seconds]) => h("button.button", { type: "button", onclick: () => skip(label, seconds) }, `+${label}`))),
    h("form.lab-controls", { onsubmit: (event) => { event.preventDefault(); skip(`${own.value} min`, Math.round(Number(own.value) * 60)); } },
      h("label", { for: "skip-minutes" }, "Other"), own, h("span.quiet", {}, "min"), h("button.button", { type: "submit", "aria-label": "Skip by that many minutes" }, "Skip")));
}
