#!/usr/bin/env node
/**
 * Start of the process: runs the program's bundle, with what V8 compiled of it at the build where that fits this Node. Compiling
 * takes a fifth of the time to the first picture otherwise (docs/adr/002-bundled-entries.md).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { boundNursery } from './core/heap';
import { ignoreInspector, takeHangups, takeSignals } from './core/signals';

ignoreInspector();
if (process.argv[2] === 'run') {
  takeSignals();
  takeHangups();
}

type Body = (exports: object, require: NodeJS.Require, module: object, filename: string, folder: string) => void;

const filename = join(__dirname, 'vitrine.js');

function compiled(): Buffer | undefined {
  try {
    return readFileSync(join(__dirname, 'vitrine.cache'));
  } catch {
    return undefined; // Compiled as it is needed, then.
  }
}

const cachedData = compiled();
const source = readFileSync(filename, 'utf8');
// The value of the script is a function with a module's parameters. V8 itself refuses what another version, other flags
// or another source made.
const script = new Script(source, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
// A program that runs for months keeps its nursery small. Set earlier, the compiled code would be refused for it.
if (process.argv[2] === 'run') boundNursery();
const module_ = { exports: {} };
(script.runInThisContext() as Body)(module_.exports, createRequire(filename), module_, filename, dirname(filename));
