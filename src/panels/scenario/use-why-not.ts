import { useAnswer } from "#scenario/page/store.ts";

/** Why a choice is not used as it stands, by its key in a link: it does not go with the model or with the others. */
export const useWhyNot = (): ((key: string) => string | undefined) => {
  const { mismatches } = useAnswer();
  return (key) => mismatches.find((issue) => issue.key === key)?.message;
};
