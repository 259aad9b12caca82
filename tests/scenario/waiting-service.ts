import type { EngineService } from "#service/start-service.ts";
import type { Outcome } from "#service/messages.ts";

type Waiting = Readonly<{ answer: (outcome: Outcome<never>) => void; isDropped: () => boolean }>;

/** An engine that has what it is asked until the test answers, and the questions as it has them. */
export type WaitingService = Readonly<{ waiting: readonly Waiting[]; service: EngineService }>;

export const waitingService = (): WaitingService => {
  const waiting: Waiting[] = [];
  const service: EngineService = {
    ask: (_, take) => {
      let dropped = false;
      waiting.push({ answer: (outcome) => dropped || take(outcome), isDropped: () => dropped });
      return () => {
        dropped = true;
      };
    },
  };
  return { waiting, service };
};
