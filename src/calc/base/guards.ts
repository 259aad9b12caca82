// Guards: stop when an assumption is broken, and look up an untrusted name only among a table's own keys.

/**
 * Stops with `message` when what a programmer promised does not hold. Not for users' input: that is parsed before it reaches `calc`.
 *
 * @throws Error when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/**
 * What a table has under a name that came from outside: a link, a file, a page around this one. Never what every object has without being given it
 * (`constructor`, `__proto__`).
 *
 * @returns undefined where the table has no such name of its own
 */
export const ownValue = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
