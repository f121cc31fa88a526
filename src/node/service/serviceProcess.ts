/**
 * The entry of the process that searches, forked by `serviceClient.ts`. It ends when its channel to the editor closes,
 * whatever became of the editor, and takes its own child processes with it.
 */
import { createService, type RunningService } from '#node/service/createService.ts';
import { ServiceError } from '#node/service/searchService.ts';
import { METHODS, parseToService, type FromService, type ToService } from '#node/service/wire.ts';

serve();

function serve(): void {
  if (!process.send) throw new Error('The searching process can only be started by the extension.');
  let service: RunningService | undefined;
  const running = new Map<number, AbortController>();
  const take = (said: ToService): void => {
    if (said.kind === 'settings') {
      if (service) service.configure(said.settings);
      else service = createService(said.settings, (event) => send({ kind: 'notice', event }));
    } else if (said.kind === 'cancel') running.get(said.id)?.abort();
    else void answer(service, said, running);
  };
  process.on('message', (message: unknown) => {
    const said = parseToService(message);
    if (said) take(said);
    else refuse(message);
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; when to stop is the editor's decision.
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

async function answer(
  service: RunningService | undefined,
  { id, method, args }: ToService & { kind: 'call' },
  running: Map<number, AbortController>,
): Promise<void> {
  const stopping = new AbortController();
  running.set(id, stopping);
  try {
    if (!service) throw new ServiceError('failed', 'A call came before the settings.');
    const { tells, cancels } = METHODS[method];
    const emit = (event: unknown): void => send({ kind: 'event', id, event });
    const call = service[method] as (...given: unknown[]) => Promise<unknown>;
    const value = await call(...args, ...(tells ? [emit] : []), ...(cancels ? [stopping.signal] : []));
    send({ kind: 'reply', id, value });
  } catch (error) {
    if (!(error instanceof ServiceError)) process.stderr.write(`${stackOf(error)}\n`);
    const { kind, message } = error instanceof ServiceError ? error : new ServiceError('failed', String(error));
    send({ kind: 'failure', id, error: { kind, message } });
  } finally {
    running.delete(id);
  }
}

/** Fails only when the editor's side is gone; then this process ends anyway. */
function send(message: FromService): void {
  process.send?.(message, () => undefined);
}

function refuse(message: unknown): void {
  const id = (message as { readonly id?: unknown } | null)?.id;
  const error = {
    kind: 'failed',
    message: 'The searching process was asked for something that it does not know.',
  } as const;
  if (typeof id === 'number') send({ kind: 'failure', id, error });
  else process.stderr.write(`${error.message}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`The searching process stops because of a fault: ${stackOf(error)}\n`, () => process.exit(1));
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
