// What this window knows. Views subscribe by topic; net.js is the only writer of server facts.

export const state = {
  team: { name: "" },
  me: "",
  users: new Map(),
  groups: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: { global: [], message: [] },
  emoji: {},
  hint: "",
  clockOffset: 0,
  online: false,
  /** Whether the workspace's clock can be skipped forward */
  clockMoves: true,
  /** channel id -> Map(ts -> message); present once loaded */
  messages: new Map(),
  /** channel ids whose history could not be loaded -> the error */
  failed: new Map(),
  homes: new Map(),
  /** Telephone numbers by person, and what arrived on telephones by its id */
  numbers: new Map(),
  arrivals: new Map(),
  current: null,
  /** Side pane: null | { kind: "thread", ts } | { kind: "pins" } | { kind: "members" } | { kind: "lab" } | { kind: "phones" } */
  side: null,
  /** First unread message when the channel was opened, for the "New" line: channel id -> ts */
  newLine: new Map(),
};

const listeners = new Map();

/** Calls `fn` whenever `topic` changes. */
export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(fn);
}

/** Tells the subscribers of `topic`. */
export function emit(topic, ...details) {
  for (const fn of listeners.get(topic) ?? []) fn(...details);
}

/** The workspace's time in seconds: it can be skipped forward, so it is not this machine's. */
export const now = () => (Date.now() + state.clockOffset) / 1000;

export const me = () => state.users.get(state.me);
export const zone = () => me()?.tz || "UTC";
export const channel = (id = state.current) => state.channels.get(id);

/** The name people see. */
export function userName(id) {
  const user = state.users.get(id);
  return user ? user.real_name || user.name : id || "Unknown";
}

/** The name of a channel as the sidebar shows it, without a sign. */
export function channelName(c) {
  if (!c) return "unknown-channel";
  if (c.kind === "im" && c.im_user) return userName(c.im_user);
  return c.name || c.id;
}

/** The bot whose conversation or home `c` is, if it is one's. */
export function botOf(c) {
  if (!c || (c.kind !== "home" && c.kind !== "im")) return null;
  const user = state.users.get(c.im_user);
  if (c.kind === "im") return user?.is_bot ? user : null;
  return user ?? [...state.users.values()].find((u) => u.is_bot) ?? null;
}

/** Who wrote a message: name and colour. */
export function author(message) {
  // Bots sign with a name, which is their user's unless the message overrides it.
  const user = message.user ? state.users.get(message.user) : [...state.users.values()].find((u) => u.is_bot && userName(u.id) === message.bot);
  const id = message.user ?? user?.id ?? message.bot;
  return { id, name: user ? userName(user.id) : (id ?? "Someone"), user, isBot: Boolean(message.bot || user?.is_bot), color: user?.color };
}

export const parent = (m) => !m.thread_ts || m.thread_ts === m.ts;
export const inChannel = (m) => parent(m) || m.broadcast || m.subtype === "thread_broadcast";

/** Messages of a channel, or of one thread in it, oldest first. */
export function listed(channelId, thread) {
  const all = [...(state.messages.get(channelId)?.values() ?? [])];
  const some = thread ? all.filter((m) => m.ts === thread || m.thread_ts === thread) : all.filter(inChannel);
  return some.sort((a, b) => Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1));
}

/** People who can be mentioned or chosen: everyone who has not left, me included. */
export function people({ bots = true } = {}) {
  return [...state.users.values()]
    .filter((u) => !u.deleted && (bots || !u.is_bot))
    .sort((a, b) => userName(a.id).localeCompare(userName(b.id)));
}

/** A small value that outlives the page, or `fallback` where the browser keeps none. */
export function remembered(name, fallback = null) {
  try {
    return localStorage.getItem(`watchroom.${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`watchroom.${name}`, value);
  } catch {
    // Private windows may refuse; the page works without it.
  }
}
