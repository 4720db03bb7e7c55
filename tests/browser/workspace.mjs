// What a person does in the workspace, in words: by role and name, as a screen reader finds things.

import assert from 'node:assert/strict';
import axe from 'axe-core';

export class Workspace {
  constructor(page) {
    this.page = page;
    this.composer = page.getByRole('textbox', { name: /^Message / });
    this.sidebar = page.getByRole('navigation', { name: 'Workspace' });
    this.messages = page.getByRole('list', { name: 'Messages' });
    this.dialog = page.getByRole('dialog').filter({ has: page.getByRole('heading') });
  }

  /** Types into the composer and sends. */
  async say(text) {
    await this.composer.click();
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The entry of a room in the list at the left, by the start of its name. */
  entry(name) {
    return this.sidebar.getByRole('button', { name: new RegExp(`^${name}`) });
  }

  /** At phone width the list is behind a button. */
  async showSidebar() {
    if (await this.sidebar.isVisible()) return;
    await this.page.getByRole('button', { name: 'Channels and conversations' }).first().click();
    await this.sidebar.waitFor();
  }

  /** Waits for a room to be listed and goes there. */
  async open(name) {
    await this.showSidebar();
    await this.entry(name).click(); // waits until the room is listed
    await this.page.getByRole('textbox', { name: new RegExp(`^Message #?${name}`) }).waitFor();
  }

  /** Waits for a message that matches, the newest of them. */
  async sees(text) {
    const message = this.messages.getByRole('listitem').filter({ hasText: text }).last();
    await message.waitFor();
    return message;
  }

  /** The live card: the message that carries the incident's buttons. */
  get card() {
    return this.messages
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('button', { name: 'Post update' }) })
      .first();
  }

  button(name) {
    return this.card.getByRole('button', { name });
  }

  /** Writes into the first text box of the open form, and into those that are empty, and sends it. */
  async fillForm(text) {
    await this.dialog.waitFor();
    const boxes = this.dialog.getByRole('textbox');
    await boxes.first().waitFor(); // the form opens at once and is filled a moment later
    for (const [at, box] of (await boxes.all()).entries()) {
      // A template may stand there already.
      if (at === 0 || (await box.inputValue()) === '') await box.fill(text);
    }
    const unsure = this.dialog.getByRole('checkbox', { name: /Not sure/ });
    if (await unsure.count()) await unsure.check();
    await this.dialog.getByRole('button', { name: /^(Post|Declare|Rename|Resolve)$/ }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** The open form is seen from its top on, and the focus is in it. */
  async isAtTheTop() {
    const [scrolled, within] = await this.dialog.evaluate((el) => [el.querySelector('.modal-body').scrollTop, el.contains(document.activeElement)]);
    assert.deepEqual([scrolled, within], [0, true]);
  }

  /** Reaches something with the Tab key alone, as someone without a mouse does. */
  async tabTo(locator, key = 'Tab') {
    for (let presses = 0; presses < 120; presses += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    assert.fail(`${locator} is not reached with 120 presses of ${key}`);
  }

  /** Chooses an entry of the card's overflow menu. */
  async more(entry) {
    await this.button('More actions').click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** Becomes someone else, as the page's own switch does. */
  async actAs(name) {
    await this.showSidebar();
    await this.sidebar.getByRole('button', { name: /^Acting as/ }).click();
    await this.page.getByRole('menu', { name: 'Act as another person' }).getByRole('menuitemradio', { name }).click();
    await this.sidebar.getByRole('button', { name: new RegExp(`^Acting as.*${name}`) }).waitFor();
  }

  /** Nothing in the way of people who use assistive technology. */
  async isAccessible() {
    await this.page.locator('h1').first().waitFor({ state: 'attached' }); // the page is drawn a moment after it is opened
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const found = violations
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    assert.deepEqual(found, []);
  }

  /** Nothing sticks out to the side. */
  async fitsItsWidth() {
    const [content, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
  }
}
