// Holds the signatures by which we know Twilio against its own library: `node twilio.mjs DIR`, or `--self-test`.
//
// DIR has files `{ "secret", "url", "fields", "signature" }`, written by the Rust tests.

import twilio from 'twilio';
import { main } from './recorded.mjs';

const accepts = ({ secret, url, fields, signature }) => twilio.validateRequest(secret, signature, url, fields);

/** What is wrong with one signature: the genuine one must pass, and every way of spoiling it must not. */
const problemsOf = (request) => {
  for (const field of ['secret', 'url', 'signature']) {
    if (typeof request[field] !== 'string') return [`${field} is not a text`];
  }
  const spoilt = {
    'another address': { ...request, url: `${request.url}x` },
    'another secret': { ...request, secret: `${request.secret}x` },
    'another field': { ...request, fields: { ...request.fields, Digits: '7' } },
    'no signature': { ...request, signature: '' },
  };
  const problems = accepts(request) ? [] : ['the genuine request is refused'];
  for (const [name, forged] of Object.entries(spoilt)) {
    if (accepts(forged)) problems.push(`accepted with ${name}`);
  }
  return problems;
};

const selfTest = () => {
  const [secret, url] = ['12345', 'https://watchroom.example.com/hooks/twilio/INC-1.1.U1.x'];
  const fields = { Digits: '1', CallSid: 'CA1', To: '+15005550009' };
  const genuine = { secret, url, fields, signature: twilio.getExpectedTwilioSignature(secret, url, fields) };
  const wrong = [{ ...genuine, signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, { ...genuine, secret: '1234' }, {}];
  const refused = problemsOf(genuine);
  const missed = wrong.filter((request) => problemsOf(request).length === 0);
  for (const problem of refused) console.error(`a genuine sample: ${problem}`);
  for (const request of missed) console.error(`no problem found in ${JSON.stringify(request)}`);
  console.log(`twilio --self-test: 1 genuine and ${wrong.length} wrong samples`);
  return refused.length === 0 && missed.length === 0;
};

await main({ problemsOf, summary: 'signatures agree with twilio', selfTest });
