// Holds our request signatures against the receiver of @slack/bolt, by HTTP: `node bolt.mjs DIR`, or `--self-test`.
//
// DIR has files `{ "secret", "timestamp", "body", "signature" }`, written by the Rust tests.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import bolt from '@slack/bolt';
import { beside, main } from './recorded.mjs';

/** Sends a request to a receiver that has its secret, `at` this second; gives the status of the answer. */
const answer = async ({ secret, timestamp, body, signature }, at) => {
  const receiver = new bolt.HTTPReceiver({ signingSecret: secret, endpoints: '/', logLevel: 'error' });
  receiver.init({ processEvent: ({ ack }) => ack() });
  const server = createServer(receiver.requestListener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { now } = Date;
  Date.now = () => at * 1000; // the receiver has no other clock
  try {
    const headers = {
      'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    };
    const sent = request({ host: '127.0.0.1', port: server.address().port, method: 'POST', headers, agent: false });
    sent.end(body);
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode;
  } finally {
    Date.now = now;
    server.close();
  }
};

/** Is it let in? What is let in is read next, and may be refused for what it says. */
const accepts = async (sent, at) => {
  const status = await answer(sent, at);
  if (![200, 400, 401].includes(status)) throw new Error(`answered with ${status}`);
  return status !== 401;
};

/** What is wrong with one signature: the genuine one must pass, and every way of spoiling it must not. */
const problemsOf = async (recorded) => {
  for (const field of ['secret', 'body', 'signature']) {
    if (typeof recorded[field] !== 'string') return [`${field} is not a text`];
  }
  const sent = Number(recorded.timestamp);
  const last = recorded.signature.at(-1);
  const spoilt = {
    'another body': { ...recorded, body: `${recorded.body} ` },
    'another secret': { ...recorded, secret: `${recorded.secret}x` },
    'another time': { ...recorded, timestamp: sent + 1 },
    'another signature': { ...recorded, signature: recorded.signature.slice(0, -1) + (last === '0' ? '1' : '0') },
    'another version': { ...recorded, signature: recorded.signature.replace('v0=', 'v1=') },
    'no signature': { ...recorded, signature: '' },
  };
  const problems = (await accepts(recorded, sent)) ? [] : ['the genuine request is refused'];
  if (!(await accepts(recorded, sent + 300))) problems.push('refused after 300 s');
  if (await accepts(recorded, sent + 301)) problems.push('accepted after 301 s');
  for (const [name, forged] of Object.entries(spoilt)) {
    if (await accepts(forged, sent)) problems.push(`accepted with ${name}`);
  }
  return problems;
};

const selfTest = async () => {
  const { genuine, wrong } = beside('signatures.json');
  let fine = genuine.length > 0 && wrong.length > 0;
  for (const recorded of genuine) {
    for (const problem of await problemsOf(recorded)) {
      console.error(`a genuine sample: ${problem}`);
      fine = false;
    }
  }
  for (const recorded of wrong) {
    if ((await problemsOf(recorded)).length > 0) continue;
    console.error(`no problem found in ${JSON.stringify(recorded)}`);
    fine = false;
  }
  console.log(`bolt --self-test: ${genuine.length} genuine and ${wrong.length} wrong samples`);
  return fine;
};

await main({ problemsOf, summary: 'requests signed by us are let in by the receiver of @slack/bolt', selfTest });
