/** A ripgrep that waits before it searches for as long as a test wants it to, and then is the real program. Files are listed at once. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rgPath } from '@vscode/ripgrep';

export interface WaitingRipgrep {
  /** For `SPOOR_RG`. */
  readonly program: string;
  /** From now on searches wait. */
  hold(): void;
  /** Those that wait go on. */
  release(): void;
  /** The process of a search that waits, or has waited, since `hold`. */
  pid(): number | undefined;
}

export function waitingRipgrep(folder: string): WaitingRipgrep {
  const [program, gate, waiting] = ['waiting-rg', 'held', 'waiting'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const wait = `while [ -e '${gate}' ]; do echo $$ > '${waiting}.new'; mv '${waiting}.new' '${waiting}'; sleep 0.05; done`;
  writeFileSync(
    program,
    `#!/bin/sh\ncase "$*" in *--version*|*--files*) ;; *) ${wait} ;; esac\nexec '${rgPath}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  return {
    program,
    hold() {
      rmSync(waiting, { force: true });
      writeFileSync(gate, '');
    },
    release: () => rmSync(gate, { force: true }),
    pid: () => (existsSync(waiting) ? Number(readFileSync(waiting, 'utf8')) : undefined),
  };
}
