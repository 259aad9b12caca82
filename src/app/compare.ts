/** Holds the scenario that is shown beside the next one; nothing happens when there is no more room. A script that is gone is said by the page. */
export const compare = (): void =>
  void import("#scenario/page/pins.ts").then(({ pin }) => pin()).catch(() => undefined);
