// Holds our request signatures against the receiver in @slack/bolt: `node bolt.mjs DIR`, or `--self-test`.
//
// DIR has files `{ "secret", "timestamp", "body", "signature" }`, written by the Rust tests.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bolt from '@slack/bolt';

const accepts = ({ secret, timestamp, body, signature }, now = Number(timestamp)) =>
  bolt.isValidSlackRequest({
    signingSecret: secret,
    body,
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
    nowMilliseconds: now * 1000,
  });

/** What is wrong with one signature: the genuine one must pass, and every way of spoiling it must not. */
const problemsOf = (request) => {
  for (const field of ['secret', 'body', 'signature']) {
    if (typeof request[field] !== 'string') return [`${field} is not a text`];
  }
  const sent = Number(request.timestamp);
  const last = request.signature.at(-1);
  const spoilt = {
    'another body': { ...request, body: `${request.body} ` },
    'another secret': { ...request, secret: `${request.secret}x` },
    'another time': { ...request, timestamp: sent + 1 },
    'another signature': { ...request, signature: request.signature.slice(0, -1) + (last === '0' ? '1' : '0') },
    'another version': { ...request, signature: request.signature.replace('v0=', 'v1=') },
    'no signature': { ...request, signature: '' },
  };
  const problems = accepts(request) ? [] : ['the genuine request is refused'];
  if (!accepts(request, sent + 300)) problems.push('refused after 300 s');
  if (accepts(request, sent + 301)) problems.push('accepted after 301 s');
  for (const [name, forged] of Object.entries(spoilt)) {
    if (accepts(forged, sent)) problems.push(`accepted with ${name}`);
  }
  return problems;
};

const checkDirectory = (directory) => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new Error(`${directory} has no signatures: the tests recorded nothing`);
  let failed = 0;
  for (const file of files) {
    const problems = problemsOf(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    for (const problem of problems) console.error(`${file}: ${problem}`);
    failed += problems.length > 0 ? 1 : 0;
  }
  console.log(`bolt: ${files.length - failed} of ${files.length} signatures agree with @slack/bolt`);
  return failed === 0;
};

const selfTest = () => {
  const { genuine, wrong } = JSON.parse(
    readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'signatures.json'), 'utf8'),
  );
  const refused = genuine.flatMap(problemsOf);
  const missed = wrong.filter((request) => problemsOf(request).length === 0);
  for (const problem of refused) console.error(`a genuine sample: ${problem}`);
  for (const request of missed) console.error(`no problem found in ${JSON.stringify(request)}`);
  console.log(`bolt --self-test: ${genuine.length} genuine and ${wrong.length} wrong samples`);
  return genuine.length > 0 && wrong.length > 0 && refused.length === 0 && missed.length === 0;
};

const [argument] = process.argv.slice(2);
if (!argument) throw new Error('usage: bolt.mjs DIR | --self-test');
process.exitCode = (argument === '--self-test' ? selfTest() : checkDirectory(argument)) ? 0 : 1;
