// What can be made to go wrong, and the clock that can be moved: for trying what the bot does then.

import { fill, h } from "./dom.js";
import { announce, toast } from "./live.js";
import { faults, perform } from "./net.js";
import { now, on, zone } from "./store.js";
import { clockTime, dayTitle } from "./time.js";

const SKIPS = [["1 min", 60], ["5 min", 300], ["15 min", 900], ["30 min", 1800], ["1 hour", 3600], ["1 day", 86400]];

const FAULTS = [
  { field: "latency_ms", title: "Latency", help: "Every answer of the workspace takes this long.", unit: "ms", value: 2000, max: 60000, set: "Set" },
  { field: "rate_limit_next", title: "Rate limited (429)", help: "The next calls are refused with Retry-After.", unit: "calls", value: 3, max: 1000, set: "Refuse" },
  { field: "error_5xx_next", title: "Server error (5xx)", help: "The next calls fail inside the workspace.", unit: "calls", value: 3, max: 1000, set: "Fail" },
  { field: "lost_after_write_next", title: "Answer lost after the write", help: "The next calls take effect, but their answers never arrive.", unit: "calls", value: 1, max: 1000, set: "Lose" },
  { field: "outage_seconds", title: "Outage", help: "Nothing of the workspace's API can be reached.", unit: "seconds", value: 60, max: 86400, set: "Start" },
];

let stopClock = () => {};
let tick = () => {};
on("clock", () => tick());

function describe(switches) {
  const said = FAULTS.filter((f) => Number(switches[f.field]) > 0).map((f) => `${f.title}: ${switches[f.field]} ${f.unit}`);
  if (switches.rate_limits === false) said.push("Ordinary rate limits are off");
  return said;
}

/** Draws the panel with `frame(title, note, …content)`; returns its heading. */
export function drawLab(frame) {
  const current = h("ul.lab-current", { role: "list" });
  const limits = h("input", { type: "checkbox", checked: true });
  const refresh = async () => {
    try {
      const switches = await faults();
      limits.checked = switches.rate_limits !== false;
      const said = describe(switches);
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
  const id = `fault-${f.field}`;
  const input = h("input.input", { id, type: "number", min: 0, max: f.max, value: f.value, "aria-describedby": `${id}-help` });
  return h("form.lab-row", { onsubmit: (event) => { event.preventDefault(); apply({ [f.field]: Number(input.value) || 0 }, `${f.title}: ${input.value} ${f.unit}`); } },
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
  const own = h("input.input", { id: "skip-minutes", type: "number", min: 1, max: 100000, value: 10 });
  return h("section.lab-part", {}, h("h3", {}, "Clock"), face,
    h("p.hint", {}, "Skip ahead: reminders, escalations and deadlines on the way fire."),
    h("div.lab-skips", { role: "group", "aria-label": "Skip ahead by" }, SKIPS.map(([label, seconds]) => h("button.button", { type: "button", onclick: () => skip(label, seconds) }, `+${label}`))),
    h("form.lab-controls", { onsubmit: (event) => { event.preventDefault(); skip(`${own.value} min`, Math.round(Number(own.value) * 60)); } },
      h("label", { for: "skip-minutes" }, "Other"), own, h("span.quiet", {}, "min"), h("button.button", { type: "submit", "aria-label": "Skip by that many minutes" }, "Skip")));
}
