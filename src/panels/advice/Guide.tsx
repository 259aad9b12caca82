import type { ReactElement } from "react";
import { Disclosure } from "#ui/Disclosure.tsx";
import { ChooseForMe } from "./guide/ChooseForMe.tsx";
import { MemoryTable } from "./guide/MemoryTable.tsx";
import { MinimumGpusTable } from "./guide/MinimumGpusTable.tsx";
import { MethodGuide } from "./guide/MethodGuide.tsx";
import { QualityGuide } from "./guide/QualityGuide.tsx";
import { RankGuide } from "./guide/RankGuide.tsx";
import { ServingGuide } from "./guide/ServingGuide.tsx";
import { SpeedGuide } from "./guide/SpeedGuide.tsx";
import { StandingAdvice } from "./guide/StandingAdvice.tsx";
import { TargetsGuide } from "./guide/TargetsGuide.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import { useFullCatalog } from "./use-full-catalog.ts";

/** Which method and rank, from data and task to a scenario; and the article's material, quoted, beside what the engine says of this scenario. */
export const Guide = ({ answer, focus }: AdviceProps): ReactElement => {
  useFullCatalog();
  const props = { answer, focus };
  return (
    <>
      <ChooseForMe {...props} />
      <Disclosure label="Which method" summary="by hardware, data and goal">
        <MethodGuide {...props} />
      </Disclosure>
      <Disclosure label="Which rank and alpha" summary="by data and task; quality by rank">
        <RankGuide {...props} />
      </Disclosure>
      <Disclosure label="Which target modules" summary="gain and memory">
        <TargetsGuide {...props} />
      </Disclosure>
      <Disclosure label="Quality by method" summary="MT-Bench">
        <QualityGuide />
      </Disclosure>
      <Disclosure label="Speed by GPU" summary="samples a second">
        <SpeedGuide {...props} />
      </Disclosure>
      <Disclosure label="Memory by model size" summary="printed, by its rule, a step">
        <MemoryTable {...props} />
      </Disclosure>
      <Disclosure label="Smallest GPUs" summary="printed, by its rule, a step">
        <MinimumGpusTable {...props} />
      </Disclosure>
      <Disclosure label="Serving several adapters" summary="merged or switched">
        <ServingGuide {...props} />
      </Disclosure>
      <Disclosure label="Always" summary="checkpointing, bf16">
        <StandingAdvice {...props} />
      </Disclosure>
    </>
  );
};
