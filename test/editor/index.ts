import { readdirSync } from 'node:fs';
import path from 'node:path';

/** What VS Code's extension host calls: runs the bundled tests beside this file and fails when one of them does. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const folder = fromRunner('COUNTERSIGN_EDITOR_TESTS');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: fromRunner('COUNTERSIGN_TEST_REPORTER') });
  const only = process.env.COUNTERSIGN_EDITOR_GREP;
  if (only) mocha.grep(only);
  for (const file of readdirSync(folder).sort()) if (file.endsWith('.test.cjs')) mocha.addFile(path.join(folder, file));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the editor tests failed`);
}

/** A value test/editor/run.ts hands over in the environment. */
function fromRunner(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start the editor tests with test/editor/run`);
  return value;
}
