// Talking to the simulated workspace: first load, the live stream, and acts.

import { announce, toast } from "./live.js";
import { textOf } from "./mrkdwn.js";
import { author, emit, inChannel, on, state } from "./store.js";

/** Failures of the app itself: the workspace tells the person in its own words. */
const OF_APP = ["operation_timeout", "dispatch_failed", "http_service_error", "http_client_error", "invalid_command_response"];

export const reachedApp = (code) => OF_APP.includes(code);
export const told = (code) => reachedApp(code) || code === "invalid_command";

const NAMES = "Channel names have lower-case letters, digits, hyphens and underscores.";

const SENTENCES = {
  not_in_channel: "Join the channel first.",
  is_archived: "This channel is archived.",
  name_taken: "A channel with that name exists already.",
  invalid_name: NAMES,
  invalid_name_specials: NAMES,
  invalid_name_maxlength: "Channel names have at most 80 characters.",
  invalid_name_required: "A channel needs a name.",
  view_not_found: "This form is no longer open.",
  cant_update_message: "Only your own messages can be edited.",
  message_not_found: "That message is no longer there.",
  call_over: "It does not ring any more.",
  no_such_element: "That has just changed. Look at it again.",
  network: "The workspace cannot be reached. Is the sandbox still running?",
};

/** What a person reads for an error code. */
export const sentence = (code) => SENTENCES[code] ?? (/\s/.test(code ?? "") ? code : `That did not work (${code || "unknown error"}).`);

/** Takes away what says that the workspace cannot be reached; null while nothing says so. */
let unreached = null;
on("online", () => {
  if (!state.online) return;
  unreached?.();
  unreached = null;
});

/** Tells the person that something failed. What holds only while the workspace is away is taken back when it is there again. */
export function complain(code) {
  if (code !== "network") {
    toast(sentence(code), "error");
    return;
  }
  unreached?.();
  unreached = toast(sentence(code), "error");
}

