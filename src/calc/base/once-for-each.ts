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
