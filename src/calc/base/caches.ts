// Caches of pure functions: once in all, once for each object, or for the most recently used keys.

/**
 * The same pure function, computed once for each object that it is given: what follows from an architecture is asked for by every method, at every
 * step of a slider. Forgotten with the object.
 */
export const onceForEach = <Key extends object, Value>(make: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new WeakMap<Key, Readonly<{ value: Value }>>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.value;
    const value = make(key);
    known.set(key, { value });
    return value;
  };
};

/**
 * The same value for the same object and text, made once; at most so many in all: one more, and the one that was asked for longest ago is forgotten. For
 * what is large and asked for thousands of times while a slider moves.
 */
export const boundedCache = <Key extends object, Value extends object>(
  most: number,
): ((key: Key, text: string, make: () => Value) => Value) => {
  let objects = 0;
  const numberOf = onceForEach<Key, number>(() => objects++);
  /** By the object's number and the text. A map keeps its entries in order: that which was asked for last is the last. */
  const values = new Map<string, Value>();
  return (key, text, make) => {
    const name = `${numberOf(key)} ${text}`;
    const value = values.get(name) ?? make();
    values.delete(name);
    values.set(name, value);
    for (const longestAgo of values.keys()) {
      if (values.size <= most) break;
      values.delete(longestAgo);
    }
    return value;
  };
};

/** The value of a function that is called once, and only where it is asked for. */
export const once = <Value>(make: () => Value): (() => Value) => {
  let made: Readonly<{ value: Value }> | null = null;
  return () => (made ??= { value: make() }).value;
};
