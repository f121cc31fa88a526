import { describe, expect, test } from 'vitest';
import { fileKind, testedName, type FileKind } from '#core/search/fileKind.ts';

describe('the kind of a file', () => {
  test.each<[string, FileKind]>([
    ['src/net/upload.ts', 'source'],
    ['src/net/upload.test.ts', 'test'],
    ['tests/test_upload.py', 'test'],
    ['pkg/upload_test.go', 'test'],
    ['src/test/java/org/x/UploadTest.java', 'test'],
    ['src/main/java/junit/framework/TestCase.java', 'source'],
    ['src/_pytest/nodes.py', 'source'],
    ['testing/test_nodes.py', 'test'],
    ['spec/upload_spec.rb', 'test'],
    ['README.md', 'docs'],
    ['docs/guide/upload.rst', 'docs'],
    ['LICENSE', 'docs'],
    ['node_modules/x/index.js', 'generated'],
    ['dist/app.js', 'generated'],
    ['web/app.min.js', 'generated'],
    ['package-lock.json', 'generated'],
    ['package.json', 'config'],
    ['.github/workflows/ci.yml', 'config'],
    ['Makefile', 'config'],
    ['assets/logo.png', 'data'],
    ['latest/contest.ts', 'source'],
  ])('%s is %s', (path, kind) => expect(fileKind(path)).toBe(kind));
});

test.each([
  ['src/upload.test.ts', 'upload'],
  ['tests/test_upload.py', 'upload'],
  ['pkg/upload_test.go', 'upload'],
  ['src/test/java/UploadTest.java', 'upload'],
  ['tests/upload.rs', 'upload'],
])('%s is about %s', (path, name) => expect(testedName(path)).toBe(name));
