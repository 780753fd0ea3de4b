import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { EXAMPLE_FILES } from '../../language/index.js';

export interface Files {
  readonly [file: string]: string | undefined;
}

/** How a step of the action ended, and all it left. */
export interface Step {
  readonly code: number | null;
  readonly log: string;
  /** What the runner would take for commands, without their values. */
  readonly commands: readonly string[];
  readonly summary: string;
  readonly outputs: { readonly [name: string]: string };
}

/** A repository on a server, with a pull request from `change` into `main`, and the merge of both that GitHub makes. */
export class PullRequest {
  private readonly home = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign action ')));
  private readonly server = path.join(this.home, 'server');
  private runs = 0;

  constructor(
    /** The folder of action.yml, as it is released. */
    private readonly release: string,
    base: Files,
  ) {
    mkdirSync(this.server);
    this.git('init', '--quiet', '--initial-branch=main');
    this.write({ ...EXAMPLE_FILES, 'suspend-user.playbook.yaml': undefined, ...base });
    this.commit('first');
    this.git('switch', '--quiet', '--create', 'change');
  }

  /** A commit on the branch, or on `main`. */
  push(files: Files, branch = 'change'): void {
    this.git('switch', '--quiet', branch);
    this.write(files);
    this.commit('another');
    this.git('switch', '--quiet', '--detach', 'main');
    this.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'change');
    this.git('update-ref', 'refs/pull/7/merge', 'HEAD');
    this.git('switch', '--quiet', 'change');
  }

  sha(revision: string): string {
    return this.git('rev-parse', revision);
  }

  /**
   * Runs the action as a runner does, on a clone that actions/checkout would make.
   * @param inputs beside the defaults of action.yml
   */
  async run(
    api: string,
    token: string,
    {
      depth = 0,
      ref = 'refs/pull/7/merge',
      event = 'pull_request',
      payload = this.payload(),
      sha = this.sha('refs/pull/7/merge'),
      inputs = {},
      env = {},
    }: {
      readonly depth?: number;
      readonly ref?: string;
      readonly event?: string;
      readonly payload?: object;
      readonly sha?: string;
      readonly inputs?: { readonly [name: string]: string };
      readonly env?: { readonly [name: string]: string };
    } = {},
  ): Promise<Step> {
    const folder = path.join(this.home, `run-${++this.runs}`);
    const workspace = path.join(folder, 'workspace');
    const file = (name: string): string => path.join(folder, name);
    mkdirSync(workspace, { recursive: true });
    const clone = (...words: readonly string[]): string => this.git('-C', workspace, ...words);
    clone('init', '--quiet');
    const limit = depth > 0 ? [`--depth=${depth}`] : [];
    const branches =
      depth > 0 ? [] : ['+refs/heads/*:refs/remotes/origin/*', '+refs/pull/7/merge:refs/remotes/pull/7/merge'];
    clone('fetch', '--quiet', ...limit, `file://${this.server}`, `+${ref}:refs/remotes/checkout`, ...branches);
    clone('checkout', '--quiet', 'refs/remotes/checkout');
    writeFileSync(file('event.json'), JSON.stringify(payload));
    for (const name of ['summary', 'output']) writeFileSync(file(name), '');
    const action = parse(readFileSync(path.join(this.release, 'action.yml'), 'utf8'));
    const given = Object.entries<{ readonly default: string }>(action.inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      inputs[name] ?? input.default.replace('${{ github.token }}', token),
    ]);
    const child = spawn(process.execPath, [path.join(this.release, action.runs.main)], {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: file('event.json'),
        GITHUB_SHA: sha,
        GITHUB_REPOSITORY: 'example/soc',
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_API_URL: api,
        GITHUB_GRAPHQL_URL: `${api}/graphql`,
        GITHUB_STEP_SUMMARY: file('summary'),
        GITHUB_OUTPUT: file('output'),
        RUNNER_TEMP: folder,
        ...Object.fromEntries(given),
        ...env,
      },
    });
    let [log, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    assert.equal(said, '');
    const outputs = [...readFileSync(file('output'), 'utf8').matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n\2$/gm)];
    return {
      code,
      log,
      commands: commandsIn(log),
      summary: readFileSync(file('summary'), 'utf8'),
      outputs: Object.fromEntries(outputs.map(([, name = '', , value = '']) => [name, value])),
    };
  }

  payload(): { readonly [name: string]: unknown } {
    const side = (revision: string) => ({ sha: this.sha(revision), repo: { full_name: 'example/soc' } });
    return { pull_request: { number: 7, head: side('change'), base: side('main') } };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  git(...words: readonly string[]): string {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...who, ...words], { cwd: this.server, encoding: 'utf8' });
    assert.equal(status, 0, `git ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  private write(files: Files): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.server, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === undefined) rmSync(file, { force: true });
      else writeFileSync(file, text);
    }
  }

  private commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
  }
}

/**
 * Lines as the runner reads them: `::name …::` at the beginning, after white space, or `##[name]` anywhere, which it still takes.
 */
function commandsIn(log: string): readonly string[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, name] = /^\s*::([\w-]+)/.exec(line) ?? /##\[([\w-]+)/.exec(line) ?? [];
    return name === undefined ? [] : [name];
  });
}
