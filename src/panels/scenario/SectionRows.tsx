import { memo, type ReactElement } from "react";
import { OBJECTIVE_NAMES } from "#scenario/words/objective-names.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { late } from "#ui/late.tsx";
import { sectionOpened, useAskedSection } from "./asked-section.ts";
import { NOT_COUNTED } from "./run-in-words.ts";
import styles from "./ScenarioPanel.module.css";
import { SECTION_IDS, SECTION_NAMES, type SectionId } from "./section-id.ts";
import { objectiveInWords, summariesOf } from "./summaries.ts";
import { useStack } from "./use-stack.ts";

const sections = late<Readonly<{ section: SectionId }>>(
  async () => (await import("./SectionControls.tsx")).SectionControls,
);

/** Under the GPU, as it changes what follows. */
export const ObjectiveRow = (): ReactElement => {
  const summary = useScenario(({ choices }) => objectiveInWords(choices));
  return (
    <div id="training-for" onPointerEnter={sections.prefetch} onFocus={sections.prefetch}>
      <SectionRow section="objective" summary={summary} />
    </div>
  );
};

/** Everything that is not in sight: closed rows that say their value, and open on more controls. */
export const SectionRows = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { division, usualAttention } = useAnswer();
  const summaries = summariesOf(choices, { ...useStack(), attn_implementation: usualAttention }, division);
  return (
    <div id="sections" className={styles.rest} onPointerEnter={sections.prefetch} onFocus={sections.prefetch}>
      {SECTION_IDS.filter((section) => section !== "objective").map((section) => (
        <SectionRow key={section} section={section} summary={summaries[section]} />
      ))}
    </div>
  );
};

/** Drawn anew only when its summary changes: a slider changes one of them, if any. */
const SectionRow = memo(({ section, summary }: Readonly<{ section: SectionId; summary: string }>): ReactElement => (
  <Disclosure
    label={SECTION_NAMES[section]}
    summary={summary}
    changed={
      (section === "run" && summary !== NOT_COUNTED) || (section === "objective" && summary !== OBJECTIVE_NAMES.sft)
    }
    asked={useAskedSection((asked) => (asked.section === section ? asked.times : 0))}
    onAsked={sectionOpened}
  >
    <sections.Part section={section} />
  </Disclosure>
));
