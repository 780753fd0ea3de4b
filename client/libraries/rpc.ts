/** What talks to the runner, in a bundle of its own: `load.ts`. */
export {
  createMessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
