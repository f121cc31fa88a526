/** Packs the extension and starts the VS Code that most suites share, once for all of them. */
import type { TestProject } from 'vitest/node';
import { findChromium } from '../findChromium.ts';
import { startServer, stopServer } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import { packedExtension } from './packedExtension.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly vsix: string;
    readonly server: HostServer;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  findChromium();
  const vsix = packedExtension();
  const server = await startServer({ vsix: [vsix] });
  project.provide('vsix', vsix);
  project.provide('server', server);
  return () => stopServer(server);
}
