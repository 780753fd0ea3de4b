import { attackEntry } from '../model/attack-names.js';
import { ATTACK_VERSION, retiredAttackIds } from '../model/attack-techniques.js';

/** The page of a technique or tactic at attack.mitre.org; `undefined` for what is no identifier. */
export function attackPage(id: string): string | undefined {
  if (!attackEntry(id) && !retiredAttackIds().has(id)) return undefined;
  const folder = id.startsWith('TA') ? 'tactics' : 'techniques';
  return `https://attack.mitre.org/${folder}/${id.replace('.', '/')}/`;
}

/** Name and tactics of an ATT&CK identifier, as Markdown; `undefined` when there is none of it. */
export function explainAttack(id: string): string | undefined {
  const entry = attackEntry(id);
  const page = attackPage(id);
  if (page === undefined) return undefined;
  const link = `[MITRE ATT&CK® v${ATTACK_VERSION}](${page})`;
  if (!entry) {
    const successor = retiredAttackIds().get(id);
    const now = successor === undefined ? undefined : attackEntry(successor);
    return `**${id}** was taken back${now ? `; now **${now.id}** ${now.name}` : ''}\n\n${link}`;
  }
  const tactics = entry.tactics.length === 0 ? 'Tactic' : `Tactic: ${entry.tactics.join(', ')}`;
  return `**${id}** ${entry.name}\n\n${tactics}\n\n${link}`;
}
