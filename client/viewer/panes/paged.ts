import { html, nothing, type TemplateResult } from 'lit-html';

/** A long list of which only the first pages are drawn, until a person asks for more. */
export class Paged {
  readonly #size: number;
  #pages = 1;

  /** @param size how many are on a page */
  constructor(size: number) {
    this.#size = size;
  }

  shown<T>(all: readonly T[]): readonly T[] {
    return all.slice(0, this.#size * this.#pages);
  }

  /** The way to the next page, where there is one. */
  more(all: readonly unknown[], redraw: () => void): TemplateResult | typeof nothing {
    const left = all.length - this.shown(all).length;
    if (left === 0) return nothing;
    const turn = (): void => {
      this.#pages += 1;
      redraw();
    };
    return html`<button class="link more" @click=${turn}>${left} more</button>`;
  }
}
