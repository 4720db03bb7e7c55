// The main job, as a newcomer does it in the browser: declare, run and resolve an incident.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';

const ROOM = 'inc-1-checkout-is-down';
const DECLARE = '/incident declare sev1 checkout is down';

story('a first visitor is told where to start', {}, async (slack) => {
  assert.equal(new URL(slack.page.url()).search, '', 'the printed address names nobody');
  await slack.page.getByRole('region', { name: 'Where to start' }).getByText('/incident declare').first().waitFor();
  await slack.sidebar.getByRole('button', { name: /^Acting as/ }).waitFor();
  await slack.isAccessible();
});

story('an incident is declared, updated and resolved with the mouse', {}, async (slack) => {
  await slack.isAccessible();
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.card.filter({ hasText: 'INC-1' }).filter({ hasText: 'checkout is down' }).waitFor();
  await slack.isAccessible();

  await slack.button(/identified/i).click();
  await slack.button(/monitoring/i).waitFor(); // the next one is a single press away again
  // What is said aloud is what is shown, and no markup.
  await slack.page.locator('body > [aria-live]').getByText(/: @Alice Adeyemi changed the phase: \S+ Investigating/).waitFor({ state: 'attached' });
  await slack.sees(/identified/i);

  await slack.button('Post update').click();
  await slack.dialog.getByRole('textbox', { name: /^Update/ }).fill('A bad deploy; we are rolling it back');
  await slack.dialog.getByRole('button', { name: 'Preview' }).click();
  await slack.dialog.getByText(/Status update[^]*A bad deploy; we are rolling it back/).first().waitFor();
  await slack.isAtTheTop();
  await slack.isAccessible();
  await slack.fillForm('A bad deploy; we are rolling it back');
  await slack.sees('A bad deploy; we are rolling it back');

  // To customers nothing goes that was not shown first: at the top, where the focus is, and said aloud.
  await slack.button('Post update').click();
  await slack.dialog.getByRole('textbox', { name: /^Update/ }).fill('The primary is down');
  await slack.dialog.getByRole('button', { name: 'Also write to customers' }).click();
  const impact = slack.dialog.getByRole('textbox', { name: /^Impact/ });
  await impact.fill('It will be fixed soon');
  await slack.dialog.getByRole('textbox', { name: /^Cause/ }).fill('A fault in our systems');
  await slack.dialog.getByRole('button', { name: 'Continue' }).click();
  await slack.dialog.getByText(/promises something/).first().waitFor();
  await slack.isAtTheTop();
  await slack.dialog.locator('[aria-live]').getByText(/promises something[^]*A fault in our systems/).waitFor();
  await slack.isAccessible();
  assert.equal(await impact.inputValue(), 'It will be fixed soon');
  await slack.dialog.getByRole('button', { name: 'Send anyway' }).click();
  const internal = slack.dialog.getByRole('textbox', { name: /^Update/ });
  await internal.waitFor();
  assert.equal(await internal.inputValue(), 'The primary is down', 'what was begun for colleagues is still there');
  await slack.dialog.getByRole('button', { name: 'Post', exact: true }).click();
  await slack.sees('The primary is down');

  await slack.more('Resolve');
  await slack.fillForm('The old release is back, and orders go through');
  await slack.isIn('Resolved');
  assert.equal(await slack.card.count(), 1, 'the card is edited in place, never posted again');

  // What may be the same is offered where it is seen.
  await slack.say('/incident declare sev2 mail is late');
  await slack.entry('inc-2-mail-is-late').waitFor();
  await slack.say('/incident mail is late');
  await slack.dialog.getByRole('checkbox', { name: /Not sure/ }).check();
  await slack.dialog.getByRole('button', { name: 'Declare', exact: true }).click();
  await slack.dialog.getByText('Is it one of these?').first().waitFor();
  await slack.isAtTheTop();
  await slack.dialog.getByRole('button', { name: 'Declare anyway' }).waitFor();
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
  assert.ok(await slack.hasFocus(slack.button('Post update')), 'the focus came back');

  await keyboard.press('Enter');
  const update = slack.dialog.getByRole('textbox', { name: /^Update/ });
  await update.waitFor();
  await slack.tabTo(update);
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('We take the release back');
  const due = slack.dialog.getByRole('button', { name: /^Next update \(/ });
  await slack.tabTo(due);
  await keyboard.press('Enter');
  await slack.page.getByRole('option', { name: 'in 30 min' }).waitFor();
  await keyboard.type('30 min');
  await slack.page.getByRole('option', { name: 'in 15 min' }).waitFor({ state: 'detached' });
  await keyboard.press('Enter');
  assert.ok(await slack.hasFocus(due), 'the focus is where the choice was');
  await slack.tabTo(slack.dialog.getByRole('button', { name: 'Post', exact: true }));
  await keyboard.press('Enter');
  await slack.dialog.waitFor({ state: 'hidden' });
  await slack.sees('We take the release back');

  await slack.tabTo(slack.composer);
  await keyboard.type('/incident resolve the old release is back');
  await keyboard.press('Enter');
  await slack.isIn('Resolved');
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

story('what is pressed stays under the pointer', { viewport: { width: 1280, height: 600 } }, async (slack) => {
  const { mouse } = slack.page;
  await slack.say(DECLARE);
  await slack.open(ROOM);
  const next = slack.button(/identified/i);
  await next.waitFor();
  // The bar of bookmarks comes last, and moves what is below it.
  await slack.page.getByText('INC-1 card').waitFor();
  await slack.page.getByText('Call', { exact: true }).first().waitFor();
  const before = await next.boundingBox();
  await mouse.click(before.x + 10, before.y + 10);
  await slack.button(/monitoring/i).waitFor();
  await slack.sees(/changed the phase/);
  const after = await slack.button(/monitoring/i).boundingBox();
  assert.ok(Math.abs(after.y - before.y) < 1, `the next press would be at ${before.y}, and its button is at ${after.y}`);
  // The card grows: it has more facts now, above its buttons.
  await mouse.click(before.x + 10, before.y + 10);
  await slack.button(/resolved/i).waitFor();
  const line = await slack.sees(/changed the phase: .*Monitoring/);
  const again = await slack.button(/resolved/i).boundingBox();
  assert.ok(Math.abs(again.y - before.y) < 1, `the next press would be at ${before.y}, and its button is at ${again.y}`);

  // Elsewhere the pointer holds nothing: the end is seen again.
  await slack.composer.hover();
  const composer = await slack.composer.boundingBox();
  const end = await line.boundingBox();
  assert.ok(end.y + end.height <= composer.y, `the last line is at ${end.y}, and the composer at ${composer.y}`);
});

story('a wrong form says what is wrong, and keeps what was typed', {}, async (slack) => {
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.more('Keep a link');
  const address = slack.dialog.getByRole('textbox').first();
  await address.fill('not an address');
  await slack.dialog.getByRole('button', { name: 'Keep', exact: true }).click();
  await slack.dialog.getByText(/^That is not an address/).waitFor();
  assert.equal(await address.inputValue(), 'not an address');
  await slack.isAccessible();
});

story('what was answered survives a crash, and the page goes on', { interrupted: true }, async (slack, sandbox) => {
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.button(/identified/i).click();
  await slack.button(/monitoring/i).waitFor();
  await slack.say('/incident note before the crash');
  await slack.sees('before the crash');
  await sandbox.crash('before the crash');
  await slack.button(/monitoring/i).click();
  await slack.page.getByText('The workspace cannot be reached').waitFor();
  // However long it is away, it is asked for again soon after it is back: never more than a second or so later.
  for (let asked = 0; asked < 6; asked += 1) {
    await slack.page.waitForRequest(/\/sandbox\/stream/, { timeout: 2500 });
  }
  await sandbox.restart();
  await slack.page.getByRole('status').filter({ hasText: /Connecting/i }).waitFor({ state: 'hidden' });
  await slack.page.getByText('The workspace cannot be reached').waitFor({ state: 'detached' }); // it can, now
  await slack.button(/monitoring/i).click();
  await slack.button(/resolved/i).waitFor();
  await slack.say('/incident resolve the old release is back');
  await slack.isIn('Resolved');
  assert.equal(await slack.card.count(), 1, 'one card, and no other');
});
