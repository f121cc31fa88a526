/** The entry of a rollout process of the searcher. */
import { createSearchPlayer } from '#node/training/searchPlayer.ts';
import { serveRollouts } from '#node/training/serveRollouts.ts';

serveRollouts(createSearchPlayer);
