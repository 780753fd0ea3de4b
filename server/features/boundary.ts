import { RequestType } from 'vscode-languageserver/node';
import type { BoundaryCell } from '../../language/authority/cell.js';
import { openSource } from '../../language/service/source-file.js';
import type { ServerContext } from '../context.js';
import { foreignReply } from '../foreign/replies.js';
import { guarded } from '../guarded.js';
import { BOUNDARY_REQUEST, type BoundaryItem, type BoundaryParams, type BoundaryReply } from '../protocol/requests.js';
import { toLocations } from './definition.js';

const BoundaryRequest = new RequestType<BoundaryParams, BoundaryReply | null, void>(BOUNDARY_REQUEST);

/** Answers what a playbook may do: of one that is open as it stands in the editor, of another as it lies on disk. */
export function registerBoundary(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onRequest(
    BoundaryRequest,
    guarded(context, 'boundary', null, async ({ uri }): Promise<BoundaryReply | null> => {
      const text = workspace.read(uri);
      const source = workspace.source(uri) ?? (text === undefined ? undefined : openSource(uri, text, workspace));
      if (source === undefined) return foreignReply(context, uri);
      if (source.playbook === undefined) return null;
      const broken = source.playbook.tree.problems.some(({ severity }) => severity === 'error');
      const boundary = source.root?.kind === 'map' && !broken ? source.boundary() : undefined;
      if (boundary === undefined) return { kind: 'broken' };
      return {
        kind: 'boundary',
        playbook: boundary.playbook,
        operatingModel: boundary.operatingModel.computed,
        cells: boundary.cells.flatMap((cell) => itemOf(context, cell)),
      };
    }),
  );
}

/** None where the file of a called playbook is gone meanwhile: the next reading has it as unknown. */
export function itemOf(
  context: ServerContext,
  { witness: _, place: at, ...cell }: BoundaryCell,
): readonly BoundaryItem[] {
  return toLocations(context, [at]).map((place) => ({ ...cell, place }));
}
