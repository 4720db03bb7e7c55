// The page itself: what it offers while one writes, and what one picks from.

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
