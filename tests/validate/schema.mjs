// JSON Schema for everything we send with blocks in it, made from the official types in @slack/types.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addLimits } from './limits.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', 'node_modules');
const cache = join(here, '..', '..', 'target', 'validate');

// The package's own types that a body is made of.
const roots = ['KnownBlock', 'ModalView', 'HomeView', 'Option', 'OptionGroup'];

const packageVersion = (name) => JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version;

const resolve = (schema, definitions) =>
  schema.$ref ? resolve(definitions[decodeURIComponent(schema.$ref.split('/').pop())], definitions) : schema;

// The object schemas a union is made of, or undefined when one of them is not told apart by a constant `type`.
const alternatives = (schema, definitions) => {
  const target = resolve(schema, definitions);
  if (target.anyOf) {
    const all = target.anyOf.map((one) => alternatives(one, definitions));
    return all.every(Boolean) ? all.flat() : undefined;
  }
  const type = target.properties?.type?.const;
  return type === undefined ? undefined : [{ type, schema: target === schema ? schema : { $ref: schema.$ref } }];
};

// "One of these twenty, told apart by `type`" instead of "any of these twenty": the same bodies are accepted, and the
// error is about the block that was meant instead of about all the others.
const discriminate = (schema, definitions) => {
  const found = alternatives(schema, definitions);
  if (!found) return;
  const types = [...new Set(found.map((one) => one.type))];
  if (types.length < 2) return;
  delete schema.anyOf;
  schema.type = 'object';
  schema.required = ['type'];
  schema.properties = { type: { enum: types } };
  const branches = types.map((type) => {
    const meant = found.filter((one) => one.type === type).map((one) => one.schema);
    return {
      if: { properties: { type: { const: type } } },
      then: meant.length === 1 ? meant[0] : { anyOf: meant },
    };
  });
  schema.allOf = [...(schema.allOf ?? []), ...branches];
};

const unions = (schema, found = []) => {
  if (schema === null || typeof schema !== 'object') return found;
  for (const child of Object.values(schema)) unions(child, found);
  if (Array.isArray(schema.anyOf)) found.push(schema);
  return found;
};

const generate = async () => {
  const { createGenerator } = await import('ts-json-schema-generator');
  const generator = createGenerator({
    path: join(modules, '@slack', 'types', 'dist', 'index.d.ts'),
    type: '*',
    expose: 'all',
    jsDoc: 'extended',
    topRef: true,
    additionalProperties: false,
    skipTypeCheck: true,
  });
  const definitions = {};
  for (const root of roots) Object.assign(definitions, generator.createSchema(root).definitions);
  // Views are typed with the generic block, which anything with a `type` is. We send known ones.
  definitions.AnyBlock = { $ref: '#/definitions/KnownBlock' };
  delete definitions.Block;
  const limits = addLimits(definitions);
  // The alternatives are looked up before any union is rewritten, hence the copy.
  const original = structuredClone(definitions);
  for (const union of unions(definitions)) discriminate(union, original);
  definitions.Blocks = { type: 'array', minItems: 1, maxItems: 50, items: { $ref: '#/definitions/KnownBlock' } };
  return { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'slack', limits, definitions };
};

/** The schema, from `target/validate` when these very versions made it before. */
export const slackSchema = async () => {
  const hash = createHash('sha256');
  for (const name of ['@slack/types', 'ts-json-schema-generator']) hash.update(`${name} ${packageVersion(name)}\n`);
  for (const file of ['schema.mjs', 'limits.mjs']) hash.update(readFileSync(join(here, file)));
  const path = join(cache, `slack-${hash.digest('hex').slice(0, 16)}.json`);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const schema = await generate();
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(schema));
  renameSync(`${path}.${process.pid}`, path);
  return schema;
};
