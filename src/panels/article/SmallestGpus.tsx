import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { FIT_WORDS } from "#panels/answer/StatusIcon.tsx";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { StepProps } from "./MemoryTable.tsx";
import { Quoted } from "./Quoted.tsx";

const ABSENT = "not in the catalog";

/** The article's smallest GPUs beside its own accounting and what the engine says of a step on them. */
export const SmallestGpus = ({ at }: StepProps): ReactElement => {
  const { value, fresh } = useAsked("comparedGpus", at);
  const rows = value ?? [];
  return (
    <>
      <p>
        <a href="#minimum-gpus">How many GPUs it takes</a>: the fewest of five cards for each of these sizes, really
        sharded.
      </p>
      <Quoted
        label="The article’s smallest GPUs beside the engine"
        head={["Model", "Method", "Quoted", "By its rule", "A step there", "Why they differ"]}
        rows={rows.map(({ label, method, quoted, fitsByRule, fit, why }) => [
          label,
          METHOD_NAMES[method].label,
          quoted,
          fitsByRule === null ? ABSENT : fitsByRule ? "fits" : "does not fit",
          fit === null ? ABSENT : FIT_WORDS[fit].toLowerCase(),
          why,
        ])}
        quoted={[2]}
        words={[5]}
        fresh={fresh}
      />
    </>
  );
};
