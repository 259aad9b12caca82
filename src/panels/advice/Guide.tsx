import type { ReactElement } from "react";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import styles from "./guide/Guide.module.css";
import { MethodGuide } from "./guide/MethodGuide.tsx";
import { RankGuide } from "./guide/RankGuide.tsx";
import { ServingGuide } from "./guide/ServingGuide.tsx";
import { StandingAdvice } from "./guide/StandingAdvice.tsx";
import { TargetsGuide } from "./guide/TargetsGuide.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import { useFullCatalog } from "./use-full-catalog.ts";

/** Which method, rank and modules, and how to serve them: what the article says, quoted, beside what the engine says of this scenario. */
export const Guide = ({ answer, focus }: AdviceProps): ReactElement => {
  useFullCatalog();
  const props = { answer, focus };
  return (
    <>
      <p className={styles.text}>
        <a href="#choose">Choose for me</a>: three questions that end in a scenario.
      </p>
      <p className={styles.text}>
        Quoted: <ArticleLink />, in grey. <a href="#article">The article’s figures</a> of memory, GPUs, speed and
        quality have a page of their own.
      </p>
      <Disclosure label="Which method" summary="by hardware, data and goal">
        <MethodGuide {...props} />
      </Disclosure>
      <Disclosure label="Which rank and alpha" summary="by data and task; quality by rank">
        <RankGuide {...props} />
      </Disclosure>
      <Disclosure label="Which target modules" summary="gain and memory">
        <TargetsGuide {...props} />
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
