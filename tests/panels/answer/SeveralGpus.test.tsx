import "#calc/parallel/all-strategies.ts";
import { render, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { SeveralGpus } from "#panels/answer/SeveralGpus.tsx";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { toAnswer } from "#scenario/to-answer.ts";

const show = (patch: Partial<Choices>) => {
  const answer = toAnswer({ ...DEFAULT_CHOICES, ...patch }, POPULAR_CATALOG);
  render(<SeveralGpus answer={answer} />);
  return answer;
};

const headers = (): readonly (string | null)[] => screen.getAllByRole("columnheader").map((cell) => cell.textContent);

describe("Several GPUs", () => {
  test("have what each holds, what all hold, and how few would do", () => {
    show({ gpus: 4, method: "lora" });
    expect(screen.getByRole("heading")).toHaveTextContent("Over 4 × RTX 4090");
    expect(headers()).toEqual(["GiB", "Each GPU", "All GPUs"]);
    const lora = within(screen.getByRole("row", { name: /^LoRA/ }))
      .getAllByRole("cell")
      .map((cell) => Number(cell.textContent));
    expect((lora[1] ?? 0) / (lora[0] ?? 1)).toBeCloseTo(4, 1);
    expect(screen.getByText(/^LoRA goes on .*RTX 4090 at the fewest/)).toBeVisible();
  });

  test("with offloading have host memory, as figures, as bars and as a usual size of machine", () => {
    const { methods } = show({ gpus: 4, offload: "all" });
    expect(headers()).toEqual(["GiB", "Each GPU", "All GPUs", "Host, each", "Host, all"]);
    expect(screen.getAllByRole("img")).toHaveLength(methods.length);
    expect(screen.getByText(/Of usual machines, Full takes one with \d+ GiB/)).toBeVisible();
  });

  test("one GPU with the help of its host has no column of all", () => {
    show({ offload: "optimizer" });
    expect(screen.getByRole("heading")).toHaveTextContent("With host memory");
    expect(headers()).toEqual(["GiB", "Each GPU", "Host, all"]);
    expect(screen.queryByText(/at the fewest/)).toBeNull();
  });

  test("of a machine that is rented whole are held against the memory of its host", () => {
    show({ gpu: { kind: "catalog", id: "h100-sxm" }, gpus: 8, offload: "all" });
    expect(screen.getByText(/What is offloaded fits in the 2,048 GiB of a p5.48xlarge’s host/)).toBeVisible();
    expect(screen.getByText("2,048")).toBeInTheDocument();
  });

  test("say which methods offload more than the machine's host has", () => {
    show({ gpu: { kind: "catalog", id: "l4" }, gpus: 4, offload: "all", model: { kind: "size", params: 3e10 } });
    expect(screen.getByText(/Full: more is offloaded than the 192 GiB of a g6.12xlarge’s host hold/)).toBeVisible();
  });
});
