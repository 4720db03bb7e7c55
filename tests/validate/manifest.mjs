// Holds manifest.yml, as it stands and in its Socket Mode variant, against the official `Manifest` type, and shows
// that a spoilt manifest is refused. That its scopes and events are the ones in use is for the Rust tests.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { parse } from 'yaml';
import { addLimits } from './limits.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const schema = createGenerator({
  path: join(here, '..', 'node_modules', '@slack', 'web-api', 'dist', 'types', 'request', 'manifest.d.ts'),
  type: 'Manifest',
  expose: 'all',
  jsDoc: 'extended',
  additionalProperties: false,
  skipTypeCheck: true,
}).createSchema('Manifest');
// Hosted functions are no part of this app.
delete schema.definitions.Manifest.properties.functions;
for (const name of Object.keys(schema.definitions)) {
  if (/^Manifest(Function|Parameter)/.test(name)) delete schema.definitions[name];
}
addLimits(schema);
schema.definitions.Manifest.additionalProperties = false;
// Not in the type's comments, but in the schema that Slack's own settings page goes by.
schema.definitions.ManifestShortcut.properties.name.maxLength = 24;
schema.definitions.ManifestDisplayInformation.properties.long_description.minLength = 175;
const check = new Ajv({ strict: false }).compile(schema);

const text = readFileSync(join(here, '..', '..', 'manifest.yml'), 'utf8');
const lines = text.split('\n');
const socket = lines
  .filter((line) => !line.endsWith('# [HTTP]'))
  .join('\n')
  .replace('socket_mode_enabled: false', 'socket_mode_enabled: true');

const problems = [];
const http = parse(text);
const variants = { 'as it stands': http, 'for Socket Mode': parse(socket) };
for (const [name, manifest] of Object.entries(variants)) {
  if (!check(manifest)) problems.push(`${name}: ${JSON.stringify(check.errors)}`);
}
if (lines.filter((line) => line.endsWith('# [HTTP]')).length !== 4) problems.push('not four lines are marked [HTTP]');
if (/https?:/.test(JSON.stringify(variants['for Socket Mode']))) problems.push('for Socket Mode: an address is left');
if (!variants['for Socket Mode'].settings.socket_mode_enabled) problems.push('for Socket Mode: it is not switched on');

const spoilt = {
  'a long shortcut name': (manifest) => { manifest.features.shortcuts[0].name = 'x'.repeat(25); },
  'an unknown event': (manifest) => { manifest.settings.event_subscriptions.bot_events.push('channel_exploded'); },
  'a misspelt key': (manifest) => { manifest.setings = {}; },
  'a long command': (manifest) => { manifest.features.slash_commands[0].command = `/${'x'.repeat(32)}`; },
};
for (const [name, spoil] of Object.entries(spoilt)) {
  const manifest = structuredClone(http);
  spoil(manifest);
  if (check(manifest)) problems.push(`not refused: ${name}`);
}

for (const problem of problems) console.error(`manifest.yml: ${problem}`);
console.log(`manifest: ${problems.length} problems, over HTTP and Socket Mode`);
process.exitCode = problems.length === 0 ? 0 : 1;
