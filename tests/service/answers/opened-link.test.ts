import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { openedLink } from "#service/answers/opened-link.ts";

const open = (search: string): ReturnType<typeof openedLink> => openedLink({ search }, POPULAR_CATALOG);

describe("a link to a card that no list shows first", () => {
  test.each([
    ["an old one", "v100-16gb"],
    ["a gaming card", "rtx-2060-12gb"],
    ["another vendor's", "mi210"],
    ["a slice of one", "h100-mig-1g-10gb"],
  ])("is answered with that card: %s, %s", async (_, gpu) => {
    expect(POPULAR_CATALOG.gpus).not.toHaveProperty(gpu);
    const { choices, issues, answer } = await open(`?v=1&gpu=${gpu}`);
    expect(issues).toEqual([]);
    expect(choices.gpu).toEqual({ kind: "catalog", id: gpu });
    const whole = toAnswer(choices, FULL_CATALOG);
    expect(whole.gpu.name).toBe(FULL_CATALOG.gpus[gpu]?.name);
    expect(answer.gpu).toEqual(whole.gpu);
    expect(answer.methods.map(({ card }) => card)).toEqual(whole.methods.map(({ card }) => card));
  });

  test("is answered with it beside another scenario, too", async () => {
    const { pinned, issues } = await open("?v=1&b=gpu:v100-16gb");
    expect(issues).toEqual([]);
    expect(pinned).toMatchObject([{ gpu: { kind: "catalog", id: "v100-16gb" } }]);
  });
});
