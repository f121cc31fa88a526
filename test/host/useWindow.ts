/** A window for the tests of a file or of a `describe`: opened before the first, closed after the last. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { readLogs } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import { openWindow } from './hostWindow.ts';
import type { HostWindow, WindowOptions } from './hostWindow.ts';

/** Pictures of windows in which a test failed, and what the extension logged. */
const FAILURES = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'spoor-test-failures');

interface Wanted extends WindowOptions {
  /** The shared server without it. */
  readonly server?: HostServer;
}

/** `prepare` makes what the window opens. */
export function useWindow(prepare: () => Wanted | Promise<Wanted>): () => HostWindow {
  let window: HostWindow | undefined;
  let logs: () => string;
  beforeAll(async () => {
    const { server = inject('server'), ...options } = await prepare();
    logs = () => spoorLogs(server);
    window = await openWindow(server.url, options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || !window) return;
    mkdirSync(FAILURES, { recursive: true });
    const path = join(FAILURES, task.name.replace(/\W+/g, '-').slice(0, 80));
    writeFileSync(`${path}.log`, `${logs()}\n${window.console.join('\n')}\n`);
    await window.page.screenshot({ path: `${path}.png` }).catch(() => {});
  });
  afterAll(() => window?.browser.close());
  return () => {
    if (!window) throw new Error('The window is opened before the first test, not earlier.');
    return window;
  };
}

const spoorLogs = (server: HostServer): string =>
  Object.entries(readLogs(server))
    .filter(([path]) => path.endsWith('Spoor.log'))
    .map(([path, text]) => `${path}\n${text}`)
    .join('\n');
