// `node scripts/pictures.mjs`: takes the pictures of docs/images anew, from the tests in the real editor that show what is on
// them, and makes them small with `pngquant`. Look at every one before it is committed. Needs `npx tsc -b` and `npm run build`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [taken, images] = [path.join(root, 'out/screenshots'), path.join(root, 'docs/images')];

/** A picture of the documentation, and the screenshot it is, with words of the title of the test that takes it. */
const PICTURES = [
  { picture: 'approval', shot: 'approval', test: 'A dry run asks at the gates' },
  { picture: 'trace', shot: 'trace', test: 'A dry run asks at the gates' },
  { picture: 'hover', shot: 'hover', test: 'shows completion and hover on screen' },
  { picture: 'tests', shot: 'tests-difference', test: 'The Test Explorer s' },
  { picture: 'policy-tests', shot: 'policy-tests-run', test: 'Tests of a policy in the Test Explorer' },
  { picture: 'viewer-steps', shot: 'viewer-steps', test: 'The trace viewer' },
  { picture: 'viewer-waterfall', shot: 'viewer-waterfall', test: 'The trace viewer' },
  { picture: 'viewer-compare', shot: 'viewer-compare', test: 'The trace viewer' },
  { picture: 'foreign', shot: 'foreign-graph-act', test: 'A playbook of another product' },
  { picture: 'views', shot: 'views', test: 'The views list a run' },
];

const begun = Date.now();
for (const test of new Set(PICTURES.map((one) => one.test))) {
  console.log(`Taking: ${test} …`);
  execFileSync(process.execPath, [path.join(root, 'out/test/editor/run.js'), test], { stdio: 'inherit' });
}
for (const { picture, shot, test } of PICTURES) {
  const from = path.join(taken, `${shot}.png`);
  if (!existsSync(from) || statSync(from).mtimeMs < begun) throw new Error(`"${test}" took no picture ${shot}.png.`);
  const to = path.join(images, `${picture}.png`);
  execFileSync('pngquant', ['--force', '--strip', '--speed', '1', '--output', to, '256', from]);
}
const unknown = readdirSync(images).filter((file) => !PICTURES.some(({ picture }) => file === `${picture}.png`));
if (unknown.length > 0) console.log(`Not taken by this script: ${unknown.join(', ')}`);
const size = readdirSync(images).reduce((sum, file) => sum + statSync(path.join(images, file)).size, 0);
console.log(`docs/images has ${(size / 1e6).toFixed(2)} MB.`);
