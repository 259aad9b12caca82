import { SHARDINGS } from "#calc/model/scenario.ts";
import { flag, key, oneOf, orElse, whole, type Keys } from "./key.ts";

/** Ranks that divide one model. */
const ranks = key(whole(1, 64), 1, { apart: "divides" });

/** How several GPUs share a model, and the host what is not on them. */
export const GPUS = {
  shard: orElse(oneOf(SHARDINGS, { fsdp: "fsdp2" }), "what follows from gpus is used"),
  offload: key(oneOf(["none", "optimizer", "all"]), "none"),
  /** Ranks that divide the matrices of the model. */
  tp: ranks,
  /** Whether ranks that divide matrices divide hidden states, too. */
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
