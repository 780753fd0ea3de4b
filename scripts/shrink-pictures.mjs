// `npm run shrink-pictures`: pictures in docs/images with a palette in place of full colour, which is a third of their size and
// looks the same in screenshots. Does only what is not done yet. They are a large part of the package.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
/** PNG 1.2, 11.2.2: the colour type is the tenth byte of the header's data, 3 for a palette. */
const COLOUR_TYPE = 8 + 8 + 9;
const PALETTE = 3;

for (const name of readdirSync(folder).filter((one) => one.endsWith('.png'))) {
  const file = path.join(folder, name);
  if (readFileSync(file)[COLOUR_TYPE] === PALETTE) continue;
  const before = statSync(file).size;
  const words = ['--quality', '70-95', '--speed', '1', '--strip', '--force', '--output', file, file];
  const { error, status, stderr } = spawnSync('pngquant', words, { encoding: 'utf8' });
  if (error) {
    console.error(
      'pngquant is not in PATH. On Debian: apt-get install pngquant; with Homebrew: brew install pngquant.',
    );
    process.exit(1);
  }
  if (status !== 0) throw new Error(`pngquant could not read ${file}: ${stderr}`);
  console.log(`${name}: ${(before / 1024).toFixed(0)} kB, now ${(statSync(file).size / 1024).toFixed(0)} kB`);
}
