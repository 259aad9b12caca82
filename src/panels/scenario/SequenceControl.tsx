import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { parseTokens } from "./parse-tokens.ts";
import { sequenceScaleFor } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

const TOKENS_PER_K = 1024;

/** Tokens in one row; past the model's own limit the track is dashed and the hint says so. */
export const SequenceControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => {
  const { seq, prompt } = useChoices("seq", "prompt");
  // A prompt keeps its share of the row.
  const split = (tokens: number): Partial<Choices> => ({
    seq: tokens,
    ...(prompt !== null && { prompt: Math.max(1, Math.round((prompt * tokens) / seq)) }),
  });
  const limit = useAnswer().model.architecture.max_position_embeddings;
  const scale = sequenceScaleFor(limit);
  return (
    <SliderField
      label={compact ? "Sequence" : "Sequence length"}
      compact={compact}
      locked={useLocked("seq")}
      scale={scale}
      ends={[formatCount(scale.stops[0] ?? 0), `${formatCount((scale.stops.at(-1) ?? 0) / TOKENS_PER_K)} K`]}
      limit={limit}
      value={seq}
      min={RANGES.seq.min}
      max={RANGES.seq.max}
      format={formatCount}
      parse={parseTokens}
      hint={seq > limit ? `The model was made for ${formatCount(limit)} tokens; longer is an extrapolation.` : null}
      onChange={(tokens) => change(split(tokens))}
    />
  );
};
