/** The entry of a process that works for a run that learns from use. */
import { createLearningPlayer } from '#node/learning/learningPlayer.ts';
import { serveRollouts } from '#node/training/serveRollouts.ts';

serveRollouts(createLearningPlayer);
