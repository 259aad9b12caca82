import { act, render, screen } from "@testing-library/react";
import { type ReactElement, useMemo } from "react";
import { afterEach, expect, test } from "vitest";
import { useAnswerDetails } from "#panels/answer/use-settled-answer.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { type PageAnswer, pageAnswer } from "#service/answers/page-answer.ts";
import { hereService } from "../../here-service.ts";

afterEach(() => replaceEngine(hereService));

/** An engine that waits for a sign before it gives anything. */
const slowEngine = () => {
  const waiting: (() => void)[] = [];
  replaceEngine({
    ask: (question, take) => {
      let isWanted = true;
      waiting.push(() => {
        if (isWanted) hereService.ask(question, take);
      });
      return () => {
        isWanted = false;
      };
    },
  });
  return { answerAll: (): void => act(() => waiting.splice(0).forEach((give) => give())) };
};

const Panel = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement => {
  const { choices } = answer;
  const told = useAnswerDetails(
    answer,
    "timeline",
    useMemo(() => ({ choices, alive: false }), [choices]),
  );
  if (told === null) return <p>nothing</p>;
  const { methods } = told.answer;
  const { points = [], peak = 0 } = told.given ?? {};
  return <p>{`${methods[0]?.estimate.peakBytes} ${points[peak]?.bytes}`}</p>;
};

const at = (batch: number): PageAnswer =>
  pageAnswer({ choices: { ...DEFAULT_CHOICES, method: "lora", show: ["lora"], batch } }, POPULAR_CATALOG);
const textOf = (answer: PageAnswer): string => {
  const bytes = answer.methods[0]?.estimate.peakBytes;
  return `${bytes} ${bytes}`;
};

test("what is told beside an answer stays with its own answer until the next is whole", () => {
  const engine = slowEngine();
  const [one, two, three] = [at(1), at(2), at(3)];
  const { rerender } = render(<Panel answer={one} />);
  expect(screen.getByText("nothing")).toBeInTheDocument();
  engine.answerAll();
  expect(screen.getByText(textOf(one))).toBeInTheDocument();
  rerender(<Panel answer={two} />);
  expect(screen.getByText(textOf(one))).toBeInTheDocument();
  rerender(<Panel answer={three} />);
  engine.answerAll();
  expect(screen.getByText(textOf(three))).toBeInTheDocument();
});
