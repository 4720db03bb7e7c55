// What the public reads: the status page, from the first update to the last, with and without script, at three widths.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Workspace } from './workspace.mjs';
import { story } from './sandbox.mjs';

const ROOM = 'inc-1-';

/** Sends an update for customers, as the person who is here now. */
const tellCustomers = async (slack, impact, component, standing) => {
  await slack.say('/incident channels');
  await slack.messages.getByRole('button', { name: /^Write update for customers/ }).last().click();
  await slack.dialog.getByRole('textbox', { name: /^Impact/ }).fill(impact);
  const cause = slack.dialog.getByRole('textbox', { name: /^Cause/ });
  if (await cause.count()) await cause.fill('A fault in our systems');
  if (component) {
    await slack.choose(/^(Affected component|Another affected component)/, component);
    await slack.choose(new RegExp(`^${component}`), standing);
  }
  await slack.dialog.getByRole('button', { name: 'Continue' }).click();
  await slack.dialog.getByText('How it will look stands at the top').waitFor();
  await slack.send('Send');
};

story('what is sent stands on the status page within a second, until it is over', {}, async (slack, sandbox) => {
  const address = sandbox.said().match(/status page: (\S+)/)[1];
  const browser = slack.page.context().browser();
  const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: 'de-DE' });
  const scripted = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const [phone, desk] = [await plain.newPage(), await scripted.newPage()];
  try {
    await desk.goto(address);
    await desk.getByText('All systems operational').waitFor();
    await slack.say('/incident declare sev2 checkout is down');
    await slack.open(ROOM);
    await tellCustomers(slack, 'Some payments fail', 'Payments', 'Partial outage');
    await slack.sees(/Public status page[^]*published/);
    const sent = Date.now();
    for (let seen = 0; !seen; seen = await desk.getByText('Some payments fail.').count()) {
      assert.ok(Date.now() - sent < 1000, 'it is not there after a second');
      await desk.reload();
    }
    for (const width of [360, 820, 1280]) {
      await desk.setViewportSize({ width, height: 900 });
      await new Workspace(desk).fitsItsWidth();
      await new Workspace(desk).isAccessible();
    }
    await phone.goto(address);
    await phone.getByText('Teilweiser Ausfall').first().waitFor();
    await phone.getByRole('link', { name: /Problem with/ }).click();
    await phone.getByRole('listitem').filter({ hasText: 'Some payments fail.' }).waitFor();
    await phone.getByRole('link', { name: 'Verlauf' }).click();
    await phone.getByRole('article').filter({ hasText: 'Some payments fail.' }).waitFor();
    assert.ok((await (await phone.request.get(address)).body()).length < 50_000);
    await phone.goto(address);

    await slack.say('/incident resolve a new index');
    await slack.sees(/Readers of[^]*Public status page[^]*still read that it goes on/);
    await tellCustomers(slack, 'Payments work again');
    await slack.sees(/Public status page[^]*published/);
    await phone.reload();
    await phone.getByText('Alle Systeme funktionieren').waitFor();
    await phone.getByText('Behoben').first().waitFor();
  } finally {
    await plain.close();
    await scripted.close();
  }
});

// The Rust tests leave them: `tests/run rust`.
const recorded = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'target', 'status-pages');

story('everybody can use the pages of subscriptions and of many components', {}, async (slack) => {
  const names = readdirSync(recorded).filter((name) => name.endsWith('.html')).sort();
  assert.ok(names.length >= 12, `recorded: ${names}`);
  const context = slack.page.context();
  for (const colorScheme of ['light', 'dark']) {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme });
    for (const name of names) {
      await page.setContent(readFileSync(join(recorded, name), 'utf8'));
      for (const width of [360, 820, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await new Workspace(page).fitsItsWidth();
      }
      try {
        await new Workspace(page).isAccessible();
      } catch (error) {
        throw new Error(`${name}, ${colorScheme}: ${error.message}`);
      }
    }
    await page.close();
  }
});
