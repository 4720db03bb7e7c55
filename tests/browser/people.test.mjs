// Several people at once, and what they do beside commands: they talk, answer, react, and are called.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';

const ROOM = 'inc-1-checkout-is-down';
const DECLARE = '/incident declare sev1 checkout is down';

/** Wide enough for two windows that are no phones. */
const desk = { screen: { width: 2560, height: 1440 } };

story('two people talk in two windows, side by side', desk, async (alice) => {
  const bob = await alice.besideAs('Bob');
  await bob.open('checkout');
  await alice.open('general');

  // What is missed is counted: a word to somebody as a mention, everything else as unread.
  await alice.say('the shop is slow');
  await bob.unread('general', '1 unread').waitFor();
  await alice.say('can you look, @bob?');
  await bob.unread('general', '1 mention').waitFor();
  assert.match(await bob.page.title(), /^\(1\)/);
  await bob.open('general');
  await bob.entry('general$').waitFor();
  assert.doesNotMatch(await bob.page.title(), /^\(/);
  await bob.messages.getByText('New', { exact: true }).waitFor();

  // A thread, seen from both sides while it grows.
  const asked = await bob.sees('can you look');
  await asked.hover();
  await asked.getByRole('button', { name: 'Reply in thread' }).click();
  await bob.reply('on my way');
  await (await alice.sees('can you look')).getByRole('button', { name: '1 reply' }).click();
  await alice.thread.getByText('on my way').waitFor();
  await alice.isAccessible();
  await alice.reply('thank you');
  await bob.thread.getByText('thank you').waitFor();
  assert.equal(await bob.messages.getByText('thank you').count(), 0, 'a reply stays in its thread');
  await alice.reply(DECLARE);
  await alice.page.getByText('Commands do not work in threads').waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.thread.waitFor({ state: 'detached' });

  // One reaction of both, and taken back by one.
  await bob.react(await bob.sees('can you look'), 'eyes');
  await alice.messages.getByRole('button', { name: 'eyes, 1: Bob Brandt' }).click();
  await bob.messages.getByRole('button', { name: 'eyes, 2: you, Alice Adeyemi' }).click();
  await alice.messages.getByRole('button', { name: 'eyes, 1: you' }).waitFor();
});

story('who is paged in one window acknowledges in the other', { ...desk, colorScheme: 'dark' }, async (alice) => {
  const bob = await alice.besideAs('Bob');
  await alice.say(DECLARE);
  await alice.open(ROOM);
  await alice.isAccessible();
  await alice.button('Escalate').click();
  await alice.choose(/^Who is needed/, /^Bob Brandt/);
  await alice.page.keyboard.press('Escape'); // several can be chosen: the list stays
  await alice.isAccessible();
  await alice.send('Page');
  await bob.unread('Watchroom', '1 mention').click();
  await (await bob.sees('You are paged')).getByRole('button', { name: 'Acknowledge' }).click();
  await bob.sees(/acknowledged after/);
  await alice.sees(/Bob Brandt acknowledged/);
  await bob.isAccessible();

  // What one presses, the other sees.
  await bob.open(ROOM);
  await bob.button(/Identified/).click();
  await alice.isIn('Identified');
  await bob.isIn('Identified');
});

story('shortcuts: a message becomes an incident, and others go on its timeline', {}, async (slack) => {
  await slack.say('customers see an error page');
  await slack.shortcut(await slack.sees('customers see an error page'), 'Declare from message');
  const title = slack.dialog.getByRole('textbox', { name: /^What is wrong/ });
  await title.waitFor();
  assert.equal(await title.inputValue(), 'customers see an error page');
  await slack.fillForm('checkout is down');
  await slack.open(ROOM);

  await slack.say('the error rate has doubled');
  await slack.shortcut(await slack.sees('the error rate has doubled'), 'Add to incident timeline');
  await slack.sees(/put a message on the timeline.*the error rate has doubled/);
  await slack.say('it began with the new release');
  await slack.react(await slack.sees('it began with the new release'), 'pushpin');
  await slack.sees(/put a message on the timeline.*it began with the new release/);
  await slack.say('/incident timeline');
  await slack.sees(/Only visible to you.*the error rate has doubled.*it began with the new release/);

  await slack.page.getByRole('button', { name: 'Shortcuts' }).click();
  await slack.isAccessible();
  await slack.page.getByRole('menu', { name: 'Shortcuts' }).getByRole('menuitem', { name: 'Declare an incident', exact: true }).click();
  await slack.fillForm('mail is late');
  await slack.entry('inc-2-mail-is-late').waitFor();
});

story("the app's home shows what is open, and declares", {}, async (slack) => {
  const home = slack.page.getByRole('main');
  await slack.open('Watchroom');
  await slack.tab('Home').click();
  await home.getByRole('button', { name: 'Declare an incident' }).click();
  await slack.fillForm('checkout is down');
  await slack.entry(ROOM).waitFor();
  await slack.tab('Messages').click();
  await slack.sees(/The room of INC-1 is/);
  await slack.tab('Home').click();
  await home.getByText('INC-1 checkout is down').waitFor();
  await slack.isAccessible();
  await home.getByRole('button', { name: 'Show', exact: true }).click();
  await slack.dialog.getByText('INC-1 checkout is down').waitFor();
  await slack.isAccessible();
  await slack.page.keyboard.press('Escape');
  await slack.dialog.waitFor({ state: 'hidden' });
});
