// Holds what the status page serves to programs against what reads hosted pages: `node status.mjs DIR`, or `--self-test`. The JSON against the
// types of the npm package statuspage.io, the feeds through a feed reader.
//
// DIR has files `{ "path": "/api/v2/…", "body": "…" }`, written by the Rust tests, one for each address.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import Parser from 'rss-parser';
import { createGenerator } from 'ts-json-schema-generator';
import { main } from './recorded.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// The package's type of each document.
const types = {
  '/api/v2/summary.json': 'Summary',
  '/api/v2/status.json': 'Status',
  '/api/v2/components.json': 'Components',
  '/api/v2/incidents.json': 'Incidents',
  '/api/v2/incidents/unresolved.json': 'Incidents',
  '/api/v2/scheduled-maintenances.json': 'ScheduledMaintenances',
  '/api/v2/scheduled-maintenances/upcoming.json': 'ScheduledMaintenances',
  '/api/v2/scheduled-maintenances/active.json': 'ScheduledMaintenances',
};

const schemas = () => {
  const generator = createGenerator({
    path: join(here, '..', 'node_modules', 'statuspage.io', 'dist', 'interfaces', 'Result.d.ts'),
    type: '*',
    expose: 'all',
    topRef: true,
    // Hosted pages have grown fields since, and so do we.
    additionalProperties: true,
    skipTypeCheck: true,
  });
  const definitions = {};
  for (const type of new Set(Object.values(types))) Object.assign(definitions, generator.createSchema(type).definitions);
  // What hosted pages say of maintenance, and the package's types leave out: its impact, and how it stood with an update.
  definitions.IncidentImpact.enum.push('maintenance');
  definitions.IncidentStatus.enum.push(...definitions.MaintenanceStatus.enum);
  return { $id: 'status', definitions };
};

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(schemas());

const json = (type, body) => {
  const check = ajv.getSchema(`status#/definitions/${type}`);
  if (check(JSON.parse(body))) return [];
  return check.errors.map(({ instancePath, message, params }) => {
    const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : '';
    return `${instancePath}: ${message}${allowed}`;
  });
};

// A feed reader finds its title and its entries, each with what it shows and tells them apart by.
const feed = async (body) => {
  const read = await new Parser().parseString(body);
  const problems = [];
  if (!read.title) problems.push('/title: the reader finds none');
  if (!read.items?.length) problems.push('/items: the reader finds none');
  const ids = new Set();
  for (const [at, item] of (read.items ?? []).entries()) {
    const id = item.guid ?? item.id;
    if (!id || ids.has(id)) problems.push(`/items/${at}: \`${id}\` does not tell it from others`);
    ids.add(id);
    if (!item.title || !item.link) problems.push(`/items/${at}: no title, or no link`);
    if (!(item.contentSnippet ?? '').trim()) problems.push(`/items/${at}: nothing to read`);
    if (Number.isNaN(Date.parse(item.isoDate))) problems.push(`/items/${at}: no date`);
  }
  return problems;
};

const problemsOf = async ({ path, body }) => {
  if (path.startsWith('/history.')) return feed(body);
  if (!types[path]) return [`${path}: nobody reads that`];
  return json(types[path], body);
};

/** It can say no. */
const selfTest = async () => {
  const page = { id: 'p', name: 'P', time_zone: 'UTC', updated_at: '2026-11-22T00:00:00.000Z', url: '' };
  const status = { page, status: { indicator: 'none', description: 'All well' } };
  const good = await problemsOf({ path: '/api/v2/status.json', body: JSON.stringify(status) });
  const bad = [
    { path: '/api/v2/status.json', body: JSON.stringify({ page }) },
    { path: '/api/v2/incidents.json', body: JSON.stringify({ page, incidents: [{ id: 'x' }] }) },
    { path: '/api/v2/other.json', body: '{}' },
    { path: '/history.rss', body: '<rss version="2.0"><channel><title>x</title><item><title>y</title></item></channel></rss>' },
  ];
  const refused = await Promise.all(bad.map(problemsOf));
  const fine = good.length === 0 && refused.every((problems) => problems.length > 0);
  console.log(fine ? 'self-test: what is good is taken, what is bad is not' : `self-test FAILED: ${JSON.stringify({ good, refused })}`);
  return fine;
};

await main({ problemsOf, selfTest, summary: 'documents of the status page are read by what reads hosted pages' });
