/** An observer of a window in which everything is near. */
export class AlwaysNear implements Pick<IntersectionObserver, "observe" | "disconnect"> {
  readonly #listener: IntersectionObserverCallback;
  constructor(listener: IntersectionObserverCallback) {
    this.#listener = listener;
  }
  observe(): void {
    this.#listener([{ isIntersecting: true } as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }
  disconnect(): void {}
}
