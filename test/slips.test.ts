import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkFile } from '../language/index.js';
import { nodeFiles } from '../runner/index.js';

/** What a slip makes of a line; `undefined` where the line has no room for it. */
type Slip = (line: string) => string | undefined;

const isIndented = (line: string): boolean => /^ +[^\s#]/.test(line);

const SLIPS: { readonly [what: string]: Slip } = {
  'a blank too few': (line) => (isIndented(line) ? line.slice(1) : undefined),
  'a blank too many': (line) => (isIndented(line) ? ` ${line}` : undefined),
  'a tab': (line) => (isIndented(line) ? line.replace(/^ +/, '\t') : undefined),
  'an open quote': (line) => {
    const at = line.lastIndexOf('"');
    return at > 0 ? line.slice(0, at) + line.slice(at + 1) : undefined;
  },
  'an open bracket': (line) => (/[:-] [[{].*[\]}]\s*$/.test(line) ? line.replace(/[\]}]\s*$/, '') : undefined),
  'a key half typed': (line) => (/^\s*[\w-]+: /.test(line) ? line.replace(/: .*/, '') : undefined),
  'a merge conflict': (line) => `<<<<<<< HEAD\n${line}\n=======\n${line}x\n>>>>>>> theirs`,
};

/** Problems that one slip may cause, at most; and the share of slips that cause no more than one. */
const MOST = 5;
const SHARES: { readonly [what: string]: number } = {
  'a blank too few': 0.9,
  'a blank too many': 0.9,
  'a tab': 0.85,
  'an open quote': 0.7,
  'an open bracket': 0.95,
  'a key half typed': 0.75,
  'a merge conflict': 0.95,
};

describe('One slip in a playbook', function () {
  this.timeout(120_000);
  const host = nodeFiles();
  const playbooks = ['phishing-triage', 'endpoint-malware'].map((name) => {
    const url = new URL(`../../playbooks/${name}.playbook.yaml`, import.meta.url);
    return { uri: url.href, name, lines: readFileSync(fileURLToPath(url), 'utf8').split('\n') };
  });

  for (const [what, slip] of Object.entries(SLIPS)) {
    it(`is one problem, or next to nothing more: ${what}`, () => {
      const counts: number[] = [];
      for (const { uri, name, lines } of playbooks) {
        for (const [index, line] of lines.entries()) {
          const slipped = slip(line);
          if (slipped === undefined) continue;
          const text = [...lines.slice(0, index), slipped, ...lines.slice(index + 1)].join('\n');
          const errors = checkFile(uri, text, host).problems.filter(({ severity }) => severity === 'error');
          const told = errors.map(({ message }) => message).join('\n');
          assert.ok(errors.length <= MOST, `${errors.length} problems for line ${index + 1} of ${name}:\n${told}`);
          counts.push(errors.length);
        }
      }
      assert.ok(counts.length >= 20, `${counts.length} lines have room for it`);
      const single = counts.filter((count) => count <= 1).length / counts.length;
      const least = SHARES[what] ?? 0;
      assert.ok(single >= least, `only ${(single * 100).toFixed(0)} % of slips are one problem`);
    });
  }
});
