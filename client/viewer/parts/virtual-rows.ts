import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';

export interface VirtualRow {
  readonly index: number;
  /** Pixels from the top of the first row. */
  readonly start: number;
}

/** A list of rows of one height that draws only those in view. */
export class VirtualRows {
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly rowHeight: number;

  /** @param rowHeight pixels; every row has it, so that any row's place is known without drawing the ones before
   * @param resized called when there is more or less room */
  constructor(scroller: () => HTMLElement | null, rowHeight: number, redraw: () => void, resized: () => void) {
    this.rowHeight = rowHeight;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: scroller,
      estimateSize: () => rowHeight,
      overscan: 6,
      observeElementRect: (instance, tell) =>
        observeElementRect(instance, (rect) => {
          tell(rect);
          resized();
        }),
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: redraw,
    });
    this.#virtualizer._didMount();
  }

  /** To be called before drawing with the number of rows there are now. */
  resize(count: number): void {
    if (this.#virtualizer.options.count !== count) {
      this.#virtualizer.setOptions({ ...this.#virtualizer.options, count });
    }
  }

  /** To be called after drawing: the element to scroll may be new. */
  drawn(): void {
    this.#virtualizer._willUpdate();
  }

  get rows(): readonly VirtualRow[] {
    return this.#virtualizer.getVirtualItems();
  }

  show(row: number): void {
    this.#virtualizer.scrollToIndex(row, { align: 'auto' });
  }

  /** Pixels scrolled down; 0 where there is nothing to scroll. */
  get scrolled(): number {
    return this.#virtualizer.scrollElement?.scrollTop ?? 0;
  }

  scrollTo(pixels: number): void {
    this.#virtualizer.scrollToOffset(pixels);
  }

  /** Whether the last row is in view, so that a growing list may be followed. */
  get atEnd(): boolean {
    const { scrollElement } = this.#virtualizer;
    if (scrollElement === null) return true;
    return scrollElement.scrollHeight - scrollElement.scrollTop - scrollElement.clientHeight < this.rowHeight * 2;
  }

  get inView(): number {
    return Math.max(1, Math.floor((this.#virtualizer.scrollRect?.height ?? 0) / this.rowHeight) - 1);
  }
}

/** The row a key moves to, if it moves; -1 for none is selected yet. */
export function movedRow(key: string, at: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const to = target(key, at, count, page);
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

function target(key: string, at: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at < 0 ? count - 1 : at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    default:
      return undefined;
  }
}
