/** A pull of this many pixels opens or closes a sheet. */
const PULL_PIXELS = 48;

/**
 * Follows a finger or a pointer that pulls a sheet by its upper edge.
 *
 * @param edge does not scroll (`touch-action: none`)
 * @param onPull where to
 * @param signal ends it
 */
export const watchPull = (edge: HTMLElement, onPull: (to: "up" | "down") => void, signal: AbortSignal): void => {
  let from: number | null = null;
  edge.addEventListener("pointerdown", ({ clientY }) => (from = clientY), { signal });
  edge.addEventListener(
    "pointerup",
    ({ clientY }) => {
      const pulled = from === null ? 0 : clientY - from;
      from = null;
      if (Math.abs(pulled) >= PULL_PIXELS) onPull(pulled < 0 ? "up" : "down");
    },
    { signal },
  );
};
