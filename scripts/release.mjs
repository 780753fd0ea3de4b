// `node scripts/release.mjs TAG`: makes a commit that holds what others use without building it, and tags it: the GitHub Action,
// the command line, and the hooks of pre-commit. Nothing is pushed, and neither branch nor work tree changes.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTPUTS } from '../esbuild.mjs';
import { orExplain, SetupError, setUp } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Of what the build makes, what only the extension needs. */
const EXTENSION = /^(extension|language-client|rpc|runner)\.cjs$|\.(js|css|ttf)$/;
const FILES = ['action.yml', '.pre-commit-hooks.yaml', 'LICENSE'];

/** Lays out a release in an empty folder. dist/ has to be built. */
export function layOut(folder) {
  const programs = OUTPUTS.filter((name) => !EXTENSION.test(name)).map((name) => `dist/${name}`);
  for (const file of [...FILES, ...programs, 'dist/THIRD-PARTY-LICENSES.txt']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, file));
  }
  const { name, description, version, license, engines, bin } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  // Whoever installs this gets no dependency: the programs hold theirs.
  const manifest = { name, description, version, license, engines: { node: engines.node }, bin, files: ['dist'] };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(path.join(folder, 'README.md'), readme(version));
}

function readme(version) {
  return `# Countersign ${version}, built

The GitHub Action (\`action.yml\`), the command line (\`npm install --global\` of this tag) and the hooks of pre-commit. The sources
are on the main branch, and docs/review.md there tells how to use them.
`;
}

/**
 * Commits a folder to a repository under a tag, over the commit that the sources are at.
 * @returns {string} the commit
 */
export function commitTo(repository, folder, tag, message) {
  const index = path.join(mkdtempSync(path.join(tmpdir(), 'countersign-index-')), 'index');
  const git = (...words) => {
    const { status, stdout, stderr } = spawnSync('git', words, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_DIR: path.resolve(repository, gitFolder(repository)),
        GIT_WORK_TREE: folder,
        GIT_INDEX_FILE: index,
      },
    });
    if (status !== 0) throw new SetupError(`git ${words[0]} failed: ${stderr.trim()}`);
    return stdout.trim();
  };
  try {
    git('add', '--all', '--force', '.');
    const tree = git('write-tree');
    const commit = git('commit-tree', tree, '-p', 'HEAD', '-m', message);
    git('tag', tag, commit);
    return commit;
  } finally {
    rmSync(path.dirname(index), { recursive: true, force: true });
  }
}

function gitFolder(repository) {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--git-dir'], { cwd: repository, encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`${repository} is no git repository.`);
  return stdout.trim();
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await orExplain(async () => {
    const [tag, ...more] = process.argv.slice(2);
    if (!tag || more.length > 0 || !/^v\d[\w.-]*$/.test(tag))
      throw new SetupError('Which tag? For example: node scripts/release.mjs v1.0.0');
    const changed = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout.trim();
    if (changed !== '') throw new SetupError(`A release is of a commit, and these files are not in it:\n${changed}`);
    await setUp((line) => console.log(line));
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-release-'));
    try {
      layOut(folder);
      const commit = commitTo(root, folder, tag, `Release ${tag}, built`);
      for (const name of readdirSync(folder, { recursive: true })) console.log(`  ${name}`);
      console.log(`${tag} is ${commit}. Look at it, then: git push origin ${tag}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
