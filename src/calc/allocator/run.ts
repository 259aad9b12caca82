/** What a piece of a run asks of the allocator, in order. Storages are numbered through the whole run; one that outlives its part keeps its number and its block. */
export type Part = Readonly<{
  /** Bytes that each storage asks for, by number; not rounded. Another part may give a number another size (rows of another length). */
  bytes: Float64Array;
  /** The stream whose pools serve it, by number: 0 is the stream of the computation. */
  streams: Uint8Array;
  /**
   * In order, n being a storage:
   *
   * - `n`: it is allocated. Of 0 bytes nothing is.
   * - `~n`, below 0: it is freed.
   * - `storages + n`: its owner frees it while another stream still uses it (`record_stream`). It is no longer allocated, and nobody else can have its block
   *   until `~n`, where that stream is done with it (`process_events`), or until the allocator waits for all streams because memory is short. `~n` stands
   *   before the number is allocated again.
   */
  events: Int32Array;
}>;

/** A run: loading, the first step (it makes the optimizer's states), and the steps after it, run in turn over and over (one where lengths are constant). */
export type AllocatorRun = Readonly<{ storages: number; load: Part; first: Part; steps: readonly Part[] }>;
