export * from './ast.js';
export * from './check.js';
export * from './complete.js';
export * from './evaluate.js';
export * from './expression.js';
export * from './parse.js';
export * from './template.js';
export * from './types.js';
