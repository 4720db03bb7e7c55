// Slack is not the only path: pages reach the sample people's telephones, and where nobody answers, the fallback.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';

const ROOM = 'inc-1-checkout-is-down';
const DECLARE = '/incident declare sev1 checkout is down';

const page = async (slack) => {
  await slack.say(DECLARE);
  await slack.open(ROOM);
  await slack.say('/incident page checkout');
  await slack.sees(/asks for help/);
};

story('a page that nobody answers goes to the fallback within a minute, by the telephone on its way', {}, async (slack) => {
  slack.page.setDefaultTimeout(60_000); // all of it takes about forty seconds
  await page(slack);
  const lab = await slack.pane('Faults and clock');
  const began = Date.now();
  await lab.getByRole('button', { name: 'Run 30 times as fast' }).click();
  await slack.hears('The clock runs 30 times as fast');

  // Bob is asked in Slack; a text message follows, then his telephone rings.
  await slack.hears(/Text message to Bob Brandt: INC-1/);
  await slack.sidebar.getByRole('button', { name: /^Phones\s*, \d+ new/ }).waitFor();
  const bobs = await slack.phone('Bob Brandt');
  await bobs.getByRole('listitem').filter({ hasText: 'Text message' }).getByText('checkout is down').first().waitFor();
  await slack.hears(/Bob Brandt's phone rings: .*checkout is down/);
  await bobs.getByText('Missed: nobody took it').first().waitFor();
  await slack.isAccessible();
  await slack.sees(/Bob Brandt could not be reached by voice call.*nobody answered the telephone/);

  // Nobody of the first step, nobody of the next: twice, and then the fallback. It is said in the room, and aloud.
  await slack.hears(/No answer yet; asking the next step: @checkout-team/);
  await (await slack.phone('Carol Chen')).getByRole('listitem').filter({ hasText: 'Push' }).first().waitFor();
  await slack.hears(/No answer yet; asking the fallback: @managers, #incidents/);
  await slack.sees(/No answer yet; asking the fallback/);
  const took = (Date.now() - began) / 1000;
  assert.ok(took < 60, `it took ${took} s`);
  await (await slack.pane('Faults and clock')).getByRole('button', { name: 'Run 30 times as fast', pressed: true }).click();
  await slack.hears('The clock runs as usual');
  await slack.open('incidents');
  await slack.sees(/INC-1.*(asked for help|needs)/);
});

story('a key on the telephone acknowledges, with the keyboard alone', { colorScheme: 'dark' }, async (slack) => {
  const { keyboard } = slack.page;
  await page(slack);
  const lab = await slack.pane('Faults and clock');
  await lab.getByRole('button', { name: '+1 min' }).click();
  await slack.hears(/Text message to Bob Brandt/);
  await lab.getByRole('spinbutton', { name: 'Other' }).fill('2');
  await lab.getByRole('button', { name: 'Skip by that many minutes' }).click();
  await slack.page.getByRole('status').filter({ hasText: "Bob Brandt's phone rings" }).waitFor();
  const open = slack.sidebar.getByRole('button', { name: /^Phones\s*, \d+ new/ });
  await open.waitFor();
  await slack.tabTo(open, 'Shift+Tab');
  await keyboard.press('Enter');
  const bobs = await slack.phone('Bob Brandt');
  const one = bobs.getByRole('group', { name: 'Call to Bob Brandt' }).getByRole('button', { name: 'Press 1' });
  await one.waitFor();
  await slack.isAccessible();
  await slack.tabTo(one);
  await keyboard.press('Enter');
  await bobs.getByText(/Pressed 1: “You are on it/).waitFor();
  await slack.sees(/Bob Brandt acknowledged by voice call after 3 min/);
  await keyboard.press('Escape');
  await slack.page.getByRole('complementary', { name: 'Phones' }).waitFor({ state: 'hidden' });
});

const phone = { viewport: { width: 390, height: 780 }, hasTouch: true };

story('while Slack is down a push has the link that acknowledges, on a phone', phone, async (slack) => {
  await page(slack);
  const lab = await slack.pane('Faults and clock');
  await slack.fitsItsWidth();
  await lab.getByRole('button', { name: 'Start: Slack is down' }).click();
  await slack.page.getByRole('button', { name: 'Close this pane' }).click();
  await slack.say('/incident page @erin '); // with a space, or the name is only completed
  const erins = await slack.phone('Erin Eriksson');
  const push = erins.getByRole('listitem').filter({ hasText: 'Push' });
  await push.waitFor();
  await slack.fitsItsWidth();
  await slack.isAccessible();
  const opened = slack.page.context().waitForEvent('page');
  await push.getByRole('link', { name: 'Acknowledge' }).click();
  const answer = await opened;
  await answer.getByRole('button', { name: 'Acknowledge' }).click();
  await answer.getByText('You are on it').waitFor();
  await answer.close();
  await (await slack.pane('Faults and clock')).getByRole('button', { name: 'Clear all faults' }).click();
  await slack.page.getByRole('button', { name: 'Close this pane' }).click();
  await slack.sees(/Erin Eriksson acknowledged/);
});

story("the app's home shows the shifts and the ways to oneself, and tests them", {}, async (slack) => {
  const home = slack.page.getByRole('main');
  await slack.open('Watchroom');
  await slack.tab('Home').click();
  await home.getByText('On call now').waitFor();
  await home.getByText('Your next four weeks').waitFor();
  await home.getByText(/at once by SMS|after 1 minute by SMS/).waitFor();
  await home.getByText('not proved yet').first().waitFor();
  await slack.isAccessible();
  await home.getByRole('button', { name: 'Test', exact: true }).click();
  await slack.dialog.getByText('A test goes out by SMS, voice call').first().waitFor();
  await slack.page.keyboard.press('Escape');
  const own = await slack.phone('Alice Adeyemi');
  await own.getByRole('button', { name: 'Press 1' }).click();
  await own.getByText(/Pressed 1/).waitFor();
  // What is proved shows there at once.
  await home.getByText(/voice call.*proved on/).waitFor();
});
