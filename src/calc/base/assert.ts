/**
 * Stops with `message` when what a programmer promised does not hold. Not for users' input: that is parsed before it reaches `calc`.
 *
 * @throws Error when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
