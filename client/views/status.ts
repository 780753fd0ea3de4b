import {
  DiagnosticSeverity,
  type Disposable,
  type ExtensionContext,
  LanguageStatusSeverity,
  languages,
  Uri,
  window,
} from 'vscode';
import { FILE_PATTERNS, SECTION } from '../names.js';
import { statusWords } from './status-words.js';

const SEVERITIES = {
  information: LanguageStatusSeverity.Information,
  warning: LanguageStatusSeverity.Warning,
  error: LanguageStatusSeverity.Error,
} as const;

/** Behind the braces of the status bar: what kind of file this is, what was found in it, and its schema. */
export function languageStatus({ extensionUri }: ExtensionContext): readonly Disposable[] {
  const selector = FILE_PATTERNS.map((pattern) => ({ pattern: `**/${pattern}` }));
  const checked = languages.createLanguageStatusItem('countersign.checked', selector);
  checked.name = 'Countersign: checks';
  checked.command = { command: 'workbench.actions.view.problems', title: 'Show Problems' };
  const schema = languages.createLanguageStatusItem('countersign.schema', selector);
  schema.name = 'Countersign: schema';
  const update = (): void => {
    const uri = window.activeTextEditor?.document.uri;
    if (uri === undefined) return;
    const ours = languages.getDiagnostics(uri).filter(({ source }) => source === SECTION);
    const count = (severity: DiagnosticSeverity) => ours.filter((one) => one.severity === severity).length;
    const words = statusWords(uri.path, count(DiagnosticSeverity.Error), count(DiagnosticSeverity.Warning));
    if (words === undefined) return;
    checked.text = words.text;
    checked.detail = words.detail;
    checked.severity = SEVERITIES[words.severity];
    schema.text = words.schema;
    schema.detail = 'schema';
    const file = Uri.joinPath(extensionUri, 'schemas', words.schema);
    schema.command = { command: 'vscode.open', title: 'Open Schema', arguments: [file] };
  };
  update();
  return [
    checked,
    schema,
    window.onDidChangeActiveTextEditor(update),
    languages.onDidChangeDiagnostics(({ uris }) => {
      const shown = window.activeTextEditor?.document.uri.toString();
      if (uris.some((uri) => uri.toString() === shown)) update();
    }),
  ];
}
