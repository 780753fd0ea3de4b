import {
  type SignatureHelp as LspSignatureHelp,
  MarkupKind,
  type SignatureInformation,
} from 'vscode-languageserver/node';
import type { Signature } from '../../language/expressions/signature.js';
import { signatureHelp } from '../../language/service/signature-help.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition } from '../positions.js';

export const SIGNATURE_TRIGGERS = ['(', ','];

export function registerSignatureHelp(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onSignatureHelp(
    guarded(context, 'signature help', null, ({ textDocument, position }): LspSignatureHelp | null => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      const help = document && source && signatureHelp(source, fromLspPosition(document, position));
      if (!help) return null;
      return {
        signatures: help.signatures.map((one) => toSignature(context, one)),
        activeSignature: 0,
        activeParameter: help.argument,
      };
    }),
  );
}

function toSignature({ client }: ServerContext, { label, description, parameters }: Signature): SignatureInformation {
  const says = client().capabilities.textDocument?.signatureHelp?.signatureInformation;
  const markdown = says?.documentationFormat?.includes(MarkupKind.Markdown) === true;
  return {
    label,
    documentation: { kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value: description },
    parameters: parameters.map(({ start, end }) => ({
      label: says?.parameterInformation?.labelOffsetSupport ? [start, end] : label.slice(start, end),
    })),
  };
}
