import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { Computed } from "#panels/answer/Computed.tsx";
import { Moments } from "#panels/answer/Moments.tsx";
import { openFormula } from "#panels/answer/selection.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { clearAskedControl, useAskedControl, useScenario } from "#scenario/page/store.ts";
import { AlwaysNear } from "./always-near.ts";
import { withBasis } from "./with-basis.ts";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  act(clearAskedControl);
});

const Asked = (): string => `asked: ${String(useAskedControl())}`;

const renderNear = async (): Promise<HTMLElement> => {
  vi.stubGlobal("IntersectionObserver", AlwaysNear);
  render(
    <>
      <Moments />
      <Computed />
      <Asked />
    </>,
  );
  vi.unstubAllGlobals();
  return screen.findByRole("table", { name: "What bytes per logit are made of" });
};

const factor = (name: RegExp): HTMLElement => screen.getByRole("button", { name });

test("a factor of bytes is open on the tensors that add up to it: bytes, name, kernel, shape, reason, GiB", async () => {
  const table = await renderNear();
  expect(factor(/^12\sB bytes per logit 4 \+ 4 \+ 4, three tensors$/)).toHaveAttribute("aria-expanded", "true");
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toHaveTextContent(
    /^4\sBLog-probabilitieslog_softmax1, 2048, 128256 fp32Saved in forward for backward1\.0$/,
  );
  expect(
    screen.getByText(/In the forward pass bytes per logit are 10.*Plus 512\sB for the loss itself\./),
  ).toBeVisible();
});

test("a press closes it, another opens it again", async () => {
  await renderNear();
  const user = userEvent.setup();
  await user.click(factor(/^12\sB bytes per logit/));
  expect(factor(/^12\sB bytes per logit/)).toHaveAttribute("aria-expanded", "false");
  expect(screen.queryByRole("table", { name: "What bytes per logit are made of" })).toBeNull();
  await user.click(factor(/^12\sB bytes per logit/));
  expect(screen.getByRole("table", { name: "What bytes per logit are made of" })).toBeVisible();
});

test("rows and tokens lead to their controls, the vocabulary to the model", async () => {
  await renderNear();
  const user = userEvent.setup();
  for (const [name, control] of [
    [/^1 rows Batch size$/, "batch"],
    [/^2,048 tokens Sequence length$/, "seq"],
    [/^128,256 vocabulary config\.json, vocab_size$/, "model"],
  ] as const) {
    await user.click(factor(name));
    expect(screen.getByText(`asked: ${control}`)).toBeVisible();
  }
});

test("a tensor's name opens what is alive at the peak at its term, and brings it into view", async () => {
  const table = await renderNear();
  const user = userEvent.setup();
  await user.click(within(table).getByRole("button", { name: "Log-probabilities" }));
  expect(await screen.findByRole("radio", { name: "Logits and loss" })).toBeChecked();
  expect(factor(/^What is alive at the peak [\d,]+\sB/)).toHaveFocus();
});

test("a count of parameters leads to the weights one by one", async () => {
  await renderNear();
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: /^Base weights/ }));
  await user.click(factor(/^8,030,261,248 parameters tensor by tensor$/));
  expect(await screen.findByRole("radio", { name: "Base weights" })).toBeChecked();
});

test.each([
  ["rule", "peak × gaps per byte", "constant"],
  ["replay", "gaps of the allocator", "a replay of this run"],
] as const)(
  "the allocator's gaps by the %s are said to come from there, and lead to no tensor",
  async (basis, gaps, from) => {
    const { answer } = useScenario.getState();
    if (answer === null) throw new Error("there is an answer");
    useScenario.setState({ answer: withBasis(answer, () => basis) });
    render(<Computed />);
    const formula = `${gaps} + GiB of CUDA context × bytes per GiB`;
    act(() => openFormula("framework"));
    expect(
      screen.getByRole("button", { name: (name) => name.startsWith(`Framework ${formula} `), expanded: true }),
    ).toBeVisible();
    const { parentElement: said } = screen.getByText(/^gaps (?:per byte|of the allocator)$/);
    expect(said).toHaveTextContent(new RegExp(`gaps [a-z ]+ ${from}$`));
    expect(said?.closest("button")).toBeNull();
  },
);

test("a change that takes the tensors away closes them", async () => {
  await renderNear();
  act(() => changeChoices({ loss: "fused" }));
  await waitFor(() => expect(screen.queryByRole("table", { name: "What bytes per logit are made of" })).toBeNull());
});
