import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for is a state; a busy machine comes to it later.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/contract/**', 'test/fixtures/**', 'test/host/**'],
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'host',
          include: ['test/host/**/*.test.ts'],
          globalSetup: ['test/host/globalSetup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // On a machine that does much else a browser drops a key now and then, as a person would see and press again.
          retry: 1,
          // Windows of VS Code on the same cores only make each other slow.
          fileParallelism: false,
        },
      },
    ],
  },
});
