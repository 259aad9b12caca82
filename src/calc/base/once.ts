/** The value of a function that is called once, and only where it is asked for. */
export const once = <Value>(make: () => Value): (() => Value) => {
  let made: Readonly<{ value: Value }> | null = null;
  return () => (made ??= { value: make() }).value;
};
