import { SHARDINGS } from "#calc/model/scenario.ts";
import { flag, key, oneOf, orElse, whole, type Keys } from "./key.ts";

/** Ranks that divide one model. */
const ranks = key(whole(1, 64), 1, { apart: "divides" });

/** Keys for sharding, parallelism and offload. */
export const GPUS = {
  shard: orElse(oneOf(SHARDINGS, { fsdp: "fsdp2" }), "what follows from gpus is used"),
  offload: key(oneOf(["none", "optimizer", "all"]), "none"),
  /** Ranks that divide the matrices of the model. */
  tp: ranks,
  /** True if tensor-parallel ranks also divide hidden states (sequence parallelism). */
  sp: key(flag, false, { apart: "divides" }),
  /** Ranks that divide each sequence. */
  cp: ranks,
  /** Ranks that divide the layers. */
  pp: ranks,
  /** Ranks that divide each sequence by sharing out heads. */
  ulysses: ranks,
  /** Ranks that divide the experts of each layer. */
  ep: ranks,
} satisfies Keys;
