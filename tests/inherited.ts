/** Names that every object has without anybody having given them to it. */
export const INHERITED = ["__proto__", "constructor", "toString"] as const;

/** A word that every object has, too, while it is watched. */
export const WATCHED = "inheritedword";

/** Our own code, in a line of a call stack. */
const OURS = /\/src\/([^:?)]+)[^:)]*:(\d+)/;

/** The place in our own code that asks an object for a name; null where a library asks, or the test. */
const asker = (): string | null => {
  const [, , , line = ""] = (new Error("who asks").stack ?? "").split("\n");
  const [, file, at] = OURS.exec(line) ?? [];
  return file === undefined ? null : `${file}:${at}`;
};

const watch = (): (() => readonly string[]) => {
  const asked = new Set<string>();
  const note = (): string => {
    const place = asker();
    if (place !== null) asked.add(place);
    return "what every object has";
  };
  const set = (): void => {
    note();
  };
  Object.defineProperty(Object.prototype, WATCHED, { configurable: true, get: note, set });
  return () => {
    delete (Object.prototype as Record<string, unknown>)[WATCHED];
    return [...asked];
  };
};

/**
 * Runs something with `WATCHED` as a name that every object inherits, and finds out who is deceived by it.
 *
 * @returns the places in `src` where an object was asked for that name, or was given it, without having it itself: there `constructor` and `__proto__`
 * would be found, too, whatever comes of it
 */
export const askedOfAll = async (run: () => unknown): Promise<readonly string[]> => {
  const end = watch();
  try {
    await run();
    return end();
  } catch (error) {
    end();
    throw error;
  }
};
