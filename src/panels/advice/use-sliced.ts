import { useEffect, useState } from "react";
import { inSlices } from "./in-slices.ts";

/** The latest result, and whether it is that of the present question. */
export type Sliced<Value> = Readonly<{ value: Value | null; fresh: boolean }>;

/**
 * The result of work in slices, done anew when the question is another. Until it is done the last result stays.
 *
 * @param make begins the work; null while there is nothing to ask. It stays the same as long as the question does
 */
export const useSliced = <Value>(make: (() => Generator<void, Value>) | null): Sliced<Value> => {
  const [done, setDone] = useState<Readonly<{ of: unknown; value: Value }> | null>(null);
  useEffect(() => {
    if (make === null) return undefined;
    let wanted = true;
    const take = async (): Promise<void> => {
      const value = await inSlices(make(), () => wanted);
      if (wanted && value !== null) setDone({ of: make, value });
    };
    void take();
    return () => {
      wanted = false;
    };
  }, [make]);
  return { value: done?.value ?? null, fresh: done !== null && done.of === make };
};
