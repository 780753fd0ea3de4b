type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * What a person filled into cards that are not answered yet, by question, so that a card that gives way to another has it
 * again when it comes back. What was ticked is not kept: that a person knows there is no way back is said anew.
 */
export class Drafts {
  readonly #byQuestion = new Map<string, ReadonlyMap<string, string>>();

  /** @param ask the question that `form` is the card of */
  keep(ask: string, form: HTMLFormElement): void {
    this.#byQuestion.set(ask, new Map(fields(form).map(({ name, value }) => [name, value])));
  }

  /** Fills a card that was drawn anew. */
  restore(ask: string, form: HTMLFormElement): void {
    const kept = this.#byQuestion.get(ask);
    if (kept === undefined) return;
    for (const field of fields(form)) field.value = kept.get(field.name) ?? field.value;
  }

  clear(): void {
    this.#byQuestion.clear();
  }
}

function fields(form: HTMLFormElement): readonly Field[] {
  return [...form.elements].filter(
    (one): one is Field =>
      (one instanceof HTMLInputElement && one.type !== 'checkbox') ||
      one instanceof HTMLSelectElement ||
      one instanceof HTMLTextAreaElement,
  );
}
