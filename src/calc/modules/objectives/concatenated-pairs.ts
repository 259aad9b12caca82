import { assert } from "#calc/base/assert.ts";
import { type Batch, type Column, columnOf } from "#calc/modules/objective.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, scoped, unname } from "#calc/tape/scope.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { pairs } from "./pair-forward.ts";

const WHAT = ["input_ids", "attention_mask"] as const;

/** Prompts, and chosen and rejected completions without them, each padded by itself. */
export const columnsApart = ({ reference }: StepOptions): readonly Column[] => [
  ...(["prompt", "chosen", "rejected"] as const).flatMap((side) =>
    WHAT.map((name): Column => ({ name: `${side}_${name}`, shape: shapeOf("b", 1 / 2, side), dtype: "int64" })),
  ),
  ...(reference === "precomputed" ? ["ref_chosen_logps", "ref_rejected_logps"] : []).map((name): Column => ({
    name,
    shape: pairs(),
    dtype: "fp32",
  })),
];

const bothOf = <T>(of: (name: (typeof WHAT)[number]) => T): readonly [T, T] => [of(WHAT[0]), of(WHAT[1])];

type Whole = "prompt_input_ids" | "prompt_attention_mask" | "completion_input_ids" | "completion_attention_mask";
export type ConcatenatedPairs = Readonly<Record<Whole | "input_ids" | "attention_mask" | "loss_mask", Tensor>>;

/** `torch.cat` of whole numbers, or what else makes a new tensor of [rows, positions]. */
const made = (name: string, positions: Dim, of: Tensor): Tensor =>
  compute({ name, shape: shapeOf("b", positions), dtype: "int64" }, of);

/** `flush_left`: rows are moved to the left, and columns that are empty then are cut off, which is a view. */
const flushedLeft = (masks: readonly [Tensor, Tensor, Tensor]): readonly [Tensor, Tensor, Tensor] =>
  scoped(masks[0].tape, () => {
    const copies = masks.map((each) => bind(made("clone", "joined", each)));
    bind(made("remainder", "joined", masks[0]));
    const [first, second, third] = copies.map((each) => slice(made("gather", "joined", each), shapeOf("b", "s")));
    assert(first !== undefined && second !== undefined && third !== undefined, "there are three");
    return [first, second, third] as const;
  });

/**
 * The batch of a forward, bound, by the names that the trainer's functions have: prompts twice, completions padded to the longer side, both side by side, moved to the
 * left.
 *
 * @see trl 0.24, trainer/dpo_trainer.py, `concatenated_inputs`, `concatenated_forward`; trainer/utils.py, `flush_left`
 */
export const concatenatedPairs = (batch: Batch): ConcatenatedPairs => {
  const side = (from: string, name: string, positions: Dim): Tensor =>
    bind(made("cat", positions, columnOf(batch, `${from}_${name}`)));
  const [prompt_input_ids, prompt_attention_mask] = bothOf((name) => side("prompt", name, "prompt"));
  const [completion_input_ids, completion_attention_mask] = bothOf((name) => side("chosen", name, "wider"));
  const join = (): Tensor => bind(made("cat", "joined", prompt_input_ids));
  const joined = [join(), join(), join()] as const;
  const [input_ids, attention_mask, loss_mask] = bindAll(flushedLeft(joined));
  for (const each of joined) unname(each);
  return {
    prompt_input_ids,
    prompt_attention_mask,
    completion_input_ids,
    completion_attention_mask,
    input_ids,
    attention_mask,
    loss_mask,
  };
};
