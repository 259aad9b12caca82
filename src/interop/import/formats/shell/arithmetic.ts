/** Whole numbers of a shell: what is smaller than one is none. */
const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
};

const BINDING_FIRST = /[*/%]/;

/** Takes the operations of one binding together, from left to right. */
const together = (parts: readonly (string | number)[], isOurs: (operator: string) => boolean) => {
  const out: (string | number)[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [left, operator] = [out.at(-2), out.at(-1)];
    const part = parts[at] ?? "";
    const isDone = typeof part === "number" && typeof left === "number" && typeof operator === "string";
    if (isDone && isOurs(operator)) out.splice(-2, 2, OPERATIONS[operator]?.(left, part) ?? NaN);
    else out.push(part);
  }
  return out;
};

/**
 * What a shell's arithmetic comes to, "16 / 4": numbers and names of variables between + - * / %. undefined: it is something else.
 *
 * @param valueOf the text of a variable
 */
export const arithmetic = (text: string, valueOf: (name: string) => string | undefined): number | undefined => {
  if (!/^[\s\w$*/%+-]*$/.test(text)) return undefined;
  const parts = (text.match(/\$?\w+|[*/%+-]/g) ?? []).map((part) => {
    if (/^[*/%+-]$/.test(part)) return part;
    const number = /^\d+$/.test(part) ? part : valueOf(part.replace("$", ""));
    return number !== undefined && /^\d+$/.test(number) ? Number(number) : NaN;
  });
  const products = together(parts, (operator) => BINDING_FIRST.test(operator));
  const [sum, ...rest] = together(products, () => true);
  return rest.length === 0 && typeof sum === "number" && Number.isFinite(sum) ? sum : undefined;
};
