// Holds every recorded body against the official types: `node types.mjs DIR`, or `--self-test`.
//
// DIR has files `{ "kind": …, "method": …, "body": { … } }`, written by the Rust tests for everything the bot sends.

import Ajv from 'ajv';
import { beside, main } from './recorded.mjs';
import { slackSchema } from './schema.mjs';

const schema = await slackSchema();
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(schema);

// Slack takes JSON inside form fields as text; the recorder may have kept it so.
const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value);

const against = (definition, value, where) => {
  const check = ajv.getSchema(`slack#/definitions/${definition}`);
  if (check(value)) return [];
  return (
    check.errors
      // These two only say that something inside them failed.
      .filter((error) => error.keyword !== 'if' && error.keyword !== 'anyOf')
      .map(({ instancePath, message, params }) => {
        const detail = params.additionalProperty ?? params.allowedValues?.join(', ');
        return { path: where + instancePath, message: detail ? `${message}: ${detail}` : message };
      })
  );
};

const repeated = (values) => [...new Set(values.filter((value, at) => value !== undefined && values.indexOf(value) !== at))];

// What Slack refuses and no single type can say.
const identifiers = (blocks, where) => {
  if (!Array.isArray(blocks)) return [];
  const problems = repeated(blocks.map((block) => block?.block_id)).map((id) => ({
    path: where,
    message: `two blocks have the block_id "${id}"`,
  }));
  for (const [at, block] of blocks.entries()) {
    const elements = [...(Array.isArray(block?.elements) ? block.elements : []), block?.accessory, block?.element];
    for (const id of repeated(elements.map((element) => element?.action_id))) {
      problems.push({ path: `${where}/${at}`, message: `two elements have the action_id "${id}"` });
    }
  }
  return problems;
};

const view = (value, where, kind) => {
  const definition = { modal: 'ModalView', home: 'HomeView' }[value?.type];
  if (!definition) return [{ path: `${where}/type`, message: `"${value?.type}" is not a view we send` }];
  const problems = against(definition, value, where);
  if (['modal', 'home'].includes(kind) && kind !== value.type) {
    problems.push({ path: `${where}/type`, message: `recorded as a ${kind}` });
  }
  const asks = Array.isArray(value.blocks) && value.blocks.some((block) => block?.type === 'input');
  if (value.type === 'modal' && asks && !value.submit) {
    problems.push({ path: where, message: 'a modal with an input needs `submit`' });
  }
  return problems.concat(identifiers(value.blocks, `${where}/blocks`));
};

const message = (body) => {
  const problems = [];
  // Notifications and screen readers get the text and nothing else.
  if (typeof body.text !== 'string' || body.text.trim() === '') {
    problems.push({ path: '/body/text', message: 'a message needs a text that says it all' });
  }
  if (body.blocks === undefined) return problems;
  const blocks = parsed(body.blocks);
  return problems.concat(against('Blocks', blocks, '/body/blocks'), identifiers(blocks, '/body/blocks'));
};

const list = (definition, values, where) => {
  if (!Array.isArray(values) || values.length > 100) return [{ path: where, message: 'must be an array of at most 100' }];
  return values.flatMap((value, at) => against(definition, value, `${where}/${at}`));
};

/** The problems of one recorded body, each with `path` and `message`; none when it is fine. */
const problemsOf = ({ kind, body }) => {
  if (typeof kind !== 'string') return [{ path: '/kind', message: 'is missing' }];
  if (body === null || typeof body !== 'object') return [{ path: '/body', message: 'is missing' }];
  if (body.view !== undefined) return view(parsed(body.view), '/body/view', kind);
  if (body.option_groups !== undefined) return list('OptionGroup', body.option_groups, '/body/option_groups');
  if (body.options !== undefined) return list('Option', body.options, '/body/options');
  if (body.blocks !== undefined || body.text !== undefined) return message(body);
  return [{ path: '/body', message: 'has neither blocks nor view nor text nor options: nothing to check' }];
};

const sentences = (snapshot) => problemsOf(snapshot).map(({ path, message }) => `${path}: ${message}`);

// A check that cannot fail checks nothing: the good samples pass, and each bad one is refused for its own reason.
const selfTest = () => {
  const samples = beside('samples.json');
  let wrong = 0;
  for (const { name, snapshot, refused } of samples) {
    const said = sentences(snapshot);
    const expected = refused?.types;
    const fine = expected === undefined ? refused !== undefined || said.length === 0 : said.some((line) => line.includes(expected));
    if (!fine) console.error(`${name}: expected ${expected ?? 'no problem'}, got ${said.join('; ') || 'no problem'}`);
    wrong += fine ? 0 : 1;
  }
  console.log(`types --self-test: ${samples.length - wrong} of ${samples.length} samples judged rightly`);
  return samples.length > 0 && wrong === 0;
};

await main({ problemsOf: sentences, summary: `bodies agree with @slack/types (${schema.limits} limits)`, selfTest });
