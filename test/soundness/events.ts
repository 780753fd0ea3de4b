/** What can be seen of a run from outside: who was asked what and answered what, and what was done. */

/** One call, as a person is shown it or as it is made. */
export interface Call {
  /** The step's id in its own playbook. */
  readonly step: string;
  /** Which item of each loop around the step it is for, outermost first. */
  readonly items: readonly number[];
  readonly tool: string;
  readonly x: string;
}

interface Base {
  /** Milliseconds since the run began. */
  readonly time: number;
  /** Which run of which playbook: 0 for the run itself, another number for each call that was entered. */
  readonly instance: number;
  /** The step, with the call steps that lead to it: `contain/suspend`. */
  readonly at: string;
}

export type Event =
  /** A gate, or a step with an approval of its own, asks about exactly these calls. */
  | (Base & { readonly kind: 'asked'; readonly calls: readonly Call[] })
  /** A modification takes the question back: the calls as modified are asked about afresh. */
  | (Base & { readonly kind: 'answered'; readonly by: string; readonly answer: 'approve' | 'reject' | 'modify' })
  /** The call went out; it may have had its effect. `inside` is false when it lies outside the step's `where`. */
  | (Base & { readonly kind: 'executed'; readonly call: Call; readonly inside: boolean })
  /** A step that ran, however it ended, so that what others read of it is another value now. */
  | (Base & { readonly kind: 'ended'; readonly step: string; readonly how: string })
  /** How a step was left, for people who read the trail. */
  | (Base & { readonly kind: 'left'; readonly edge: string });

export function describe(event: Event): string {
  const time = `${(event.time / 60_000).toFixed(1).padStart(7)}m ${event.at}`;
  const call = (one: Call): string =>
    `${one.step}${one.items.length > 0 ? `[${one.items.join(',')}]` : ''} ${one.tool}(${one.x})`;
  switch (event.kind) {
    case 'asked':
      return `${time}: asks about ${event.calls.map(call).join('; ') || 'nothing'}`;
    case 'answered':
      return `${time}: ${event.by} says ${event.answer}`;
    case 'executed':
      return `${time}: EXECUTES ${call(event.call)}${event.inside ? '' : ' outside its bounds'}`;
    case 'ended':
      return `${time}: ended ${event.how}`;
    case 'left':
      return `${time}: ${event.edge}`;
  }
}