async function get(path, params = {}) {
  const query = new URLSearchParams({ as: state.me, ...params });
  const answer = await fetch(`/sandbox/${path}?${query}`, { headers: { accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

/** Acts as the current person. Never throws: a network failure is `{ ok: false, error: "network" }`. */
export async function act(what, fields = {}) {
  try {
    const answer = await fetch("/sandbox/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: state.me, do: what, ...fields }),
    });
    const body = await answer.json();
    return typeof body?.ok === "boolean" ? body : { ok: false, error: `answer ${answer.status}` };
  } catch {
    return { ok: false, error: "network" };
  }
}

/** Acts, and tells the person when it failed. */
export async function perform(what, fields) {
  const answer = await act(what, fields);
  if (!answer.ok && !told(answer.error)) complain(answer.error);
  return answer;
}

const byId = (list) => new Map((list ?? []).map((item) => [item.id, item]));

/** Whole states that arrive while everything is read, to be set again afterwards; null at other times. */
let missed = null;
const WHOLE = ["channel", "unread", "view", "home", "arrival"];

/** Loads everything but messages; `as` may be empty on the very first visit. */
export async function bootstrap(as) {
  state.me = as;
  missed = [];
  const boot = await get("bootstrap").catch((error) => {
    missed = null;
    throw error;
  });
  state.me = typeof boot.me === "object" ? boot.me.id : boot.me || as;
  state.team = boot.team ?? state.team;
  state.users = byId(boot.users);
  state.groups = byId(boot.groups);
  state.channels = byId(boot.channels);
  state.commands = boot.commands ?? [];
  state.shortcuts = { global: boot.shortcuts?.global ?? [], message: boot.shortcuts?.message ?? [] };
  state.emoji = boot.emoji ?? {};
  state.hint = boot.hint ?? "";
  state.clockMoves = boot.clock_moves !== false;
  if (boot.now) state.clockOffset = boot.now - Date.now();
  state.numbers = new Map(Object.entries(boot.phones?.numbers ?? {}));
  state.arrivals = byId(boot.phones?.arrivals);
  if (boot.home) state.homes.set("home", boot.home);
  emit("view", { view: boot.view ?? null, stack_depth: boot.stack_depth ?? 1 });
  emit("boot");
  // What was told while the answer was on its way is newer than the answer.
  const again = missed ?? [];
  missed = null;
  for (const [name, data] of again) handlers[name](data);
}

const loading = new Map();
/** Changes that arrive while a channel loads: the answer may be older than they are. channel id -> functions */
const late = new Map();

/** Loads a channel's messages (or one thread's) into the store. */
export function loadMessages(channel, thread) {
  const key = `${channel} ${thread ?? ""}`;
  if (!loading.has(key)) loading.set(key, loadNow(channel, thread).finally(() => loading.delete(key)));
  return loading.get(key);
}

async function loadNow(channel, thread) {
  late.set(channel, late.get(channel) ?? []);
  try {
    const { messages } = await get("messages", thread ? { channel, thread } : { channel });
    const known = state.messages.get(channel) ?? new Map();
    // A full load replaces what the channel shows; threads already loaded and ephemeral messages stay.
    const next = thread ? known : new Map([...known].filter(([, m]) => m.ephemeral || !inChannel(m)));
    for (const message of messages ?? []) next.set(message.ts, message);
    for (const change of late.get(channel) ?? []) change(next);
    state.messages.set(channel, next);
    state.failed.delete(channel);
  } catch (error) {
    state.failed.set(channel, String(error.message ?? error));
  }
  late.delete(channel);
  emit("messages", { channel });
}

const handlers = {
  message({ channel, message }) {
    const known = state.messages.get(channel);
    const fresh = known && !known.has(message.ts);
    late.get(channel)?.push((all) => all.set(message.ts, message));
    known?.set(message.ts, message);
    if (known) emit("messages", { channel, fresh, message });
    if (fresh && channel === state.current && author(message).id !== state.me) {
      announce(`${author(message).name}: ${textOf({ type: "mrkdwn", text: message.text }) || "sent a message"}`);
    }
  },
  message_removed({ channel, ts }) {
    state.messages.get(channel)?.delete(ts);
    late.get(channel)?.push((all) => all.delete(ts));
    emit("messages", { channel });
  },
  channel(data) {
    const next = data.channel && typeof data.channel === "object" ? data.channel : data;
    if (!next.id) return;
    state.channels.set(next.id, { ...state.channels.get(next.id), ...next });
    emit("channels");
    emit("messages", { channel: next.id });
  },
  channels: () => refetch(),
  view: (data) => emit("view", data),
  home(data) {
    state.homes.set("home", data.view);
    emit("home");
  },
  unread({ channel, unread, mentions }) {
    const known = state.channels.get(channel);
    if (!known) return;
    Object.assign(known, { unread, mentions });
    emit("channels");
  },
  toast: ({ text, level }) => toast(text, level),
  arrival(it) {
    const fresh = !state.arrivals.has(it.id);
    state.arrivals.set(it.id, it);
    emit("arrival", it, fresh);
  },
  clock({ now }) {
    state.clockOffset = now - Date.now();
    emit("clock");
  },
};

/** Reads everything again: after a reconnect anything may have changed. */
export async function refetch() {
  try {
    await bootstrap(state.me);
  } catch {
    return;
  }
  const loaded = [...state.messages.keys()].filter((id) => id !== state.current);
  for (const id of loaded) state.messages.delete(id);
  if (state.current) {
    const known = state.channels.get(state.current);
    if (known && known.kind !== "home") await loadMessages(state.current);
    if (state.side?.kind === "thread") await loadMessages(state.current, state.side.ts);
  }
}

/** The pause before the stream is asked for again, in ms: it doubles from the first to the longest. The sandbox is on the same
 *  machine, or near: asking costs nothing, and it is back within seconds. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 1000;

let streaming = null;

/** Keeps the live stream open for as long as the page is. Resolves when the first attempt has opened or failed. */
export function stream() {
  streaming ??= new Promise(keepOpen);
  return streaming;
}

function keepOpen(settled) {
  let dropped = false;
  let wait = FIRST_PAUSE;
  const open = () => {
    const source = new EventSource(`/sandbox/stream?as=${encodeURIComponent(state.me)}`);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        const data = event.data ? JSON.parse(event.data) : {};
        if (WHOLE.includes(name)) missed?.push([name, data]);
        handle(data);
      });
    }
    source.onopen = () => {
      wait = FIRST_PAUSE;
      state.online = true;
      emit("online");
      if (dropped) refetch();
      dropped = false;
      settled();
    };
    source.onerror = () => {
      // Close and open anew ourselves: browsers give up for good on some answers, and their pauses differ.
      source.close();
      dropped = true;
      settled();
      state.online = false;
      emit("online");
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_PAUSE);
    };
  };
  open();
}

/** The switches that are on. */
export const faults = () => get("faults");
