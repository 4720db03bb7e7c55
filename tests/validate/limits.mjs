// The numeric limits that @slack/types states only in words, in its doc comments, as JSON Schema keywords.
//
// The wording is a small language of its own ("Maximum length for this field is 255 characters."). A sentence that
// names a limit and is not understood stops the build of the schema: a new release of the package must not lose
// limits silently.

const plain = (description) =>
  description
    .replace(/\{@link \S+ ?([^}]*)\}/g, '$1')
    .replace(/`/g, '')
    .replace(/(\d),(\d{3})/g, '$1$2')
    .replace(/\s+/g, ' ');

const namesALimit = (sentence) =>
  /\d/.test(sentence) && /\b(max|maximum|min|minimum|limit|up to|at most|less than|between)\b/i.test(sentence);

// Each rule: a pattern, and the limits its numbers mean. `length` is for the text, `size` for the array, `value` for
// the number; `each` is for the items of the array instead of the array itself.
const rules = [
  [/^Minimum length .*is (\d+) and maximum length is (\d+) characters/i, (min, max) => ({ length: [min, max] })],
  [/^The minimum length is (\d+) and maximum length is (\d+) characters/i, (min, max) => ({ length: [min, max] })],
  [/^The minimum length is (\d+) character/i, (min) => ({ length: [min] })],
  [/text in each item is (\d+) characters/i, (max) => ({ each: { length: [undefined, max] } })],
  [/max(?:imum)? length (?:for .* )?(?:is|of) (\d+) characters/i, (max) => ({ length: [undefined, max] })],
  [/must be less than (\d+) characters/i, (max) => ({ length: [undefined, max - 1] })],
  [/^Limit (\d+) characters/i, (max) => ({ length: [undefined, max] })],
  [/^Each row object is an array with a max of (\d+)/i, (max) => ({ each: { size: [undefined, max] } })],
  [/^Minimum (\d+), maximum (\d+) cards/i, (min, max) => ({ size: [min, max] })],
  [/(?:max|maximum|up to)(?: of)? (\d+) (?:elements|items|options|blocks|rows|to display)/i, (max) => ({ size: [undefined, max] })],
  [/^(?:A )?maximum of (\d+) (?:IP addresses|[\w ]+ can (?:be )?(?:included|used|defined|provided))/i, (max) => ({ size: [undefined, max] })],
  [/^Maximum number of (?:items|options|option groups) is (\d+)/i, (max) => ({ size: [undefined, max] })],
  [/^Between (\d+) and (\d+) subscriptions/i, (min, max) => ({ size: [min, max] })],
  [/^Must be between (\d+) and (\d+)/i, (min, max) => ({ value: [min, max] })],
  [/^Min(?:imum of)? (\d+), max(?:imum of)? (\d+)/i, (min, max) => ({ value: [min, max] })],
  [/^Minimum number is (\d+)/i, (min) => ({ value: [min] })],
  [/^Maximum value is (\d+)/i, (max) => ({ value: [undefined, max] })],
];

const understand = (sentence, where) => {
  for (const [pattern, meaning] of rules) {
    const match = sentence.match(pattern);
    if (match) return meaning(...match.slice(1).map(Number));
  }
  if (namesALimit(sentence)) throw new Error(`${where}: a limit in words nobody taught us: "${sentence}"`);
  return {};
};

const bounds = ([least, most], minimum, maximum) => ({
  ...(least !== undefined && { [minimum]: least }),
  ...(most !== undefined && { [maximum]: most }),
});

// What a limit means for a schema of this shape: a text object carries its text one level down.
const keywords = (schema, limit, where) => {
  const found = {};
  if (limit.length) {
    const length = bounds(limit.length, 'minLength', 'maxLength');
    Object.assign(found, schema.type === 'string' ? length : { properties: { text: length } });
  }
  if (limit.size) Object.assign(found, bounds(limit.size, 'minItems', 'maxItems'));
  if (limit.value) Object.assign(found, bounds(limit.value, 'minimum', 'maximum'));
  if (limit.each) found.items = keywords(schema.items, limit.each, where);
  const fits = (!limit.size && !limit.each) || schema.type === 'array';
  const number = !limit.value || schema.type === 'number' || schema.type === 'integer';
  if (!fits || !number) throw new Error(`${where}: the limit does not fit a schema of type ${schema.type}`);
  return found;
};

/** Adds to `schema`, in place and at every depth, the limits its descriptions state; returns how many. */
export const addLimits = (schema, where = '') => {
  if (schema === null || typeof schema !== 'object') return 0;
  let count = 0;
  for (const [name, child] of Object.entries(schema)) count += addLimits(child, `${where}/${name}`);
  if (typeof schema.description !== 'string') return count;
  for (const sentence of plain(schema.description).split(/(?<=[.!)])\s/)) {
    const found = keywords(schema, understand(sentence, where), where);
    if (Object.keys(found).length === 0) continue;
    (schema.allOf ??= []).push(found);
    count += 1;
  }
  return count;
};
