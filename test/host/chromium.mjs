import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The Chromium (or Chrome) to open VS Code in: COUNTERSIGN_CHROMIUM if set, else the first in PATH.
 * @returns {string | undefined}
 */
export function findChromium(environment = process.env) {
  const chosen = environment.COUNTERSIGN_CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  for (const name of NAMES)
    for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
      const file = path.join(folder, name);
      if (folder && existsSync(file) && statSync(file).isFile()) return file;
    }
  return undefined;
}
