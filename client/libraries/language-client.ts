/** What talks to the language server, in a bundle of its own: `load.ts`. */
export { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
