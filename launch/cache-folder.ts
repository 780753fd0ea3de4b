import path from 'node:path';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: { readonly [name: string]: string | undefined };
  /** The user's own folder; empty when there is none. */
  readonly home: string;
}

/**
 * Where programs of this user keep what can be made again: `XDG_CACHE_HOME` (XDG Base Directory Specification 0.8), and what macOS
 * and Windows have in its place. `undefined` where nothing is to be kept: `NODE_DISABLE_COMPILE_CACHE` is set, as for Node's
 * own cache, or the user has no folder.
 */
export function cacheFolder({ platform, env, home }: Machine): string | undefined {
  if ((env.NODE_DISABLE_COMPILE_CACHE ?? '') !== '') return undefined;
  const base = baseFolder(platform, env, home);
  // A relative path would mean another folder in each working directory; the specification has it ignored.
  return base !== undefined && path.isAbsolute(base) ? path.join(base, 'countersign', 'code') : undefined;
}

function baseFolder(platform: NodeJS.Platform, env: Machine['env'], home: string): string | undefined {
  if (platform === 'win32') return env.LOCALAPPDATA;
  const named = env.XDG_CACHE_HOME ?? '';
  if (path.isAbsolute(named)) return named;
  if (home === '') return undefined;
  return platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
}
