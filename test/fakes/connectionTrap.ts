/**
 * Loaded before a program: whatever would open a connection, or ask for the address of a name, is written to the file
 * that `SPOOR_CONNECTIONS` names, a line each, and fails. Its first line is `trapped` and the kind of thread.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';

const file = process.env['SPOOR_CONNECTIONS']!;

const trapped = (what: string) => (): never => {
  appendFileSync(file, `${what}\n`);
  throw new Error(`No connection may be opened: ${what}`);
};

net.Socket.prototype.connect = trapped('connect');
dgram.Socket.prototype.send = trapped('send');
dgram.Socket.prototype.connect = trapped('connect by UDP');
globalThis.fetch = trapped('fetch');
for (const resolver of [dns, dns.promises] as const)
  for (const name of [
    'lookup',
    'lookupService',
    'resolve',
    'resolve4',
    'resolve6',
    'resolveSrv',
    'resolveTxt',
  ] as const)
    Object.assign(resolver, { [name]: trapped(`dns.${name}`) });
syncBuiltinESMExports();
appendFileSync(file, `trapped ${isMainThread ? 'program' : 'thread'}\n`);
