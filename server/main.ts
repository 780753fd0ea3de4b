import { setFlagsFromString } from 'node:v8';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeDisk } from './disk.js';
import { serve } from './server.js';

// An editor has many servers beside it: memory is collected when it has grown by half, not when it has doubled and more. In a
// playbook of 10,000 lines that is a sixth less at the most, and a keystroke takes a millisecond longer.
setFlagsFromString('--heap-growing-percent=50');

// The transport is on the command line: `--stdio`, `--node-ipc`, `--socket=<port>` or `--pipe=<name>`.
serve(createConnection(ProposedFeatures.all), nodeDisk());
