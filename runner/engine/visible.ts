export { visible } from '../../language/visible.js';
