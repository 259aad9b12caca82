import type { Ledger, Storage, Stream, StreamUse } from "./ledger.ts";

/** What a storage is of that nothing was said of. */
const OF_COMPUTATION: StreamUse = { stream: "compute", isRecorded: false, partOf: null };

/** The streams of a storage. */
export const streamUseOf = ({ streamUses }: Ledger, storage: Storage): StreamUse =>
  streamUses.get(storage) ?? OF_COMPUTATION;

/** A storage is allocated on another stream than that of the computation. */
export const onStream = (ledger: Ledger, storage: Storage, stream: Stream): Storage => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), stream });
  return storage;
};

/** A storage is a part of the request that another one begins. */
export const asPartOf = (ledger: Ledger, storage: Storage, partOf: Storage): void => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), partOf });
};

/** Another stream than that of a storage uses it until later than its owner does. @see torch/csrc/cuda, `record_stream` */
export const recordStream = (ledger: Ledger, storage: Storage): void => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), isRecorded: true });
};
