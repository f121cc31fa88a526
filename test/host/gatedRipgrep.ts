/**
 * A ripgrep that begins to search when a test says so: a question stays in the middle for as long as the test needs.
 * The search itself is that of the real program.
 */
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { until } from './until.ts';

export interface GatedRipgrep {
  /** For the setting `spoor.ripgrepPath`. */
  readonly program: string;
  close(): void;
  open(): void;
  /** Resolves when a search waits at the gate. */
  reached(): Promise<unknown>;
}

/** Open at first. */
export function gatedRipgrep(folder: string): GatedRipgrep {
  const program = join(folder, 'gated-rg');
  const gate = join(folder, 'closed');
  const waiting = join(folder, 'waiting');
  const wait = `while [ -e '${gate}' ]; do : > '${waiting}'; sleep 0.05; done`;
  writeFileSync(program, `#!/bin/sh\ncase "$*" in *--version*) ;; *) ${wait} ;; esac\nexec '${rgPath}' "$@"\n`);
  chmodSync(program, 0o755);
  return {
    program,
    close: () => {
      rmSync(waiting, { force: true });
      writeFileSync(gate, '');
    },
    open: () => rmSync(gate, { force: true }),
    reached: () => until('search at the gate', () => existsSync(waiting)),
  };
}
