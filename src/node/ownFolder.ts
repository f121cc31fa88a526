/**
 * The folder of what runs: that of the bundle, or `src/node`. A bundle in CommonJS has no `import.meta.dirname`, but then
 * it has `__dirname`.
 */
export const ownFolder = (): string => import.meta.dirname ?? __dirname;
