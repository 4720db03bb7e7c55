// The main job, as a newcomer does it in the browser: declare, run and resolve an incident.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';
import { Workspace } from './workspace.mjs';

const ROOM = 'inc-1-checkout-is-down';
const DECLARE = '/incident declare sev1 checkout is down';

story('an incident is declared, updated and resolved with the mouse', {}, async (slack) => {
  await slack.isAccessible();
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.card.filter({ hasText: 'INC-1' }).filter({ hasText: 'checkout is down' }).waitFor();
  await slack.isAccessible();

  await slack.button(/identified/i).click();
  await slack.button(/monitoring/i).waitFor(); // the next one is a single press away again
  await slack.sees(/identified/i);

  await slack.button('Post update').click();
  await slack.dialog.waitFor();
  await slack.isAccessible();
  await slack.fillForm('A bad deploy; we are rolling it back');
  await slack.sees('A bad deploy; we are rolling it back');

  await slack.say('/incident resolve');
  await slack.sees(/resolved/i);
  assert.equal(await slack.card.count(), 1, 'the card is edited in place, never posted again');
});

story('the same with the keyboard alone', {}, async (slack) => {
  const { keyboard } = slack.page;
  await slack.composer.waitFor();
  await slack.tabTo(slack.composer);
  await keyboard.type(DECLARE);
  await keyboard.press('Enter');

  await slack.entry(ROOM).waitFor();
  await slack.tabTo(slack.entry(ROOM), 'Shift+Tab');
  await keyboard.press('Enter');

  const next = slack.button(/identified/i);
  await next.waitFor();
  await slack.tabTo(next);
  await keyboard.press('Enter');
  await slack.button(/monitoring/i).waitFor();

  await slack.tabTo(slack.button('Post update'), 'Shift+Tab');
  await keyboard.press('Enter');
  await slack.dialog.getByRole('textbox').first().waitFor();
  await keyboard.press('Escape');
  await slack.dialog.waitFor({ state: 'hidden' });
  await slack.tabTo(slack.button('Post update')); // the focus came back: this takes no press at all

  await slack.tabTo(slack.composer);
  await keyboard.type('/incident resolve');
  await keyboard.press('Enter');
  await slack.sees(/resolved/i);
});

for (const colorScheme of ['light', 'dark']) {
  const phone = { viewport: { width: 360, height: 720 }, hasTouch: true, colorScheme };
  story(`on a phone, ${colorScheme}`, phone, async (slack) => {
    await slack.fitsItsWidth();
    await slack.say(DECLARE);
    await slack.open(ROOM);
    await slack.card.waitFor();
    await slack.fitsItsWidth();
    await slack.isAccessible();
    await slack.button('Post update').click();
    await slack.dialog.waitFor();
    await slack.fitsItsWidth();
    await slack.fillForm('Payments are back for most people');
    await slack.sees('Payments are back for most people');
    await slack.fitsItsWidth();
  });
}

story('two windows side by side are kept alike', {}, async (slack) => {
  const second = await slack.page.context().newPage();
  await second.goto(slack.page.url());
  await slack.say(DECLARE);
  const other = new Workspace(second);
  await other.open(ROOM);
  await slack.open(ROOM);
  await slack.button(/identified/i).click();
  await other.button(/monitoring/i).waitFor();
});
