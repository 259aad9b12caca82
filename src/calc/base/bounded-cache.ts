/**
 * The same value for the same object and text, made once; at most so many in all: one more, and all are forgotten. For what is large and asked for
 * thousands of times while a slider moves.
 */
export const boundedCache = <Key extends object, Value>(
  most: number,
): ((key: Key, text: string, make: () => Value) => Value) => {
  let values = new WeakMap<Key, Map<string, Value>>();
  let kept = 0;
  return (key, text, make) => {
    const known = values.get(key)?.get(text);
    if (known !== undefined) return known;
    const value = make();
    if (kept >= most) {
      values = new WeakMap();
      kept = 0;
    }
    values.set(key, (values.get(key) ?? new Map<string, Value>()).set(text, value));
    kept += 1;
    return value;
  };
};
