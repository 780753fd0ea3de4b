import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/index.js';

/** The program under test: the compiled one, or a bundle named in the environment. */
const PROGRAM = process.env.COUNTERSIGN_CLI ?? fileURLToPath(new URL('main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own with files in it, and the command as a process in it. */
export class Folder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'countersign cli '));

  constructor(files: { readonly [name: string]: string | Uint8Array }) {
    this.write('example.tools.yaml', EXAMPLE_FILES['example.tools.yaml'] ?? '');
    // One more of each role than any gate needs, so that no playbook here lacks a spare.
    const policy = EXAMPLE_FILES['example.policy.yaml'] ?? '';
    this.write('example.policy.yaml', policy.replace('di@soc.example]', 'di@soc.example, fay@soc.example]'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  write(name: string, text: string | Uint8Array, mode?: number): void {
    mkdirSync(path.dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
    if (mode !== undefined) chmodSync(this.file(name), mode);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  run(...args: readonly string[]): Ran {
    return this.runIn('.', ...args);
  }

  /** With so much on standard input. */
  runTyping(input: string, ...args: readonly string[]): Ran {
    return this.start('.', args, input);
  }

  runIn(below: string, ...args: readonly string[]): Ran {
    return this.start(below, args);
  }

  private start(below: string, args: readonly string[], input?: string): Ran {
    // A key of whoever runs the tests is none of theirs.
    const config = this.file('config');
    const env = { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: config, APPDATA: config };
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: this.file(below),
      encoding: 'utf8',
      env,
      ...(input === undefined ? {} : { input }),
    });
    return { code: status, out: stdout, err: stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A playbook whose agent has no budget: one warning. */
export const NOISY = `${EXAMPLE_HEAD.replace(/budget:.*\n/, '')}  - id: investigate
    agent:
      goal: Find out who is behind it
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;

/** A playbook whose gate asks one person where two must agree: one error, with a safe fix. */
export const TOO_FEW = `${EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted').replace('title:', 'description: Deletes an account once two people agree.\ntitle:')}  - id: ask
    gate:
      ask: Delete \${{ alert.entities.users[0] }}?
      timeout: 15m
      grants: [delete]
      approvers: { roles: [incident-commander], quorum: 1 }
  - id: delete
    action: identity.delete_user
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
