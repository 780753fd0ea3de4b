import type { LinkedEditingRanges } from 'vscode-languageserver/node';
import { LINKED_WORD, linkedRanges } from '../../language/service/linked-editing.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { nameUnder } from './definition.js';

export function registerLinkedEditing(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.languages.onLinkedEditingRange(
    guarded(context, 'linked editing', null, (params): LinkedEditingRanges | null => {
      const at = nameUnder(context, params);
      const document = workspace.document(params.textDocument.uri);
      const ranges = at && linkedRanges(at.file, at.offset);
      return document && ranges
        ? { ranges: ranges.map((range) => toLspRange(document, range)), wordPattern: LINKED_WORD }
        : null;
    }),
  );
}
