/** Stands for the editor's own process: holds a searching process, says its number, and goes on until it is killed. */
import { fork } from 'node:child_process';
import { createServiceClient } from '../../src/node/service/serviceClient.ts';
import { serviceModule, serviceSettings } from './serviceSettings.ts';

const [folder, storage] = process.argv.slice(2) as [string, string];
const client = createServiceClient({
  modulePath: serviceModule,
  settings: serviceSettings({ folders: [folder], storage }),
  log: () => undefined,
  onEvent: () => undefined,
  fork: ((...given: Parameters<typeof fork>) => {
    const child = fork(...given);
    process.stdout.write(`${child.pid}\n`);
    return child;
  }) as typeof fork,
});
const ask = { question: 'Where are failed uploads tried again?', scope: [], earlier: [] };
for (;;) await client.ask(ask, () => undefined, new AbortController().signal);
