/** What `spoor serve` takes. */
import type { CommandSpec } from '#cli/help.ts';

export const SERVE: CommandSpec = {
  name: 'serve',
  usage: '[options]',
  summary: 'Offer the searching to the training of language models, by HTTP.',
  about: `Answers the retrieval requests of R1-Searcher (POST /queries) and of Search-R1 (POST /retrieve)
with cited places of a workspace as documents, until it is stopped by Ctrl-C; GET /health says how
it is. Its address is printed on standard output when it can be asked. For the data sets see
"spoor tasks --format"; docs/training-language-models.md has the commands that train.`,
  options: [
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: 'Folder to search; several are one workspace. Default: the current folder.',
    },
    { name: 'port', value: 'N', help: 'Port to listen on; 0 for any that is free. Default: 8000.' },
    {
      name: 'host',
      value: 'HOST',
      help: 'Address to listen on. Default: 127.0.0.1, which only this machine reaches.\nWhoever reaches another one can read the workspace through it.',
    },
    { name: 'frozen', help: 'The files will not change: keep what was found. Faster, and right for training.' },
    {
      name: 'jobs',
      value: 'N',
      help: 'Processes that search side by side, 1 to 64. Default: half as many as there\nare cores, at most 8.',
    },
    { name: 'lines', value: 'N', help: 'Most lines of a document, 1 to 40. Default: 20.' },
    {
      name: 'policy',
      value: 'NAME',
      help: 'What decides the searches: learned (the default), hand, uniform, or a\nmodel file that "spoor train" has written.',
    },
    {
      name: 'turns',
      value: 'N',
      help: 'Most turns of searches for a query, 1 to 4. Default: 2, as the model that\nasks can ask again.',
    },
    { name: 'no-docs', help: 'Leave out documentation.' },
    { name: 'no-history', help: "Leave out git's history." },
  ],
  examples: ['spoor serve --workspace ~/api --frozen', 'spoor serve --workspace ~/api --frozen --port 5003 --jobs 16'],
};
