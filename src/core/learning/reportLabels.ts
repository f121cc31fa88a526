/** What the page of a report says beside its figures. `{0}` and `{1}` are filled in. */
export const REPORT_LABELS = {
  /** Of the document; {0} is the workspace. */
  title: 'Training report: {0}',
  promoted: 'The new policy is better. It takes the place of the old one.',
  notPromoted: 'The old policy stays in use. The new one is kept, but it did not pass the check.',
  why: 'Why',
  missing: 'Questions that are still missing for a check: {0}',
  about:
    'Spoor searches with a policy: a small network that decides what to search for, what to read and what to cite. Training lets it try known questions again and again, and does more of what worked. The check compares the old and the new policy on questions that neither has learned from.',

  learnedFrom: 'What it learned from',
  workspace: 'Workspace',
  ended: 'Trained',
  /** {0} is a time, {1} a number of minutes. */
  endedValue: '{0}, in {1} min',
  answers: 'Accepted or corrected answers',
  rejected: 'Rejected answers, as what not to do',
  history: 'Questions from the git history',
  held: 'Kept aside for the check',
  heldAnswers: 'from your answers: {0}',
  heldHistory: 'the newest of the history: {0}',
  heldFrozen: 'come with Spoor: {0}',
  oldPolicy: 'Old policy',
  newPolicy: 'New policy',

  comparison: 'Before and after',
  comparisonAbout:
    'Means of all questions that were kept aside. Beside each change stands where it lies with 95 % certainty. Where that reaches from below 0 to above 0, the change may be luck.',
  figure: 'Figure',
  before: 'Before',
  after: 'After',
  change: 'Change',
  /** {0} and {1} are ends of an interval. */
  interval: '{0} to {1}',
  unchanged: 'as before',
  noComparison: 'Nothing was compared.',
  own: 'Questions of this workspace ({0})',
  ofAnswers: 'Of these, from your answers ({0})',
  ofHistory: 'Of these, from the git history ({0})',
  frozen: 'Questions that come with Spoor ({0})',
  all: 'All questions ({0})',
  utility: 'Score',
  utilityAbout: 'mean of the two below, 0 to 100',
  reciprocalRank: 'First right file',
  reciprocalRankAbout: '100 where it stands first, 50 second, 33 third; 0 where it is missing',
  spanRecall: 'Right places',
  spanRecallAbout: 'share that is among the first ten, in %',
  calls: 'Searches',
  callsAbout: 'for an answer; fewer is faster',
  policyMs: 'Computing',
  policyMsAbout: 'of the network for an answer, in ms',
  notFound: 'Says "not found"',
  notFoundAbout: 'share of the questions, in %',

  curves: 'How training went',
  curvesNow: 'How training goes',
  curvesAbout: 'Each round plays some questions many times. The thin line shows the rounds, the thick one their trend.',
  noCurves: 'No round has ended yet.',
  round: 'round',
  /** What the curve says: {0} is the first value, {1} the latest, {2} the number of rounds. */
  curveText: 'At first {0}, at last {1}. Rounds: {2}.',
  reward: 'Reward',
  rewardAbout:
    'What an answer earns: more for each right place that it cites, less for others. 1 is the most; where only some places were judged, even a good answer earns less. It should rise.',
  rewardUnit: '0 to 1',
  recall: 'Recall',
  recallAbout: 'Share of the right places that an answer cites. It should rise.',
  recallUnit: '0 to 1',
  kl: 'Distance',
  klAbout:
    'How far it has moved from the policy that comes with Spoor (KL divergence). A little is learning, a lot is forgetting.',
  klUnit: 'nats a choice',
  searches: 'Searches',
  searchesAbout: 'How often it searches or reads for an answer. It should not rise much.',
  searchesUnit: 'for an answer',

  better: 'Questions with a better answer ({0})',
  worse: 'Questions with a worse answer ({0})',
  none: 'None.',
  fromAnswers: 'from your answers',
  fromHistory: 'from the git history',
  fromFrozen: 'comes with Spoor',
  /** {0} is a change in points of 100. */
  scoreChange: 'Score {0}',
  rank: 'First right file: number {0}',
  noRank: 'No right file found',
  saidNotFound: 'Said "not found"',
  nearest: 'It showed the nearest places:',
  noPlaces: 'Nothing cited.',
  right: 'right',

  dropped: 'What was left out',
  noDropped: 'Nothing was left out.',
  notes: 'Notes',
} as const;

/** In another language, a text for each of the same names. */
export type ReportLabels = Readonly<Record<keyof typeof REPORT_LABELS, string>>;
