import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeDisk } from './disk.js';
import { serve } from './server.js';

// The transport is on the command line: `--stdio`, `--node-ipc`, `--socket=<port>` or `--pipe=<name>`.
serve(createConnection(ProposedFeatures.all), nodeDisk());
