import { type ComponentType, memo, type ReactElement, type ReactNode } from "react";
import { focusedMethod } from "#panels/answer/selection.ts";
import panel from "#panels/panel.module.css";
import { useNear, useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import frame from "./LatePanel.module.css";

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
export const LatePanel = (props: LatePanelProps): ReactElement => <Frame {...props} answer={useSettledAnswer()} />;
