import { isPadded } from "#calc/model/padding.ts";
import type { Asked } from "#interop/measure/asked.ts";

/** A function that gives the batch: ids and labels of their own, as a collator makes them; where rows differ in length, padding and a mask. */
export const batchFunction = ({ scenario }: Asked): readonly string[] => {
  const { micro_batch_size: rows, sequence_length: tokens, architecture } = scenario;
  const head = [
    "def batch():",
    '    """Random tokens: they stay on the device all through the run."""',
    `    ids = torch.randint(0, ${architecture.vocab_size}, (${rows}, ${tokens}), device=DEVICE)`,
    "    labels = ids.clone()",
  ];
  if (!isPadded(scenario)) return [...head, '    return {"input_ids": ids, "labels": labels}'];
  return [
    ...head,
    "    mask = torch.ones_like(ids)",
    "    for row in range(1, ids.shape[0]):  # the first is as long as the batch",
    "        length = random.randint(1, ids.shape[1] - 1) if ids.shape[1] > 1 else 1",
    "        mask[row, length:] = 0",
    "        labels[row, length:] = -100",
    '    return {"input_ids": ids, "attention_mask": mask, "labels": labels}',
  ];
};
