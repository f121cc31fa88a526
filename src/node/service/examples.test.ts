import { afterAll, describe, expect, test } from 'vitest';
import { createReadTool } from '#node/readTool.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { findExamples } from '#node/service/examples.ts';
import { createWorkspacePaths } from '#node/service/paths.ts';
import { Workspace } from '#node/workspace.ts';
import { createWorkspaceFiles } from '#node/workspaceFiles.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const PROJECT = {
  'README.md': '# Parcel\n\n## Installation\n\n## Upload retries\n\nText.\n',
  'CHANGELOG.md': '# Upload cache\n',
  'src/retry.ts': 'export function withBackoff(task: () => void) {\n  task();\n}\n',
  'src/queue.ts': "import { withBackoff } from './retry.ts';\nexport class UploadQueue {}\n",
  'src/sync.ts': "import { withBackoff } from './retry.ts';\nimport { UploadQueue } from './queue.ts';\n",
  'test/queue.test.ts': 'new UploadQueue();\n',
};

async function examplesOf(files: Record<string, string | Uint8Array>, rg?: string) {
  const workspace = Workspace.open([makeTree(files)]);
  const listed = await createWorkspacePaths(createWorkspaceFiles({ workspace, ripgrep: {} })).files();
  return findExamples({ files: listed, grep: createGrepTool({ workspace, rg }), read: createReadTool({ workspace }) });
}

describe('examples of', () => {
  test('a project name its own symbols and docs, the same each time', async () => {
    const expected = ['Where is withBackoff used?', 'How do upload retries work?', 'Where is UploadQueue tested?'];
    expect(await examplesOf(PROJECT)).toEqual(expected);
    expect(await examplesOf(PROJECT)).toEqual(expected);
  });

  test('a project without ripgrep are what needs no search', async () => {
    expect(await examplesOf(PROJECT, '/nowhere/rg')).toEqual(['How do upload retries work?']);
  });

  test('folders with little in them are fewer or none', async () => {
    expect(await examplesOf({})).toEqual([]);
    expect(await examplesOf({ 'a.txt': 'Nothing.', 'b.bin': Uint8Array.of(0, 1, 2) })).toEqual([]);
    expect(await examplesOf({ 'a.py': 'def load_file(path):\n    return 1\n' })).toEqual(['What does load_file do?']);
  });
});
