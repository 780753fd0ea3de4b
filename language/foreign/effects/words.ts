/**
 * The words of an action's name: `core-isolateEndpoint`, `Isolate_Endpoint` and "isolate endpoint" are the same. Lower case.
 */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9&]+/)
    .filter((word) => word !== '');
}

/** The parts of a name that say one thing each: "search and purge" says two. */
export function clausesOf(words: readonly string[]): readonly (readonly string[])[] {
  const clauses: string[][] = [[]];
  for (const word of words) {
    if (word === 'and' || word === 'or' || word === 'then' || word === '&') clauses.push([]);
    else clauses[clauses.length - 1]?.push(word);
  }
  return clauses;
}
