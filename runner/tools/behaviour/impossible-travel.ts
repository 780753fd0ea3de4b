import { rounded } from './statistics.js';
import { timeText } from './time.js';

/** A sign-in with where it came from, in degrees (WGS 84). */
export interface Located {
  readonly at: number;
  readonly latitude: number;
  readonly longitude: number;
}

export interface TravelOptions {
  /** Faster than this nobody travels. */
  readonly maxKmh: number;
  /** What lies closer together is the same place, as far as an address tells. */
  readonly minKm: number;
}

export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly km: number;
  /** `null` when both were at the same moment. */
  readonly kmh: number | null;
}

export interface Travel {
  readonly hops: number;
  readonly impossible_hops: number;
  readonly impossible: boolean;
  /** Of the hops over `minKm` that took any time. */
  readonly fastest_kmh: number | null;
  /** The impossible ones, the furthest first, at most 20. */
  readonly examples: readonly Hop[];
}

/** Mean radius of the Earth in kilometres (IUGG). */
const RADIUS = 6371.0088;
const MAX_EXAMPLES = 20;

/**
 * Whether successive sign-ins lie further apart than anybody travels in between: great-circle distance by the haversine
 * formula (R. W. Sinnott, "Virtues of the Haversine", 1984), divided by the time between them.
 */
export function impossibleTravel(events: readonly Located[], { maxKmh, minKm }: TravelOptions): Travel {
  // Events of one moment have no order of their own: by place, so that the order of the rows does not matter.
  const ordered = [...events].sort((a, b) => a.at - b.at || a.latitude - b.latitude || a.longitude - b.longitude);
  const impossible: (Hop & { readonly exact: number })[] = [];
  let fastest = -1;
  for (const [index, to] of ordered.entries()) {
    const from = ordered[index - 1];
    if (!from) continue;
    const km = distance(from, to);
    if (km < minKm) continue;
    const hours = (to.at - from.at) / 3_600_000;
    const kmh = hours > 0 ? km / hours : null;
    if (kmh !== null) fastest = Math.max(fastest, kmh);
    if (kmh !== null && kmh <= maxKmh) continue;
    impossible.push({
      from: timeText(from.at),
      to: timeText(to.at),
      km: rounded(km, 1),
      kmh: kmh === null ? null : rounded(kmh, 1),
      exact: km,
    });
  }
  impossible.sort((a, b) => b.exact - a.exact || (a.to < b.to ? -1 : 1));
  return {
    hops: Math.max(0, ordered.length - 1),
    impossible_hops: impossible.length,
    impossible: impossible.length > 0,
    fastest_kmh: fastest < 0 ? null : rounded(fastest, 1),
    examples: impossible.slice(0, MAX_EXAMPLES).map(({ exact: _, ...hop }) => hop),
  };
}

/** Great-circle distance in kilometres. */
export function distance(a: Omit<Located, 'at'>, b: Omit<Located, 'at'>): number {
  const north = radians(b.latitude - a.latitude);
  const east = radians(b.longitude - a.longitude);
  const h =
    Math.sin(north / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(east / 2) ** 2;
  // Rounding may carry it past 1 at opposite points of the globe.
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(1, h)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
