// The page itself: what it offers while one writes, what one picks from, what can be made to go wrong, and the sample that
// runs by itself.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';

const ROOM = 'inc-1-checkout-is-down';
const DECLARE = '/incident declare sev1 checkout is down';

story('what may follow is offered while one writes', {}, async (slack) => {
  const { keyboard } = slack.page;
  const offered = (list, name) => slack.page.getByRole('listbox', { name: list }).getByRole('option', { name });
  await slack.composer.click();
  await keyboard.type('/inc');
  await offered('Commands', /^\/incident/).waitFor();
  await slack.isAccessible();
  await keyboard.press('Tab');
  assert.equal(await slack.composer.inputValue(), '/incident ');
  await slack.page.getByText('/incident [declare').waitFor(); // how it goes on
  await keyboard.type('declare sev1 checkout is down');
  await keyboard.press('Enter');

  await slack.open(ROOM);
  await keyboard.type('/incident page @b');
  await offered('People', /Bob Brandt/).waitFor();
  await keyboard.press('Enter'); // takes what is offered, and sends nothing
  assert.equal(await slack.composer.inputValue(), '/incident page @bob ');
  await keyboard.press('Enter');
  await slack.sees(/asks for help/);
  await keyboard.type('we look :ey');
  await offered('Emoji', /:eyes:/).waitFor();
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await (await slack.sees(/^.*we look/)).getByRole('img', { name: 'eyes emoji' }).waitFor();
});

story('people and times are picked', {}, async (slack) => {
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.button('Assign roles').click();
  await slack.choose(/^Role/, /^Scribe/);
  await slack.choose(/^Who\?/, /^Dave Desai/);
  await slack.send('Assign');
  await slack.sees(/Dave Desai.*Scribe|Scribe.*Dave Desai/);

  await slack.button('Post update').click();
  await slack.choose(/^Next update \(/, 'at the time below');
  const at = slack.dialog.getByLabel(/^Next update at/);
  await at.fill(inLondon(-60));
  await slack.dialog.getByRole('button', { name: 'Post', exact: true }).click();
  await slack.dialog.getByText(/^The next update would be due in the past/).waitFor();
  await slack.isAccessible();
  const due = inLondon(40);
  await at.fill(due);
  await slack.send('Post');
  await slack.sees(new RegExp(`Next update by \\w+ ${clock(due)}`));
});

/** What clocks show where Alice is, in so many minutes, as a field for a time has it. */
const inLondon = (minutes) =>
  new Date(Date.now() + minutes * 60_000).toLocaleString('sv-SE', { timeZone: 'Europe/London' }).replace(' ', 'T').slice(0, 16);

/** "2:05 PM" */
const clock = (local) => new Date(`${local}Z`).toLocaleTimeString('en-US', { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' });

story('faults are switched on, and the clock is moved', { colorScheme: 'dark' }, async (slack) => {
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.button('Escalate').click();
  await slack.choose(/policy/, 'checkout');
  await slack.send('Page');
  await slack.sees(/asks for help/);

  await slack.sidebar.getByRole('button', { name: 'Faults and clock' }).click();
  const lab = slack.page.getByRole('complementary', { name: 'Faults and clock' });
  const on = lab.getByRole('listitem');
  await lab.getByText('Everything works normally.').waitFor();
  await slack.isAccessible();
  await lab.getByRole('button', { name: '+5 min' }).click();
  await slack.page.getByRole('status').filter({ hasText: 'The clock moved 5 min ahead.' }).waitFor();
  await slack.sees(/No answer yet; asking the next step: @checkout-team/);

  // What was done before the answer failed is not done again.
  await lab.getByRole('spinbutton', { name: 'Server error after the write' }).fill('3');
  await lab.getByRole('button', { name: 'Fail: Server error after the write' }).click();
  await slack.page.locator('body > [aria-live]').getByText('Server error after the write: 3 calls').waitFor({ state: 'attached' });
  await slack.say('/incident note said once');
  await slack.say('/incident note said afterwards');
  await slack.sees(/noted: said afterwards/);
  assert.equal(await slack.messages.getByText(/noted: said once/).count(), 1);

  const switches = { name: /: / };
  const rows = await lab.locator('form').filter({ has: slack.page.getByRole('button', switches) }).all();
  assert.equal(rows.length, 8);
  for (const row of rows) {
    const fault = row.getByRole('button', switches);
    const [, title] = (await fault.getAttribute('aria-label')).split(': ');
    await row.getByRole('spinbutton').fill('1000'); // more than the bot uses up meanwhile
    await fault.click();
    await on.filter({ hasText: title }).waitFor();
  }
  await slack.isAccessible();
  await lab.getByRole('button', { name: 'Clear all faults' }).click();
  await lab.getByText('Everything works normally.').waitFor();
});

story('the sample incident runs to its end by itself', { flags: ['--play', '--pace', '0.2'] }, async (slack, sandbox) => {
  slack.page.setDefaultTimeout(60_000); // a dozen messages, of which Slack takes one a second
  await slack.open(ROOM);
  await slack.isIn('Resolved');
  assert.doesNotMatch(sandbox.said(), /the sample incident stopped/);
});
