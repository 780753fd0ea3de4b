import { type FileKind, fileKindOf } from '../language/model/shape.js';

/**
 * The kind of file an open document is, if it is one of ours. Its name says so; where it has none yet (`untitled:`), its
 * language id does, or how its text begins.
 */
export function kindOfDocument(uri: string, languageId: string, text: string): FileKind | undefined {
  return fileKindOf(pathOf(uri)) ?? kindOfLanguage(languageId) ?? (isUntitled(uri) ? kindOfText(text) : undefined);
}

/** Language ids an editor may give files of ours whose names do not tell: `countersign-playbook` and so on. */
function kindOfLanguage(languageId: string): FileKind | undefined {
  switch (languageId) {
    case 'countersign-playbook':
      return 'playbook';
    case 'countersign-tools':
      return 'tools';
    case 'countersign-policy':
      return 'policy';
    case 'countersign-policy-test':
      return 'policy_test';
    case 'countersign-case':
      return 'case';
    case 'countersign-mapping':
      return 'mapping';
    case 'countersign-config':
      return 'config';
    default:
      return undefined;
  }
}

/** Every kind but a configuration begins with its own name: that is the first of the keys that must be there. */
function kindOfText(text: string): FileKind | undefined {
  const [, key] =
    /^\uFEFF?(?:(?:#.*|---|[ \t]*)(?:\r(?!\n)|\r?\n))*(playbook|catalog|policy-test|policy|case|mapping):(?=\s|$)/.exec(
      text,
    ) ?? [];
  switch (key) {
    case 'playbook':
    case 'policy':
    case 'case':
    case 'mapping':
      return key;
    case 'policy-test':
      return 'policy_test';
    case 'catalog':
      return 'tools';
    default:
      return undefined;
  }
}

function isUntitled(uri: string): boolean {
  return uri.startsWith('untitled:');
}

/** A URI up to its query: `git:` URIs have the version in it. Addresses of files have none, and no bare `?` or `#`. */
function pathOf(uri: string): string {
  return uri.startsWith('file:') ? uri : uri.replace(/[?#].*$/s, '');
}
