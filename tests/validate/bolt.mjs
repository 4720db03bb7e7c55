// Holds our request signatures against the receiver in @slack/bolt: `node bolt.mjs DIR`, or `--self-test`.
//
// DIR has files `{ "secret", "timestamp", "body", "signature" }`, written by the Rust tests.

import bolt from '@slack/bolt';
import { beside, main } from './recorded.mjs';

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

const selfTest = () => {
  const { genuine, wrong } = beside('signatures.json');
  const refused = genuine.flatMap(problemsOf);
  const missed = wrong.filter((request) => problemsOf(request).length === 0);
  for (const problem of refused) console.error(`a genuine sample: ${problem}`);
  for (const request of missed) console.error(`no problem found in ${JSON.stringify(request)}`);
  console.log(`bolt --self-test: ${genuine.length} genuine and ${wrong.length} wrong samples`);
  return genuine.length > 0 && wrong.length > 0 && refused.length === 0 && missed.length === 0;
};

main({ problemsOf, summary: 'signatures agree with @slack/bolt', selfTest });
