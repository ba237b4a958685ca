/** The entry of the thread that parses a large show: answers with the show, or with what is wrong with it, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { boundNursery } from '../core/heap';
import { parseSourceText } from './parse';
import type { ParseThreadData, ShowOrIssues } from './parse-beside';

boundNursery();
const { file, source } = workerData as ParseThreadData;
const { show, issues } = parseSourceText(file, source);
parentPort!.postMessage((show === undefined ? { issues } : { show }) satisfies ShowOrIssues);
