// What a person does in the workspace, in words: by role and name, as a screen reader finds things.

import assert from 'node:assert/strict';
import axe from 'axe-core';

export class Workspace {
  constructor(page) {
    this.page = page;
    this.composer = page.getByRole('textbox', { name: /^Message / });
    this.sidebar = page.getByRole('navigation', { name: 'Channels and conversations' });
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
    await this.page.getByRole('button', { name: /channels|conversations|menu/i }).first().click();
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

  /** Writes into the empty text boxes of the open form and sends it, through a preview if there is one. */
  async fillForm(text) {
    await this.dialog.waitFor();
    const boxes = this.dialog.getByRole('textbox');
    await boxes.first().waitFor(); // the form opens at once and is filled a moment later
    for (const box of await boxes.all()) {
      if ((await box.inputValue()) === '') await box.fill(text);
    }
    for (let step = 0; step < 2 && (await this.dialog.isVisible()); step += 1) {
      await this.dialog.getByRole('button', { name: /^(post|send|declare|next|preview|save)\b/i }).last().click();
      await Promise.race([
        this.dialog.waitFor({ state: 'hidden' }),
        this.dialog.getByRole('button', { name: /^(post|send)\b/i }).last().waitFor(),
      ]);
    }
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Reaches something with the Tab key alone, as someone without a mouse does. */
  async tabTo(locator, key = 'Tab') {
    for (let presses = 0; presses < 120; presses += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    assert.fail(`${locator} is not reached with 120 presses of ${key}`);
  }

  /** Nothing serious for people who use assistive technology. */
  async isAccessible() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    assert.deepEqual(serious, []);
  }

  /** Nothing sticks out to the side. */
  async fitsItsWidth() {
    const [content, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
  }
}
