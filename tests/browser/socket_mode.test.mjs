// Socket Mode: the bot's own connections, and Slack's official client as their counterpart, on the same workspace.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { SocketModeClient } from '@slack/socket-mode';
import { story } from './sandbox.mjs';

story('everything works where Slack cannot reach the bot', { flags: ['--socket-mode'] }, async (slack) => {
  await slack.say('/incident declare sev2 checkout is down');
  await slack.open('inc-1-checkout-is-down');
  await slack.say('/incident note the cache was cold');
  await slack.messages.getByText('the cache was cold').first().waitFor();
});

story('Slack’s official client is served as the bot is', { flags: ['--socket-mode'] }, async (slack, sandbox) => {
  const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error', setName() {} };
  const client = new SocketModeClient({
    appToken: 'xapp-sandbox-token',
    logger: quiet,
    clientOptions: { slackApiUrl: new URL('/api/', sandbox.address).href },
  });
  const brought = [];
  client.on('slash_commands', async ({ ack, body }) => {
    brought.push(body);
    await ack({ text: 'This is the other client.' });
  });
  const hello = once(client, 'connected');
  await client.start();
  await hello;
  try {
    // Whose turn it is goes round: of so many in a row it has had one.
    for (let n = 0; n < 4; n += 1) await slack.say(`/incident list ${n}`);
    await slack.messages.getByText('This is the other client.').first().waitFor();
    assert.ok(brought[0].trigger_id && brought[0].response_url, JSON.stringify(brought[0]));
    assert.equal(brought[0].command, '/incident');
  } finally {
    await client.disconnect();
  }
});
