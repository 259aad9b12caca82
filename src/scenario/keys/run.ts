import { EVALUATION_KEEPS, LOADINGS, SAVINGS } from "#calc/model/whole-run.ts";
import { flag, key, oneOf, orElse, whole, type Keys } from "./key.ts";
import { TOKENS } from "./open.ts";
import { MERGES } from "./values.ts";

const OF_EVALUATION = { lock: "eval", apart: "evaluates" } as const;
/** `saving` stands for what comes before and after training. */
const OF_SAVING = { lock: "saving" } as const;

/** The moments of a run outside its step. */
export const RUN = {
  /** Rows of an evaluation's batch on each GPU; 0: the run does not evaluate. */
  eval: key(whole(0, 4096), 0, OF_EVALUATION),
  /** Tokens of a row of it; null: as `seq`. */
  evalseq: orElse(TOKENS, "that of seq is used", OF_EVALUATION),
  /** New tokens that it generates. */
  evalgen: key(whole(0, 131_072), 0, OF_EVALUATION),
  evalkeep: key(oneOf(EVALUATION_KEEPS), "loss", OF_EVALUATION),
  evalbatches: key(whole(1, 65_536), 1, OF_EVALUATION),
  /** `eval_accumulation_steps`; 0: what is kept goes to the host at the end. */
  evalmove: key(whole(0, 65_536), 0, OF_EVALUATION),
  /** `eval_do_concat_batches=False`: what is kept is a list. */
  evallist: key(flag, false, OF_EVALUATION),
  saving: key(oneOf(SAVINGS), "none"),
  merge: key(oneOf(MERGES, { false: "0", true: "1" }), "0", OF_SAVING),
  resume: key(flag, false, OF_SAVING),
  loading: key(oneOf(LOADINGS), "none", OF_SAVING),
} satisfies Keys;
