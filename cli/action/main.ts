import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dayOf } from '../../language/host.js';
import { annotation } from '../formats/workflow-command.js';
import { faultWords } from '../terminal.js';
import { runAction } from './run.js';

/** The program of action.yml: reads what the runner says in the environment, and ends with 0 or 1. */
async function main(): Promise<number> {
  const { env } = process;
  const folder = path.resolve(env.GITHUB_WORKSPACE ?? '.');
  process.chdir(folder);
  return runAction({
    env,
    folder,
    today: dayOf(new Date()),
    fetch,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    out: (text) => process.stdout.write(text),
    payload: payloadOf(env.GITHUB_EVENT_PATH),
    write: (file, text) => writeFileSync(file, text),
    append: (file, text) => appendFileSync(file, text),
    nonce: randomUUID,
  });
}

function payloadOf(file: string | undefined): unknown {
  try {
    return file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Whoever needs something of it says that it is missing.
    return undefined;
  }
}

main()
  .catch((error: unknown) => {
    process.stdout.write(annotation('error', { title: 'Countersign' }, faultWords(error)));
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
