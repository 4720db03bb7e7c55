// Starts the sandbox and a browser on it, and ends both: one fresh workspace per story.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Workspace } from './workspace.mjs';

const target = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'target');
const binary = process.env.SANDBOX_BINARY ?? join(target, 'debug', 'watchroom');
const pictures = join(target, 'browser');

const flags = [
  '--headless',
  '--no-sandbox', // root cannot have one, and only our own page is opened
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The longest a start or a clean stop may take. */
const patience = 30_000;

const within = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${patience / 1000} s`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** One run of `watchroom sandbox`: `{ address, end(signal), said() }`. */
const launch = async (listen, data, more) => {
  const child = spawn(binary, ['sandbox', '--listen', listen, '--data', data, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let found;
  const ended = once(child, 'exit'); // rejects when the program cannot be started at all
  const address = new Promise((resolve) => {
    found = resolve;
  });
  const listenTo = (chunk) => {
    said += chunk;
  };
  child.stderr.setEncoding('utf8').on('data', listenTo);
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    listenTo(chunk);
    const match = said.match(/http:\/\/127\.0\.0\.1:\d+\S*(?=\s)/);
    if (match) found(match[0]);
  });
  const end = async (signal) => {
    child.kill(signal);
    try {
      const [code, by] = await within(ended, 'stopping the sandbox');
      if (code !== 0 && by !== signal) throw new Error(`the sandbox ended with ${code ?? by}:\n${said}`);
    } finally {
      child.kill('SIGKILL');
    }
  };
  const early = ended.then(([code]) => {
    throw new Error(`the sandbox ended at once with ${code}:\n${said}`);
  });
  early.catch(() => {}); // it also ends when it is stopped, and then nobody waits for this
  try {
    return { address: await within(Promise.race([address, early]), 'starting the sandbox'), end, said: () => said };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
};

/** A sandbox on a port of its own and an empty directory. */
export const startSandbox = async (...more) => {
  const data = mkdtempSync(join(tmpdir(), 'watchroom-browser-'));
  const forget = () => rmSync(data, { recursive: true, force: true });
  let run;
  try {
    run = await launch('127.0.0.1:0', data, ['--fresh', ...more]);
  } catch (error) {
    forget();
    throw error;
  }
  const { address } = run;
  return {
    address,
    said: () => run.said(),
    /** Ends it without warning, once the simulated workspace is on disk as far as `text`. */
    crash: async (text) => {
      const kept = async () => {
        while (!readFileSync(join(data, 'workspace.json'), 'utf8').includes(text)) await nextTurn(50);
      };
      await within(kept(), `keeping "${text}"`);
      await run.end('SIGKILL');
    },
    /** Starts it again, where it was. */
    restart: async () => {
      run = await launch(new URL(address).host, data, []);
    },
    stop: () => run.end('SIGTERM').finally(forget),
  };
};

/** Complaints of all windows: errors in their scripts, and anything they ask from anywhere but the sandbox. */
const watch = (windows, address, interrupted) => {
  const complaints = [];
  const home = new URL(address).origin;
  windows.on('weberror', (error) => complaints.push(`script error: ${error.error().message}`));
  windows.on('console', (message) => {
    // The browser itself reports a server that is away.
    const away = interrupted && /^Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !away) complaints.push(`console: ${message.text()}`);
  });
  windows.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(home).host) complaints.push(`fetched from outside: ${url}`);
  });
  return complaints;
};

let launched;

/** One browser for all stories of a file; each has a context of its own in it, and nothing of the others'. */
const browser = () => {
  launched ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  return launched;
};

after(async () => (await launched)?.close());

/**
 * A test on a fresh workspace: `run` gets a `Workspace` and the sandbox. `options` are Playwright's for a browser
 * context, `interrupted` where the sandbox is away for a while, and `flags` for the sandbox's command line. A failing story
 * leaves a picture under target/browser.
 */
export const story = (name, { interrupted = false, flags: more = [], ...options }, run) =>
  test(name, { timeout: 180_000 }, async () => {
    const sandbox = await startSandbox(...more);
    let context;
    try {
      context = await (await browser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
      context.setDefaultTimeout(15_000);
      const complaints = watch(context, sandbox.address, interrupted);
      const page = await context.newPage();
      try {
        await page.goto(sandbox.address);
        await run(new Workspace(page), sandbox);
        if (complaints.length) throw new Error(complaints.join('\n'));
      } catch (error) {
        mkdirSync(pictures, { recursive: true });
        const picture = join(pictures, `${name.replace(/\W+/g, '-')}.png`);
        await page.screenshot({ path: picture }).catch(() => {}); // the page may be what failed
        error.message += `\npicture: ${picture}\npage: ${complaints.join('; ') || 'no complaints'}\nsandbox: ${sandbox.said().slice(-2000)}`;
        throw error;
      }
    } finally {
      await context?.close();
      await sandbox.stop();
    }
  });
