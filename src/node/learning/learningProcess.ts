/** The entry of the process that trains, forked by `learningClient.ts`. */
import { runLearning } from '#node/learning/learningRun.ts';
import { serveLearning } from '#node/learning/serveLearning.ts';

serveLearning(runLearning);
