// Holds the playbook's JSON Schema against ajv: `node playbook.mjs FILE`.
//
// FILE is `{ "schema", "good": [..], "bad": [..] }`, written by the Rust tests: every good sample must pass, no bad one may.

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const { schema, good, bad } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// Formats such as uint32 name Rust's types; the limits stand beside them.
const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
const problems = [];
if (good.length === 0 || bad.length === 0) problems.push('there are no samples');
for (const book of good) if (!validate(book)) problems.push(JSON.stringify(validate.errors));
bad.forEach((book, n) => {
  if (validate(book)) problems.push(`bad sample ${n} passes`);
});
problems.forEach((problem) => console.error(problem));
console.log(`playbook: ${good.length} good and ${bad.length} bad samples, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
