// A security incident, played through from declaring to closing by those inside, and what everybody else sees of it.

import assert from 'node:assert/strict';
import { story } from './sandbox.mjs';

const SECRET = 'tokens of customers leaked';
const ROOM = 'sec-1-';

/** A press on the newest message that has such a button. */
const press = (slack, name) => slack.messages.getByRole('button', { name }).last().click();

/** Goes into the room as someone else. */
const inRoomAs = async (slack, name) => {
  await slack.actAs(name);
  await slack.open(ROOM);
};

story('a security incident from declaring to closing', {}, async (slack) => {
  await slack.say(`/incident declare sev1 security: ${SECRET}`);
  await slack.open(ROOM);
  await slack.card.filter({ hasText: SECRET }).filter({ hasText: 'Need-to-know' }).waitFor();
  await slack.button('Accept Security incident coordinator').click();
  await slack.isAccessible();

  // Whoever is needed is let in with the role; nobody else finds anything.
  await slack.say('/incident role customer_comms @bob ');
  await slack.sees('made @Bob Brandt Customer communications lead');
  await slack.actAs('Carol');
  await slack.say('/incident list');
  const listed = await slack.sees('Only visible to you');
  assert.ok(!(await slack.page.locator('body').innerText()).includes(SECRET), await listed.innerText());
  assert.equal(await slack.entry(ROOM).count(), 0);

  // The plan is one person's, and approved by another.
  await inRoomAs(slack, 'Bob');
  await slack.say('/incident customers add Quagga Ltd security: sec@quagga.example');
  await slack.sees('named customer 1: Quagga Ltd');
  await slack.say('/incident customers plan Quagga first | bob | Your tokens were read');
  await slack.sees('wrote down how customers are told');
  await inRoomAs(slack, 'Alice');
  await slack.say('/incident customers');
  await press(slack, 'Approve plan');
  await slack.sees(/approved.*plan/);

  // One phase after the other, each a press away, with what it still needs.
  for (const phase of ['Triage', 'Investigation', 'Containment', 'Eradication', 'Recovery']) {
    await slack.button(`${phase} →`).click();
    await slack.sees(new RegExp(`changed the phase.*${phase}`));
    if (phase === 'Triage') await slack.sees('Still missing for Detection');
  }
  await slack.say('/incident customers confirm 1 its tokens were read');
  await slack.sees('confirmed the impact on customer 1');
  await slack.say('/incident resolve the tokens were revoked');
  await slack.card.filter({ hasText: 'Improvement' }).waitFor();

  // It holds up closing until the customer is told, and that each phase was left is accepted.
  await slack.say('/incident close');
  await slack.sees(/not closed yet.*customer 1 is affected and was not told/);
  await inRoomAs(slack, 'Bob');
  await slack.say('/incident customers told 1 mail | We revoked your tokens | Issue new ones');
  await slack.sees('told customer 1');
  await inRoomAs(slack, 'Alice');
  for (const exits = slack.button(/^Accept exit of/); await exits.count(); ) {
    const before = await exits.first().innerText();
    await exits.first().click();
    await slack.button(before).waitFor({ state: 'detached' });
  }
  await slack.button('End Notification').click();
  await slack.button('End Notification').waitFor({ state: 'detached' });
  await slack.button('Close').click();
  await slack.messages.getByRole('listitem').filter({ hasText: 'Closed' }).filter({ has: slack.page.getByRole('button', { name: 'Reopen' }) }).waitFor();
  await slack.say('/incident summary');
  await slack.sees(/SEC-1[^]*Quagga/);
  await slack.isAccessible();
});
