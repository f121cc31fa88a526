/**
 * The searching process as the editor's side has it: started by the first call, and again after it was stopped. It is
 * told settings and look anew then; whether indexing is paused is forgotten.
 */
import type { EditorLook, SearchService, ServiceSettings } from '#node/service/searchService.ts';
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from '#node/service/serviceClient.ts';

export interface SearchProcess {
  readonly service: SearchService;
  configure(settings: ServiceSettings): void;
  /** Ends the process; the next call starts another one. */
  stop(): Promise<void>;
  /** Whether it was asked something since it was last stopped. */
  isStarted(): boolean;
}

export interface SearchProcessOptions extends ServiceClientOptions {
  /** Called when it is needed for the first time, and for the first time after it was stopped. */
  readonly onStart: () => void;
}

export function searchProcess(options: SearchProcessOptions): SearchProcess {
  let settings = options.settings;
  let look: EditorLook | undefined;
  let client: ServiceClient | undefined;
  const started = (): ServiceClient => {
    if (!client) {
      client = createServiceClient({ ...options, settings });
      // A failure shows in the call that starts the process.
      if (look) client.look(look).catch(() => undefined);
      options.onStart();
    }
    return client;
  };
  const tellLook: SearchService['look'] = (now) => started().look((look = now));
  return {
    service: new Proxy({} as SearchService, {
      get: (_, name) => (name === 'look' ? tellLook : started()[name as keyof SearchService]),
    }),
    configure(now) {
      settings = now;
      client?.configure(now);
    },
    async stop() {
      const ending = client;
      client = undefined;
      await ending?.dispose();
    },
    isStarted: () => client !== undefined,
  };
}
