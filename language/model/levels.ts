/** Autonomy levels, lowest first: what happens at a side effect. The level in force is the lowest that applies. */
export const AUTONOMY_LEVELS = ['manual', 'assist', 'approve', 'notify', 'autonomous'] as const;
export type AutonomyLevel = (typeof AUTONOMY_LEVELS)[number];

/** The lower of two levels. */
export function lowest(a: AutonomyLevel, b: AutonomyLevel): AutonomyLevel {
  return AUTONOMY_LEVELS.indexOf(a) <= AUTONOMY_LEVELS.indexOf(b) ? a : b;
}

/** What a tool does to the world. */
export const EFFECTS = ['read', 'record', 'notify', 'suppress', 'contain', 'evict', 'restore', 'harden'] as const;
export type Effect = (typeof EFFECTS)[number];

/** Everything but read and record needs authority. An unknown effect counts as consequential. */
export function isConsequential(effect: Effect | undefined): boolean {
  return effect !== 'read' && effect !== 'record';
}

export const ENTITY_TYPES = [
  'host', 'user', 'ip', 'domain', 'url', 'file', 'email', 'process', 'case', 'rule',
] as const; // biome-ignore format: one line reads better
export type EntityType = (typeof ENTITY_TYPES)[number];

/** How much effort a model is to put into a step, least first; the Messages API's `output_config.effort`. */
export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

export const OPERATING_MODELS = ['traditional', 'tool-assisted', 'ai-augmented', 'ai-soc'] as const;
export type OperatingModel = (typeof OPERATING_MODELS)[number];
