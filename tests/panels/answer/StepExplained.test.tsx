import { decodeLink } from "#scenario/choices/decode-link.ts";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { StepExplained } from "#panels/answer/StepExplained.tsx";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { hereService } from "../../here-service.ts";

const draw = (link: string): void => {
  render(<StepExplained answer={pageAnswer({ choices: decodeLink(link, FULL_CATALOG).value }, FULL_CATALOG)} />);
};

const show = async (link: string): Promise<void> => {
  draw(link);
  await screen.findByRole("figure");
};

test.each([
  ["of one micro batch names none", "?v=1&show=lora", /^The second step, layer by layer: each layer/],
  [
    "of several is drawn with the last",
    "?v=1&show=lora&accum=4",
    /layer by layer, the last of its 4 micro batches: each/,
  ],
  [
    "in a stage that is highest while it gathers its parameters is drawn with the first",
    "?v=1&stack=torchtitan&method=lora&show=lora&gpus=16&pp=2&accum=4&shard=fsdp2&batch=1&seq=64",
    /layer by layer, the first of its 4 micro batches: each/,
  ],
])("a step %s", async (_, link, words) => {
  await show(link);
  expect(screen.getByText(words)).toBeInTheDocument();
});

test("what PyTorch holds while there is room is said: under the picture, of the point, to those who hear it, in the table", async () => {
  await show("?v=1&show=lora");
  expect(screen.getByText("Held by PyTorch while there is room")).toBeVisible();
  expect(screen.getByText("Seen while there is room").nextElementSibling).toHaveTextContent("20.5");
  expect(screen.getByRole("slider", { name: "Point of the training step" })).toHaveAttribute(
    "aria-valuetext",
    expect.stringMatching(/^Peak: backward of the loss, 19\.8 GiB, 20\.5 GiB seen: base weights 15\.0/),
  );
  await userEvent.click(screen.getByText("The same numbers"));
  const column = screen.getAllByRole("columnheader").findIndex((each) => each.textContent === "Seen");
  for (const row of screen.getAllByRole("row").slice(1)) expect(row.children[column]).toHaveTextContent("20.5");
});

test("nothing is said of it where the allocator is not replayed", async () => {
  await show("?v=1&show=lora&gpus=2&shard=zero3");
  expect(screen.queryByText(/Held by PyTorch|Seen while/)).not.toBeInTheDocument();
  expect(screen.getByRole("slider").getAttribute("aria-valuetext")).not.toContain("seen");
  await userEvent.click(screen.getByText("The same numbers"));
  expect(screen.queryByRole("columnheader", { name: "Seen" })).not.toBeInTheDocument();
});

test("the flat accounting says that it runs no step", async () => {
  draw("?v=1&stack=article");
  expect(
    await screen.findByText(/^Bytes per parameter are counted without running a step: .* there is\.$/),
  ).toBeVisible();
  expect(screen.queryByRole("figure")).not.toBeInTheDocument();
});

test("what is alive at the peak is asked for while its list is open, and not before or after", async () => {
  const asked: unknown[] = [];
  replaceEngine({
    ask: (question, take) => {
      asked.push(question.asked);
      return hereService.ask(question, take);
    },
  });
  await show("?v=1&show=lora");
  const row = screen.getByRole("button", { name: /^What is alive at the peak/ });
  await userEvent.click(row);
  expect(screen.getByRole("rowheader", { name: /^Sum of all rows/ })).toBeVisible();
  await userEvent.click(row);
  replaceEngine(hereService);
  expect(asked).toMatchObject([{ alive: false }, { alive: true }, { alive: false }]);
});
