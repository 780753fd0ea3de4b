/**
 * What a plain scalar stands for in the core schema of YAML 1.2.2 (10.3.2). `undefined` for a number JSON cannot hold
 * exactly, and for infinity and "not a number".
 */
export function coreValue(text: string): string | number | boolean | null | undefined {
  // Most scalars are words, and the first letter tells it.
  const first = text.charCodeAt(0);
  const letter = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a;
  if (letter) {
    if (text.length > 5) return text;
    if (/^(?:true|True|TRUE)$/.test(text)) return true;
    if (/^(?:false|False|FALSE)$/.test(text)) return false;
    return /^(?:null|Null|NULL)$/.test(text) ? null : text;
  }
  if (text === '~') return null;
  // Digits, a sign or a dot.
  if (!((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e)) return text;
  if (/^[-+]?\d+$|^0o[0-7]+$|^0x[\da-fA-F]+$/.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text) ? undefined : text;
}
