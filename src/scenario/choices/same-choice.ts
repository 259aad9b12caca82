/** Whether two choices of a field are the same by value: fields hold plain values, lists and small objects of them. */
export const isSameChoice = (one: unknown, other: unknown): boolean =>
  Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);
