import type { ReactElement } from "react";
import { Changes } from "#panels/advice/Changes.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { useAnswer } from "#scenario/page/store.ts";

/** What to change, with the present answer. */
export const ChangesNow = (): ReactElement | null => {
  const answer = useAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Changes answer={answer} focus={focus} />;
};
