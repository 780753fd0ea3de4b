import { type QuickPickItem, type QuickPickOptions, window } from 'vscode';
import { iconless } from './plain.js';

/**
 * Has the person choose one of several. What the choices are called may come from whoever wrote a case or named a branch, and is shown
 * as text; icons of ours are `iconPath`. All lists go through here.
 */
export async function pick<T extends QuickPickItem>(
  items: readonly T[],
  options: QuickPickOptions & { readonly title: string },
): Promise<T | undefined> {
  const shown = items.map((item) => ({ ...withoutIcons(item), item }));
  const picked = await window.showQuickPick(shown, { ...options, title: iconless(options.title, LONGEST_TITLE) });
  return picked?.item;
}

const LONGEST_TITLE = 120;

function withoutIcons(item: QuickPickItem): QuickPickItem {
  const { label, description, detail } = item;
  return {
    ...item,
    label: iconless(label),
    ...(description === undefined ? {} : { description: iconless(description) }),
    ...(detail === undefined ? {} : { detail: iconless(detail, LONGEST_DETAIL) }),
  };
}

const LONGEST_DETAIL = 400;
