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

  /** The same while `count` ("1 unread", "2 mentions") waits there. */
  unread(name, count) {
    return this.entry(`${name}\\s*, ${count}`);
  }

  /** At phone width the list is behind a button. */
  async showSidebar() {
    if (await this.sidebar.isVisible()) return;
    await this.page.getByRole('button', { name: 'Channels and conversations' }).first().click();
    await this.sidebar.waitFor();
  }

  /** Waits for a room (or a conversation) to be listed and goes there. */
  async open(name) {
    await this.showSidebar();
    await this.entry(name).click(); // waits until the room is listed
    await this.page.getByRole('textbox', { name: new RegExp(`^Message #?${name}`) }).waitFor();
  }

  /** A second window beside this one, in which somebody else acts. */
  async besideAs(name) {
    const opened = this.page.context().waitForEvent('page');
    await this.sidebar.getByRole('link', { name: `Side by side as ${name}` }).click();
    const other = new Workspace(await opened);
    await other.sidebar.getByRole('button', { name: new RegExp(`^Acting as.*${name}`) }).waitFor();
    return other;
  }

  /** Waits for a message that matches, the newest of them. */
  async sees(text) {
    const message = this.messages.getByRole('listitem').filter({ hasText: text }).last();
    await message.waitFor();
    return message;
  }

  /** The messages of the thread that is open at the right. */
  get thread() {
    return this.page.getByRole('complementary', { name: 'Thread' }).getByRole('list', { name: 'Thread' });
  }

  /** Writes into the open thread. */
  async reply(text) {
    const box = this.page.getByRole('textbox', { name: 'Reply…' });
    await box.fill(text);
    await box.press('Enter');
  }

  /** Chooses a shortcut from a message's menu. */
  async shortcut(message, name) {
    await message.hover();
    await message.getByRole('button', { name: 'More message actions' }).click();
    await this.page.getByRole('menu', { name: 'More message actions' }).getByRole('menuitem', { name }).click();
  }

  /** A tab of the app. */
  tab(name) {
    return this.page.getByRole('group', { name: 'Sections' }).getByRole('button', { name, exact: true });
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

  /** Waits until the card says that the incident is in this phase. */
  async isIn(phase) {
    await this.card.locator('.fields > *').filter({ hasText: new RegExp(`^Phase.*${phase}$`) }).waitFor();
  }

  /** Chooses an option of a menu in the open form, by the start of their names. */
  async choose(field, option) {
    await this.dialog.getByRole('button', { name: field }).click();
    await this.page.getByRole('option', { name: option }).click();
  }

  /** Presses the button that sends the open form, and waits until it is taken. */
  async send(name) {
    await this.dialog.getByRole('button', { name, exact: true }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Puts an emoji on a message, by the picker. */
  async react(message, name) {
    await message.hover();
    await message.getByRole('button', { name: 'Add a reaction' }).last().click();
    await this.page.getByRole('searchbox', { name: 'Find an emoji' }).fill(name);
    await this.page.getByRole('dialog', { name: 'Emoji' }).getByRole('button', { name, exact: true }).click();
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

  /** Would a key go there? */
  hasFocus(locator) {
    return locator.evaluate((element) => element === document.activeElement);
  }

  /** Reaches something with the Tab key alone, as someone without a mouse does. */
  async tabTo(locator, key = 'Tab') {
    for (let presses = 0; presses < 120; presses += 1) {
      if (await this.hasFocus(locator)) return;
      await this.page.keyboard.press(key);
    }
    assert.fail(`${locator} is not reached with 120 presses of ${key}`);
  }

  /** The pane at the right of this name; it is opened where it is not. */
  async pane(name) {
    const pane = this.page.getByRole('complementary', { name });
    if (await pane.isVisible()) return pane;
    // At phone width it covers everything.
    const close = this.page.getByRole('button', { name: 'Close this pane' });
    if (await close.isVisible()) await close.click();
    await this.showSidebar();
    await this.sidebar.getByRole('button', { name }).click();
    await pane.waitFor();
    return pane;
  }

  /** Somebody's telephone, in the pane of all. */
  async phone(name) {
    return (await this.pane('Phones')).getByRole('region', { name });
  }

  /** Waits until this is said aloud. */
  hears(text) {
    return this.page.locator('body > [aria-live]').getByText(text).last().waitFor({ state: 'attached' });
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
