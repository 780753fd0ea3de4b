import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Imports that the lint refuses, and those it does not. */
const REFUSED = [
  ['runner/engine/attempt.ts', '../tools/recorded.js'],
  ['runner/engine/other.ts', '../tools/port.js'],
  ['runner/engine/engine.ts', '../tools/hosts.js'],
  ['runner/decide/decide.ts', '../tools/evidence/host.js'],
  ['runner/models/claude.ts', '../tools/live/live.js'],
  ['runner/models/rehearsal/plan.ts', '../../tools/behaviour/built-ins.js'],
  ['runner/trace/journal.ts', '../tools/live/mcp.js'],
  ['runner/run.ts', './tools/hosts.js'],
  ['runner/process/serve.ts', '../tools/live/live.js'],
  ['cli/run.ts', '../runner/tools/recorded.js'],
  ['runner/engine/sql.ts', 'sql.js'],
  ['cli/mcp/mcp.ts', '@modelcontextprotocol/sdk/server/index.js'],
  ['cli/mcp/serve.ts', '@modelcontextprotocol/sdk/server/streamableHttp.js'],
] as const;
const ALLOWED = [
  ['runner/enforce/enforce.ts', '../tools/port.js'],
  ['runner/run-tools.ts', './tools/hosts.js'],
  ['runner/engine/context.ts', '../tools/schema-check.js'],
  ['runner/engine/agent.ts', './context.js'],
] as const;

/** Nothing reaches a tool but through `enforce`: the lint keeps every other module from importing what answers calls. */
describe('what answers calls', function () {
  this.timeout(20_000); // it starts the linter
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-lint-')));
    const { vcs: _, ...config } = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8'));
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify(config));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is out of reach for every module but enforcement and the one that makes what that is given', () => {
    for (const [file, imported] of [...REFUSED, ...ALLOWED]) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), `import * as one from '${imported}';\n\nexport const two = one;\n`);
    }
    const biome = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    const words = ['lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=github'];
    const { stdout } = spawnSync(process.execPath, [biome, ...words], { cwd: folder, encoding: 'utf8' });
    const found = [...stdout.matchAll(/noRestrictedImports,file=([^,]+),/g)].map((match) =>
      path.relative(folder, match[1] ?? '').replaceAll('\\', '/'),
    );
    assert.deepEqual(found.sort(), REFUSED.map(([file]) => file).sort(), stdout);
  });
});
