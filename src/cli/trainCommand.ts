/** What the help says of `spoor train`, and what its parser takes. */
import type { CommandSpec } from '#cli/help.ts';

export const TRAIN: CommandSpec = {
  name: 'train',
  usage: `--feedback FILE … [--history] --workspace DIR --out FILE [options]
   or: spoor train --config FILE --out DIR [options]
   or: spoor train --resume DIR`,
  summary: 'Learn from accepted answers and git history, or from tasks with known answers.',
  about: `Learning from use: --feedback and --history fine-tune the policy for a workspace, from answers that
were accepted or corrected and from the workspace's own commits. The newest questions are kept aside
and answered before and after; FILE is only written if they are answered better and nothing else is
worse. The workspace is only read. Without a better policy, the exit code is 4, and what was printed
says why and how many more answers are needed. Run it again when there are more.

Training from tasks: the FILE of --config is a JSON object: {"stage": 1 or 2, "tasks": FILE,
"worlds": DIR, "iterations": N, …}. Tasks are graded first by how often the starting policy solves
them, then it learns from those that fit the stage. DIR holds all of the run: config.json with all
settings, grades.jsonl, metrics.jsonl with a line for each iteration, the checkpoints, and at last
policy.onnx. Alarms end a run that goes wrong, with the exit code 1 and a sentence on what to do.

A run of either kind that was stopped, by Ctrl-C or otherwise, goes on with --resume.`,
  options: [
    {
      name: 'feedback',
      value: 'FILE',
      repeated: true,
      help: 'Feedback, as the editor exports it and spoor feedback merges it;\nseveral files may follow.',
    },
    { name: 'history', help: "Learn from the workspace's own git history." },
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: 'Folder to learn for; several are one workspace. Default: the current\nfolder.',
    },
    {
      name: 'out',
      value: 'PATH',
      help: 'File for the policy that was learned; with --config, new folder for the run.',
    },
    { name: 'start', value: 'FILE', help: 'Model file to begin with. Default: the shipped one.' },
    { name: 'minutes', value: 'N', help: 'How long learning from use may take. Default: 5.' },
    {
      name: 'promote',
      value: 'WHEN',
      help: 'gate: write the policy only if it is better (the default); always:\nwrite it in any case.',
    },
    {
      name: 'report',
      value: 'FILE',
      repeated: true,
      help: 'Write the report: a page, or JSON where FILE ends in .json.',
    },
    { name: 'json', help: 'Print one JSON object with the result and the report instead of text.' },
    {
      name: 'storage',
      value: 'DIR',
      help: 'Folder for caches, the run and the versions learned. Default: the\ncache folder.',
    },
    {
      name: 'config',
      value: 'FILE',
      help: 'Settings of a training from tasks; paths in it are relative to its\nfolder.',
    },
    { name: 'stage', value: 'N', help: 'With --config. 1: learn to search; 2: learn to answer.' },
    { name: 'iterations', value: 'N', help: 'With --config: iterations of the whole run.' },
    {
      name: 'set',
      value: 'NAME=VALUE',
      repeated: true,
      help: 'With --config: any setting in the place of what FILE says.',
    },
    { name: 'resume', value: 'DIR', help: 'Go on with the run in this folder.' },
    { name: 'seed', value: 'N', help: 'Seed of everything that is drawn by chance.' },
    { name: 'processes', value: 'N', help: 'Processes that play episodes.' },
  ],
  examples: [
    'spoor train --history --out policy.onnx --report report.html',
    'spoor train --feedback team/*.jsonl --history --workspace ~/shop --out shop.onnx',
    'spoor train --config stage2.json --out runs/stage2 --seed 2 --set start=runs/stage1/policy.onnx',
    'spoor train --resume runs/stage2 --iterations 400',
  ],
};
