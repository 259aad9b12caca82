// Frames of the advice panels (changes, fits, sweep, guidance); their contents load near the window.

import { gibWords } from "#advice/gpu-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { capitalized, gpuPhrase } from "#format/phrases.ts";
import { type Answer, type MethodAnswer, wholeCard, focusedMethod } from "#scenario/choices/answer.ts";
import { type ComponentType, memo, type ReactElement, type ReactNode } from "react";
import panel from "#panels/panel.module.css";
import { useNear, useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import frame from "./LatePanel.module.css";
import { latePart } from "#ui/late-parts.tsx";

/** What the panel does for the method in focus. */
export const fitTitle = (answer: Pick<MethodAnswer, "card" | "run">): string => {
  const { fit } = wholeCard(answer);
  if (fit === "cannot-run") return "What to change";
  return fit === "over" ? "Make it fit" : "Use the room";
};

const cardOf = ({ choices, gpu }: Pick<Answer, "choices" | "gpu">): string => {
  if (choices.gpus > 1) return choices.gpu.kind === "custom" ? "each card" : `each ${gpu.shortName}`;
  return choices.gpu.kind === "custom" ? "the card" : gpuPhrase(gpu.shortName, 1);
};

/** "LoRA needs 20.9 GiB more than an RTX 4090 has." */
export const fitHint = (answer: Pick<Answer, "choices" | "gpu">, one: MethodAnswer): string => {
  const card = wholeCard(one);
  const name = capitalized(METHOD_NAMES[one.method].inSentence);
  const amount = gibWords(card.headroomBytes);
  if (card.fit === "cannot-run") return `${name} cannot run on ${cardOf(answer)}: ${card.cannotRun}`;
  return card.fit === "over"
    ? `${name} needs ${amount} more than ${cardOf(answer)} has.`
    : `${name} leaves ${amount} of ${cardOf(answer)} free.`;
};

/** What the choice of the panel answers; null where there is none. */
const fitQuestion = (answer: Pick<MethodAnswer, "card" | "run">): string | null => {
  const { fit } = wholeCard(answer);
  if (fit === "cannot-run") return null;
  return fit === "over" ? "What may it cost?" : "What would you spend it on?";
};

/** What a panel of advice is drawn from: an answer that stands still while a slider is held, and its method in focus. */
export type AdviceProps = Readonly<{ answer: PageAnswer; focus: MethodAnswer }>;

type LatePanelProps = Readonly<{
  /** As `only` and `hide` name it. */
  id: "changes" | "fits" | "sweep" | "guide";
  title: (focus: MethodAnswer) => string;
  /** Beside the title: what it is about. */
  hint: (answer: PageAnswer, focus: MethodAnswer) => ReactNode;
  Body: ComponentType<AdviceProps>;
}>;

const Frame = memo(
  ({ id, title, hint, Body, answer }: LatePanelProps & Readonly<{ answer: PageAnswer }>): ReactElement | null => {
    const { ref, near } = useNear<HTMLDivElement>();
    const focus = focusedMethod(answer);
    if (focus === null) return null;
    return (
      <section id={id} className={panel.panel} aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`} className={panel.title}>
          {title(focus)}
          <span className={panel.hint}>{hint(answer, focus)}</span>
        </h2>
        <div ref={ref} className={frame[id]}>
          {near && <Body answer={answer} focus={focus} />}
        </div>
      </section>
    );
  },
);

/** A panel whose frame stands from the start and whose inside is fetched when it comes near; it follows a slider once that is let go. */
const LatePanel = (props: LatePanelProps): ReactElement => <Frame {...props} answer={useSettledAnswer()} />;

const Changes = latePart(async () => (await import("./Changes.tsx")).Changes).Part;
const Fits = latePart(async () => (await import("./Fits.tsx")).Fits).Part;
const Sweep = latePart(async () => (await import("./Sweep.tsx")).Sweep).Part;
const Guide = latePart(async () => (await import("./Guide.tsx")).Guide).Part;

/** What makes the method in focus fit, by what it costs, or what its room is spent on; and every change that saves memory, by the engine. */
export const ChangesPanel = (): ReactElement => (
  <LatePanel
    id="changes"
    title={fitTitle}
    hint={(answer, focus) => (
      <>
        {fitHint(answer, focus)} <span className={frame.question}>{fitQuestion(focus)}</span>
      </>
    )}
    Body={Changes}
  />
);

/** Methods by cards. */
export const FitsPanel = (): ReactElement => (
  <LatePanel
    id="fits"
    title={() => "What fits where"}
    hint={() => "Spare or missing GiB, then the largest batch, or how many cards it takes, and the longest sequence"}
    Body={Fits}
  />
);

/** Memory over one setting. */
export const SweepPanel = (): ReactElement => (
  <LatePanel
    id="sweep"
    title={() => "Sweep"}
    hint={() => "Memory on the card as one setting varies, everything else unchanged"}
    Body={Sweep}
  />
);

/** Which method, which rank, and what the article says. */
export const GuidePanel = (): ReactElement => (
  <LatePanel
    id="guide"
    title={() => "Guidance"}
    hint={() => "Method, rank, target modules and serving: quoted figures beside this engine’s"}
    Body={Guide}
  />
);
