import { html, nothing, type TemplateResult } from 'lit-html';
import type { ApprovalRequest, CallChange } from '../../../runner/protocol/messages.js';
import type { Json, JsonObject } from '../../../runner/protocol/trace.js';
import { editableJson, visible } from '../events/visible.js';
import type { Decision } from './approval-card.js';

/** What else a person may do than approve or reject: kept out of the way, so that it is never done by mistake. */
export function otherAnswers(
  { calls, escalateTo, changedBy }: ApprovalRequest,
  choose: (decision: Decision['decision']) => (event: Event) => void,
): TemplateResult {
  return html`<details class="card-other" data-testid="other-answers">
    <summary>Change it, hand it on, or end the run</summary>
    ${
      changedBy.length === 0
        ? nothing
        : html`<p class="note">Changed by ${visible(changedBy.join(', '))}, who may not approve it.</p>`
    }
    ${calls.map(
      (call, index) =>
        html`<label class="grow"
          >Arguments of ${visible(call.tool)}${calls.length > 1 ? `, ${index + 1}` : ''}
          <textarea name=${argumentsOf(index)} rows="3" data-testid="change-arguments">
${editableJson(call.arguments)}</textarea
          >
        </label>`,
    )}
    <div class="card-buttons">
      <button type="button" class="secondary" data-testid="modify" @click=${choose('modify')}>Propose this instead</button>
      ${
        escalateTo.length === 0
          ? nothing
          : html`<select name="to" aria-label="Role that is to decide" data-testid="escalate-to">
                <option value="">Choose a role…</option>
                ${escalateTo.map((role) => html`<option value=${role}>${visible(role)}</option>`)}
              </select>
              <button type="button" class="secondary" data-testid="escalate" @click=${choose('escalate')}>Hand it on</button>`
      }
      <button type="button" class="secondary" data-testid="end-run" @click=${choose('end')}>End the run</button>
    </div>
  </details>`;
}

/** The calls whose arguments were edited; `undefined` when none was, or one is no JSON object. */
export function readChanges(data: FormData, { calls }: ApprovalRequest): readonly CallChange[] | undefined {
  const changes: CallChange[] = [];
  for (const [index, call] of calls.entries()) {
    const args = jsonObject(String(data.get(argumentsOf(index)) ?? ''));
    if (args === undefined) return undefined;
    if (JSON.stringify(args) !== JSON.stringify(call.arguments)) changes.push({ call: call.id, arguments: args });
  }
  return changes.length === 0 ? undefined : changes;
}

function argumentsOf(index: number): string {
  return `arguments-${index}`;
}

function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
