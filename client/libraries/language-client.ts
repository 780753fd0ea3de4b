/** What talks to the language server, in a bundle of its own: `load.ts`. */
export { LanguageClient, TransportKind } from 'vscode-languageclient/node';
