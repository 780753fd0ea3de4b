// `npm start`: makes the clone ready, then dry-runs the phishing playbook over its sample alert: no account, no network,
// nothing really touched; the case's script answers the approval. Exits as `countersign run` does.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { orExplain, setUp } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
await orExplain(() => setUp((line) => console.log(line)));

const words = [path.join(root, 'dist/cli.cjs'), 'run', 'playbooks/phishing-triage.playbook.yaml'];
words.push('--case', 'playbooks/cases/credential-phish.case.yaml', '--approvals', 'case', ...process.argv.slice(2));
const run = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' });
// Ctrl+C reaches the run too; it ends in its own way, and we end with its answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (code) => process.exit(code ?? 1));
