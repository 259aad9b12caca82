import { useEffect, useState } from "react";
import type { QuickAdvice } from "#advice/advise.ts";
import type { TopChange } from "#advice/top-change.ts";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { inSlices } from "./in-slices.ts";

/** Advice, and its one sentence. */
type PageAdvice = QuickAdvice & Readonly<{ top: TopChange }>;

type Question = Readonly<{ answer: Answer; advice: Promise<PageAdvice | null> }>;

/** The sentence under the verdict and the panel ask the same: it is worked out once. */
let asked: Question | null = null;

const LATEST_START_MILLISECONDS = 500;

/** The page's first moments belong to the answer; not every browser says when it has nothing to do. */
const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: LATEST_START_MILLISECONDS });
  });

const adviceOn = async (answer: Answer): Promise<PageAdvice | null> => {
  const focus = focusedMethod(answer);
  if (focus === null) return null;
  await idle();
  const [{ quickAdvice }, { topChange }] = await Promise.all([
    import("#advice/advise.ts"),
    import("#advice/top-change.ts"),
  ]);
  const choices = { ...answer.choices, method: focus.method };
  const { catalog } = useScenario.getState();
  const advice = await inSlices(quickAdvice(choices, catalog), () => asked?.answer === answer);
  return advice === null ? null : { ...advice, top: topChange(advice) };
};

const ask = (answer: Answer): Promise<PageAdvice | null> => {
  if (asked?.answer !== answer) asked = { answer, advice: adviceOn(answer) };
  return asked.advice;
};

/** Advice on an answer: the last one until that of this answer is worked out, and whether it is. */
export const useAdvice = (answer: Answer): Readonly<{ advice: PageAdvice | null; fresh: boolean }> => {
  const [done, setDone] = useState<Readonly<{ answer: Answer; advice: PageAdvice }> | null>(null);
  useEffect(() => {
    let wanted = true;
    const take = async (): Promise<void> => {
      const advice = await ask(answer);
      if (wanted && advice !== null) setDone({ answer, advice });
    };
    void take();
    return () => {
      wanted = false;
    };
  }, [answer]);
  return { advice: done?.advice ?? null, fresh: done?.answer === answer };
};
