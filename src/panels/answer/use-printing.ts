import { useSyncExternalStore } from "react";

let printing = false;

const subscribe = (listener: () => void): (() => void) => {
  const set = (value: boolean) => (): void => {
    printing = value;
    listener();
  };
  const listening = new AbortController();
  addEventListener("beforeprint", set(true), { signal: listening.signal });
  addEventListener("afterprint", set(false), { signal: listening.signal });
  return () => listening.abort();
};

/** Whether the page is being printed: then everything folded is open. */
export const usePrinting = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => printing,
    () => false,
  );
