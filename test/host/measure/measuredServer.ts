/** A VS Code with Spoor and the probe in it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, stopServer } from '../hostServer.ts';
import type { HostServer } from '../hostServer.ts';
import { openWindow } from '../hostWindow.ts';
import type { HostWindow } from '../hostWindow.ts';
import { until } from '../until.ts';
import { openProbe, packProbe } from './probe.ts';
import type { Probe } from './probe.ts';

export interface MeasuredServer {
  readonly server: HostServer;
  readonly window: HostWindow;
  readonly probe: Probe;
  /** Empty and its own. */
  readonly folder: string;
}

/** With a storage that nothing is in yet. */
export async function withServer<T>(
  vsix: string,
  workspace: string,
  use: (measured: MeasuredServer) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-measure-'));
  const socket = join(folder, 'probe');
  let server: HostServer | undefined;
  let window: HostWindow | undefined;
  try {
    server = await startServer({ vsix: [vsix, await packProbe(folder)], env: { SPOOR_PROBE: socket } });
    window = await openWindow(server.url, { workspace });
    await until('answer of the probe', () => existsSync(socket));
    return await use({ server, window, probe: openProbe(socket), folder });
  } finally {
    await window?.browser.close();
    if (server) await stopServer(server);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
