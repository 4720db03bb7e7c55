// What the Rust tests recorded: a directory of JSON files, each of them judged.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** A JSON file that stands beside the validators. */
export const beside = (name) => JSON.parse(readFileSync(join(here, name), 'utf8'));

const filesIn = (directory) => {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
};

/**
 * Judges every file of `directory`: `problemsOf` gives a list of sentences, or a promise of one, empty when all is well.
 * True when there was something to judge and nothing was wrong.
 */
const checkDirectory = async (directory, problemsOf, summary) => {
  const files = filesIn(directory);
  if (files.length === 0) {
    console.error(`${directory}: nothing is recorded there, so nothing was checked`);
    return false;
  }
  let failed = 0;
  for (const file of files) {
    let problems;
    try {
      problems = await problemsOf(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    } catch (error) {
      problems = [`/: ${error.message}`];
    }
    for (const problem of problems) console.error(`${file}: ${problem}`);
    failed += problems.length > 0 ? 1 : 0;
  }
  console.log(`${files.length - failed} of ${files.length} ${summary}`);
  return failed === 0;
};

/** The command line both validators share: `DIR`, or `--self-test`. */
export const main = async ({ problemsOf, summary, selfTest }) => {
  const [argument] = process.argv.slice(2);
  if (!argument) throw new Error('usage: DIR | --self-test');
  const fine = await (argument === '--self-test' ? selfTest() : checkDirectory(argument, problemsOf, summary));
  process.exitCode = fine ? 0 : 1;
};
