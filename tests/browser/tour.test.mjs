// The README's first tour, by the README's own words: what it names as code is typed or chosen, what it names in bold is
// pressed, and its emoji is put on a message.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { story } from './sandbox.mjs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, tour] = /Then, as Alice:\n\n([^]+?)\n\n/.exec(readme);
const words = [...tour.matchAll(/\*\*(.+?)\*\*|`(.+?)`|:(\w+):/g)].map(([, bold, code, emoji]) => bold ?? code ?? emoji);

story("the README's tour: from the first command to the summary", {}, async (slack) => {
  const told = words.values();
  const next = () => told.next().value ?? assert.fail('the README names less than this tour does');
  const button = (name) => slack.button(new RegExp(`${name}$`)); // an emoji may stand before it

  await slack.say(next());
  await slack.open(next().replace(/^#/, ''));

  await slack.button(next()).click();
  await slack.choose(/policy/, next());
  await slack.send(next());
  const acting = new RegExp(`^${next()}`);
  await slack.sidebar.getByRole('button', { name: acting }).waitFor();
  await slack.actAs('Bob');
  await slack.sidebar.getByRole('region', { name: next() }).getByRole('button', { name: /^Watchroom/ }).click();
  await (await slack.sees('You are paged')).getByRole('button', { name: 'Acknowledge' }).click();
  await slack.sees(/acknowledged after/);
  await slack.actAs('Alice');
  await slack.sees(/Bob Brandt acknowledged/); // where she was: the room

  await button(next()).click();
  await slack.isIn('Identified');
  await slack.say(next());
  await slack.sees(/Only visible to you.*Post update/);
  await slack.button(next()).click();
  await slack.send(next());
  await slack.sees(/Status update/);
  await slack.say(next());
  await slack.sees(/fixed: rolled back the release/);
  await button(next()).click();
  await slack.isIn('Monitoring');

  await slack.say(next());
  await (await slack.sees(/not called resolved yet/)).getByRole('button', { name: next() }).click();
  await slack.dialog.getByRole('textbox', { name: /signal/ }).fill('Orders go through again');
  await slack.send('Confirm');
  await slack.isIn('Resolved');
  await slack.say(next());
  await slack.sees(/Alice Adeyemi closed INC-1/);

  await slack.say(next());
  await slack.sees(/Summary of INC-1/);
  await slack.say('the shop in the old town noticed first');
  await slack.react(await slack.sees('in the old town'), next());
  await slack.sees(/put a message on the timeline.*the old town/);
  await slack.say(next());
  await slack.sees(/Only visible to you.*Timeline of INC-1.*the old town/);
  assert.deepEqual([...told], [], 'the README names more than this tour does');
});
