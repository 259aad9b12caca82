import { render, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { SeveralGpus } from "#panels/answer/SeveralGpus.tsx";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";

const show = (patch: Partial<Choices>) => {
  const answer = pageAnswer({ choices: { ...DEFAULT_CHOICES, ...patch } }, POPULAR_CATALOG);
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
    expect(screen.getByText(/^LoRA needs at least .*RTX 4090/)).toBeVisible();
  });

  test("with offloading have host memory, as figures, as bars and as a usual size of machine", () => {
    const { methods } = show({ gpus: 4, offload: "all" });
    expect(headers()).toEqual(["GiB", "Each GPU", "All GPUs", "Host, each", "Host, all"]);
    expect(screen.getAllByRole("img")).toHaveLength(methods.length);
    expect(screen.getByText(/Host memory of common machines: Full needs \d+ GiB/)).toBeVisible();
  });

  test("that divide one model say how, and how few would do of those that can", () => {
    show({ gpus: 8, tp: 2, sp: true, cp: 2, method: "lora" });
    expect(screen.getByText(/^2 × tensor with sequence, 2 × context, 2 × data\./)).toBeVisible();
    expect(screen.getByText(/LoRA needs at least 4 × RTX 4090/)).toBeVisible();
  });

  test("in a pipeline have the peak of each stage, and how many micro batches it keeps", () => {
    show({ gpus: 4, pp: 4, accum: 8, method: "full" });
    const stages = screen.getByRole("table", { name: /PyTorch peak of each stage, Full/ });
    const names = within(stages)
      .getAllByRole("rowheader")
      .map((cell) => cell.textContent);
    expect(names).toEqual([
      "Layers 1 to 8, embeddings",
      "Layers 9 to 16",
      "Layers 17 to 24",
      "Layers 25 to 32, head and loss",
    ]);
    const last = within(within(stages).getByRole("row", { name: /head and loss/ })).getAllByRole("cell");
    expect(last[0]).toHaveTextContent("1");
  });

  test("one GPU with the help of its host has no column of all", () => {
    show({ offload: "optimizer" });
    expect(screen.getByRole("heading")).toHaveTextContent("With host memory");
    expect(headers()).toEqual(["GiB", "Each GPU", "Host, all"]);
    expect(screen.queryByText(/needs at least/)).toBeNull();
  });

  test("of a machine that is rented whole are held against the memory of its host", () => {
    show({ gpu: { kind: "catalog", id: "h100-sxm" }, gpus: 8, offload: "all" });
    expect(
      screen.getByText(/What is offloaded fits in the 2,048 GiB of host memory of a p5.48xlarge or DGX H100/),
    ).toBeVisible();
    expect(screen.getByText("2,048")).toBeInTheDocument();
  });

  test("say which methods offload more than the machine's host has", () => {
    show({ gpu: { kind: "catalog", id: "l4" }, gpus: 4, offload: "all", model: { kind: "size", params: 3e10 } });
    expect(
      screen.getByText(/Full: more is offloaded than the 192 GiB of host memory of a g6.12xlarge hold/),
    ).toBeVisible();
  });
});
