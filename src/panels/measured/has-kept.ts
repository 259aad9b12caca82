/** What this browser keeps rows under, and nothing else: the rows as they came, in JSON, the newest first. */
export const KEPT_KEY = "headroom-measured";

/** Whether this browser keeps rows; also of a storage that cannot be read: no. */
export const hasKept = (): boolean => {
  try {
    return localStorage.getItem(KEPT_KEY) !== null;
  } catch {
    return false;
  }
};
