// Stands in for outside services, each as its description in this folder says: takes what the description takes, refuses everything
// else, and answers with its examples. Prints one line, {"pagerduty": "http://127.0.0.1:40001", …}, when all of them listen; what it
// refuses goes to standard error with the reason. Ends by a signal.
import { readdirSync } from 'node:fs';
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

const files = readdirSync(here).filter((file) => file.endsWith('.yaml'));
console.log(JSON.stringify(Object.fromEntries(await Promise.all(files.map(serve)))));
