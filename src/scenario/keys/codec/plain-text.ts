/** Letters, digits and marks that can stand between two points of an `arch` unharmed. */
const UNSAFE = /[^\w*-]/gu;
const ESCAPED = /~([0-9a-f]{1,6})~/g;

/** A text as one part of an `arch`: what would end the part stands as its code point between tildes, `~2e~` for a point. */
export const escapePart = (text: string): string =>
  text.replaceAll(UNSAFE, (sign) => `~${(sign.codePointAt(0) ?? 0).toString(16)}~`);

/** Undoes `escapePart`; what is no escape stays as it is. */
export const unescapePart = (part: string): string =>
  part.replaceAll(ESCAPED, (escaped: string, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : escaped;
  });
