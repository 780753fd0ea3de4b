import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** What axe-core finds in a page that is serious or worse, in words. */
export async function seriousFaults(page: Page | Frame): Promise<readonly string[]> {
  // By the debugger's door: the page's own policy lets no script in, and needs not be weakened for this.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    interface Found {
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      }[];
    }
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<Found> } };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
      );
  });
}
