// Stands in for outside services, each as its description in this folder says: takes what the description takes, refuses everything
// else, and answers with its examples. Prints one line, {"pagerduty": "http://127.0.0.1:40001", …}, when all of them listen; what it
// refuses goes to standard error with the reason. Ends by a signal.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';

const here = dirname(fileURLToPath(import.meta.url));
const config = {
  isProxy: false, upstreamProxy: undefined,
  validateRequest: true, validateResponse: true, checkSecurity: true, errors: true,
  mock: { dynamic: false },
};

async function serve(file) {
  const name = basename(file, '.yaml');
  const operations = await getHttpOperationsFromSpec(join(here, file));
  const logger = createLogger(name, { level: 'error' }, process.stderr);
  const server = createServer(operations, { cors: false, config, components: { logger } });
  return [name, await server.listen(0, '127.0.0.1')];
}

// A mail server keeps what it took in a file, which stands beside its address.
async function mails() {
  const kept = join(mkdtempSync(join(tmpdir(), 'watchroom-mails-')), 'taken.jsonl');
  const server = spawn('python3', [join(here, 'smtp.py'), kept], { stdio: ['ignore', 'pipe', 'inherit'] });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { server.kill(); process.exit(); });
  const address = await new Promise((told) => server.stdout.once('data', (line) => told(line.toString().trim())));
  return [['smtp', address], ['smtp_kept', kept]];
}

const files = readdirSync(here).filter((file) => file.endsWith('.yaml'));
console.log(JSON.stringify(Object.fromEntries([...await Promise.all(files.map(serve)), ...await mails()])));
