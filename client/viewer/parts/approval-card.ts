import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { keyed } from 'lit-html/directives/keyed.js';
import type { ApprovalRequest } from '../../../runner/protocol/messages.js';
import { span } from '../events/span.js';
import { visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import { type FromViewer, MAX_TEXT } from '../protocol/messages.js';
import type { Question } from '../state.js';
import { callTemplate } from './details.js';
import { otherAnswers, readChanges } from './other-answers.js';
import { dataJson, dataText, icon } from './text.js';

export type Approval = Extract<Question, { kind: 'approval' }>;
export type Decision = Extract<FromViewer, { type: 'decide' }>;
type Problems = ReadonlyMap<string, string>;

/**
 * One question at a gate. Everything that would run and everything the person is to judge it by stands here in full;
 * Reject comes first and has the focus; nothing but the Approve button approves, and what cannot be undone only once the
 * person has ticked that they know.
 */
export function approvalCard(
  { ask, request, user }: Approval,
  problems: Problems,
  now: number,
  answer: (form: HTMLFormElement, decision: Decision['decision']) => void,
): TemplateResult {
  const { calls, irreversible } = request;
  const choose = (decision: Decision['decision']) => (event: Event) => {
    event.preventDefault();
    const form = event.target instanceof Element ? event.target.closest('form') : null;
    if (form !== null) answer(form, decision);
  };
  return html`${keyed(
    ask,
    html`<form class="card" data-testid="approval-card" data-gate=${visible(request.gate)} aria-labelledby="card-title" @submit=${choose('reject')}>
      ${guard([request], () => whatIsAsked(request))}
      <div class="card-answer">
        <p class="terms">${dataText(terms(request), 'line')} <span data-testid="deadline">${deadline(request.deadline, now)}</span></p>
        <div class="card-fields">
          ${whoAmI(request.approvers, user, problems.get('as'))}
          <label class="grow"
            >Reason <span class="note">(needed to reject)</span
            ><textarea
              name="reason"
              rows="2"
              maxlength=${MAX_TEXT}
              data-testid="reason"
              aria-invalid=${problems.has('reason') ? 'true' : 'false'}
              aria-describedby="card-problem"
            ></textarea>
          </label>
        </div>
        ${irreversible ? acknowledgement(problems) : nothing}
        <p id="card-problem" class="problem" role="alert" data-testid="card-problem">${[...problems.values()].join(' ')}</p>
        <div class="card-buttons">
          <button type="submit" data-testid="reject" data-default-focus>Reject</button>
          <button
            type="button"
            class="secondary"
            data-testid="approve"
            ?disabled=${request.approvers.length === 0}
            @click=${choose('approve')}
          >
            Approve ${calls.length === 1 ? 'this call' : `these ${calls.length} calls`}
          </button>
        </div>
        ${guard([request], () => otherAnswers(request, choose))}
      </div>
    </form>`,
  )}`;
}

/** What the person is to judge: drawn once, however long it is, and not anew with every second of the time that is left. */
function whatIsAsked({ title, ask, calls, evidence, irreversible }: ApprovalRequest): TemplateResult {
  return html`<div class="card-body" tabindex="0" role="group" aria-label="What is to be approved">
    <h2 id="card-title">${icon('shield')}<span>Approval needed: ${dataText(title, 'line')}</span></h2>
    ${
      irreversible
        ? html`<p class="warning" role="note" data-testid="irreversible">
            ${icon('warning')}This cannot be undone once it is really run.
          </p>`
        : nothing
    }
    <p class="data ask" data-testid="ask">${dataText(ask)}</p>
    <h3>If approved, exactly ${calls.length === 1 ? 'this call runs' : `these ${calls.length} calls run`} (simulated in a dry run)</h3>
    ${calls.map((call) => callTemplate(call))}
    ${evidence.length === 0 ? nothing : html`<h3>What it is based on</h3>`}
    ${evidence.map(
      ({ expression, value }) =>
        html`<div class="evidence" data-testid="evidence">
          <h4>${dataText(expression, 'line')}</h4>
          ${typeof value === 'string' ? html`<p class="data">${dataText(value)}</p>` : dataJson(value)}
        </div>`,
    )}
  </div>`;
}

/** The second, deliberate act that approving needs when there is no way back. */
function acknowledgement(problems: Problems): TemplateResult {
  return html`<label class="acknowledge"
    ><input
      type="checkbox"
      name="acknowledged"
      data-testid="acknowledged"
      aria-invalid=${problems.has('acknowledged') ? 'true' : 'false'}
      aria-describedby="card-problem"
    /><span
      >I have read every argument, and know that this cannot be undone <span class="note">(needed to approve)</span></span
    >
  </label>`;
}

/** Choice of the person who answers; nobody is chosen for them unless the editor's user is one of them. */
export function whoAmI(people: readonly string[], user: string, problem: string | undefined): TemplateResult {
  const known = people.includes(user);
  return html`<label
    >I am
    <span class="note">(as you state it)</span
    ><select name="as" data-testid="approver" aria-invalid=${problem === undefined ? 'false' : 'true'}>
      <option value="" ?selected=${!known}>${people.length === 0 ? 'Nobody holds the role' : 'Choose…'}</option>
      ${people.map((person) => html`<option value=${person} ?selected=${person === user}>${visible(person)}</option>`)}
    </select>
  </label>`;
}

/** What was filled in, as an answer or as problems by field. */
export function readDecision(
  form: HTMLFormElement,
  { ask, request }: Approval,
  decision: Decision['decision'],
): Decision | Problems {
  const data = new FormData(form);
  const as = String(data.get('as') ?? '');
  const reason = String(data.get('reason') ?? '').trim();
  if (as === '') return new Map([['as', 'Choose who you are: the trace names the person who decides.']]);
  if (decision !== 'approve' && reason === '') {
    const what = decision === 'reject' ? 'you reject it' : 'you do that';
    return new Map([['reason', `Say why ${what}: the trace keeps the reason, and whoever takes over reads it.`]]);
  }
  const said = { type: 'decide', ask, decision, as, reason } as const;
  if (decision === 'approve' && request.irreversible) {
    return data.has('acknowledged')
      ? { ...said, acknowledged: true }
      : new Map([['acknowledged', 'This cannot be undone: tick that you know, then approve.']]);
  }
  if (decision === 'escalate') {
    const to = String(data.get('to') ?? '');
    return to === '' ? new Map([['to', 'Choose the role that is to decide.']]) : { ...said, to };
  }
  if (decision === 'modify') {
    const changes = readChanges(data, request);
    return changes === undefined
      ? new Map([['changes', 'The changed arguments are no JSON object, or nothing was changed.']])
      : { ...said, changes };
  }
  return said;
}

function terms({ approvers, approvedBy, quorum, roles }: ApprovalRequest): string {
  const role = roles.join(' or ');
  const left = Math.max(1, quorum - approvedBy.length);
  const who =
    approvers.length === 0
      ? `Nobody who holds the role ${role} can still answer; silence denies.`
      : `Needs ${left}${approvedBy.length > 0 ? ' more' : ''} ${plural('approval', left)} by ${role}.`;
  return approvedBy.length === 0 ? who : `${who} Already approved by ${approvedBy.join(', ')}.`;
}

function deadline(at: string | null, now: number): string {
  if (at === null) return 'Silence denies.';
  const ms = Date.parse(at) - now;
  if (!Number.isFinite(ms)) return 'Silence denies.';
  return ms <= 0 ? 'Time is up: it is denied.' : `Silence denies in ${span(Math.ceil(ms / 1000) * 1000)}.`;
}
