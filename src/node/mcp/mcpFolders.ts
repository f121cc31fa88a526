/** Which folders a client's call is about: those that the server was started with, else the client's own, else here. */
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type ClientCapabilities,
  type InputRequiredResult,
  type McpServer,
  type Root,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { WorkspaceError } from '#node/workspace.ts';

export interface McpFolders {
  /**
   * Folders of this call. Revision 2026-07-28 of the protocol has no other way to ask for the client's than to end the
   * call with that request; the client then calls again.
   */
  of(context: ServerContext): Promise<readonly string[]> | InputRequiredResult;
  /** Folders of a client that has opened its connection by `initialize`. */
  now(): Promise<readonly string[]>;
}

interface Given {
  /** From the command line; empty if there are none. */
  readonly directories: readonly string[];
  readonly cwd: string;
}

/** @param onChange the client says that its folders are others now. */
export function createMcpFolders({ server }: McpServer, given: Given, onChange: () => void): McpFolders {
  const { directories, cwd } = given;
  let asked: Promise<readonly string[]> | undefined;
  const ask = async (): Promise<readonly string[]> => {
    try {
      return foldersOf((await server.listRoots()).roots, cwd);
    } catch (error) {
      // There are clients that say they can tell their folders and do not know how.
      if (error instanceof ProtocolError && error.code === ProtocolErrorCode.MethodNotFound) return currentFolder(cwd);
      throw untold(error);
    }
  };
  const now = (): Promise<readonly string[]> => {
    if (directories.length) return Promise.resolve(directories);
    const capability = server.getClientCapabilities()?.roots;
    if (!capability) return Promise.resolve().then(() => currentFolder(cwd));
    // Who does not tell of changes is asked each time.
    if (!capability.listChanged) return ask();
    const asking = asked ?? ask();
    asked = asking;
    asking.catch(() => asked === asking && (asked = undefined));
    return asking;
  };
  server.setNotificationHandler('notifications/roots/list_changed', () => {
    asked = undefined;
    onChange();
  });
  return {
    now,
    of({ mcpReq: { envelope, inputResponses } }) {
      const capabilities = (envelope as Envelope | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
      if (!capabilities || directories.length) return now();
      if (!capabilities.roots) return Promise.resolve().then(() => currentFolder(cwd));
      const said = inputResponse(inputResponses, ROOTS);
      if (said.kind === 'roots') return Promise.resolve().then(() => foldersOf(said.roots, cwd));
      return inputRequired({ inputRequests: { [ROOTS]: inputRequired.listRoots() } });
    },
  };
}

const untold = (error: unknown): Error =>
  error instanceof WorkspaceError
    ? error
    : new WorkspaceError(
        `The client did not tell its folders (${error instanceof Error ? error.message : String(error)}). Start the server with --workspace DIR.`,
      );

const ROOTS = 'roots';

/** The library has checked it and does not say its type. */
type Envelope = { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities };

/** What is no folder on this machine is passed over. */
function foldersOf(roots: readonly Root[], cwd: string): readonly string[] {
  const folders = roots.flatMap(({ uri }) => folderOf(uri) ?? []);
  return folders.length ? folders : currentFolder(cwd);
}

function folderOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

/** Many clients start their servers in the user's home; nobody wants all of that to be searched. */
function currentFolder(cwd: string): readonly string[] {
  const folder = resolve(cwd);
  if (folder !== dirname(folder) && folder !== resolve(homedir())) return [folder];
  throw new WorkspaceError(
    'No folder is open to search. Open a folder in the client, or start the server with --workspace DIR.',
  );
}
