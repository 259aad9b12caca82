import { expect, test } from "vitest";
import { runMomentWords } from "#format/phrases.ts";

test("a moment of a run is named inside a sentence, an evaluation with its batch where that is known", () => {
  expect(runMomentWords("save")).toBe("saving");
  expect(runMomentWords("prepare", 8)).toBe("preparation");
  expect(runMomentWords("evaluate")).toBe("evaluation");
  expect(runMomentWords("evaluate", 1024)).toBe("evaluation at batch 1,024");
});
