// Instants, shown in the acting person's own time zone.

const formats = new Map();

function parts(seconds, zone) {
  let format = formats.get(zone);
  if (!format) {
    const options = { hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", weekday: "long" };
    try {
      format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat("en-US", options);
    }
    formats.set(zone, format);
  }
  const found = {};
  for (const part of format.formatToParts(new Date(seconds * 1000))) found[part.type] = part.value;
  for (const name of ["year", "month", "day", "hour", "minute", "second"]) found[name] = Number(found[name]);
  return found;
}

const two = (n) => String(n).padStart(2, "0");

/** "2026-03-01": the calendar day, for comparing and for date inputs. */
export function dayKey(seconds, zone) {
  const p = parts(seconds, zone);
  return `${p.year}-${two(p.month)}-${two(p.day)}`;
}

/** "2026-03-01T14:05": what a datetime-local input holds. */
export function localValue(seconds, zone) {
  const p = parts(seconds, zone);
  return `${p.year}-${two(p.month)}-${two(p.day)}T${two(p.hour)}:${two(p.minute)}`;
}

/** The instant (seconds) at which clocks in `zone` show `value`; null for text that is no date. */
export function fromLocal(value, zone) {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value);
  if (!m) return null;
  const [year, month, day, hour, minute] = m.slice(1).map(Number);
  const wanted = Date.UTC(year, month - 1, day, hour, minute) / 1000;
  let guess = wanted;
  // Twice: the zone's offset at the first guess may differ from the one at the answer (summer time).
  for (let round = 0; round < 2; round += 1) {
    const p = parts(guess, zone);
    guess += wanted - Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) / 1000;
  }
  return guess;
}

function named(seconds, zone, options) {
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }).format(new Date(seconds * 1000));
  } catch {
    return new Intl.DateTimeFormat("en-US", options).format(new Date(seconds * 1000));
  }
}

/** "2:05 PM" */
export function clockTime(seconds, zone, withSeconds = false) {
  return named(seconds, zone, { hour: "numeric", minute: "2-digit", second: withSeconds ? "2-digit" : undefined });
}

/** "Sunday, March 1, 2026 at 2:05:09 PM Europe/Bucharest" */
export function fullTime(seconds, zone) {
  return `${named(seconds, zone, { dateStyle: "full" })} at ${clockTime(seconds, zone, true)} ${zone}`;
}

function ordinal(n) {
  const teen = n % 100 > 10 && n % 100 < 14;
  return n + (teen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th"));
}

function relativeDay(seconds, zone, now) {
  const day = dayKey(seconds, zone);
  if (day === dayKey(now, zone)) return "today";
  if (day === dayKey(now - 86400, zone)) return "yesterday";
  if (day === dayKey(now + 86400, zone)) return "tomorrow";
  return null;
}

/** "Today", "Yesterday", "Sunday, March 1st": the divider between days. */
export function dayTitle(seconds, zone, now) {
  const near = relativeDay(seconds, zone, now);
  if (near) return near[0].toUpperCase() + near.slice(1);
  const p = parts(seconds, zone);
  const text = `${p.weekday}, ${named(seconds, zone, { month: "long" })} ${ordinal(p.day)}`;
  return p.year === parts(now, zone).year ? text : `${text}, ${p.year}`;
}

/** "5 minutes ago", "in 2 hours" */
export function ago(seconds, now) {
  const delta = seconds - now;
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, s]) => Math.abs(delta) >= s) ?? steps[3];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(delta / size), unit);
}

/** One `{token}` of `<!date^…>`; null when it is not one Slack knows. */
export function dateToken(token, seconds, zone, now) {
  const p = parts(seconds, zone);
  const near = relativeDay(seconds, zone, now);
  const long = named(seconds, zone, { month: "long" });
  const short = named(seconds, zone, { month: "short" });
  switch (token) {
    case "date_num": return `${p.year}-${two(p.month)}-${two(p.day)}`;
    case "date_slash": return `${two(p.month)}/${two(p.day)}/${p.year}`;
    case "date": return `${long} ${ordinal(p.day)}, ${p.year}`;
    case "date_short": return `${short} ${p.day}, ${p.year}`;
    case "date_long": return `${p.weekday}, ${long} ${ordinal(p.day)}, ${p.year}`;
    case "date_long_full": return `${p.weekday}, ${long} ${ordinal(p.day)}, ${p.year}`;
    case "date_pretty": return near ?? `${long} ${ordinal(p.day)}, ${p.year}`;
    case "date_short_pretty": return near ?? `${short} ${p.day}, ${p.year}`;
    case "date_long_pretty": return near ?? `${p.weekday}, ${long} ${ordinal(p.day)}, ${p.year}`;
    case "day_divider_pretty": return dayTitle(seconds, zone, now);
    case "time": return clockTime(seconds, zone);
    case "time_secs": return clockTime(seconds, zone, true);
    case "ago": return ago(seconds, now);
    default: return null;
  }
}
