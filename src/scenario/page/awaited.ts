/** After so long without the answer that was asked for, what is shown is drawn as what it is: the answer to something else. */
const LATE_MILLISECONDS = 250;

/** Ends each waiting for an answer that is on its way. */
export const awaited = new Set<() => void>();

let timer: ReturnType<typeof setTimeout> | undefined;

const inTime = (): void => {
  clearTimeout(timer);
  timer = undefined;
  delete document.documentElement.dataset["late"];
};

/**
 * Asks for an answer that the page is going to show. Until it is here, what is shown is late.
 *
 * @param begin asks, and calls `arrived` once the answer is here; gives what ends the asking
 * @returns ends the waiting
 */
export const awaitAnswer = (begin: (arrived: () => void) => () => void): (() => void) => {
  let stop = (): void => undefined;
  const arrived = (): void => {
    awaited.delete(end);
    if (awaited.size === 0) inTime();
  };
  const end = (): void => {
    stop();
    arrived();
  };
  awaited.add(end);
  timer ??= setTimeout(() => (document.documentElement.dataset["late"] = ""), LATE_MILLISECONDS);
  stop = begin(arrived);
  return end;
};
