import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { create } from "zustand";
import { Combobox, type ComboboxPlace } from "#ui/Combobox.tsx";
import { ComboboxList } from "#ui/ComboboxList.tsx";

const FRUIT = [
  { id: "apple", label: "Green apple", detail: "1 g" },
  { id: "pear", label: "Pear", detail: "2 g" },
  { id: "plum", label: "Green plum", detail: "3 g" },
];

const find = (query: string) => [
  {
    label: "Fruit",
    options: FRUIT.filter(({ label }) =>
      query
        .toLowerCase()
        .split(" ")
        .every((word) => label.toLowerCase().includes(word)),
    ),
  },
];

const useFruit = create(() => ({ id: "pear" }));

const FruitList = (place: ComboboxPlace): ReactElement => (
  <ComboboxList
    {...place}
    chosenId={useFruit(({ id }) => id)}
    find={find}
    onChoose={(id) => useFruit.setState({ id })}
    placeholder="Search fruit"
  />
);

const loadFruit = vi.fn<() => Promise<typeof FruitList>>();

const Held = (): ReactElement => {
  const chosenId = useFruit(({ id }) => id);
  const chosen = FRUIT.find(({ id }) => id === chosenId);
  return <Combobox label="Fruit" value={{ label: chosen?.label ?? "", detail: chosen?.detail }} loadList={loadFruit} />;
};

const closed = (): HTMLElement => screen.getByRole("button", { name: /^Fruit/ });
const search = (): Promise<HTMLElement> => screen.findByRole("combobox", { name: "Search: Fruit" });

describe("a searchable list", () => {
  beforeEach(() => {
    useFruit.setState({ id: "pear" });
    loadFruit.mockReset().mockResolvedValue(FruitList);
  });

  it("is a plain button with its value until it is opened", () => {
    render(<Held />);
    expect(closed()).toHaveAccessibleName("Fruit Pear 2 g");
    expect(closed()).toHaveAttribute("aria-expanded", "false");
    expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
    expect(loadFruit).not.toHaveBeenCalled();
    expect(renderToString(<Held />)).not.toMatch(/\sstyle=/);
  });

  it("opens with all that is offered and moves the focus to the search", async () => {
    render(<Held />);
    await userEvent.click(closed());
    await waitFor(async () => expect(await search()).toHaveFocus());
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
      "Green apple1 g",
      "Pear2 g",
      "Green plum3 g",
    ]);
  });

  it("finds words in any order and takes the first match on Enter", async () => {
    render(<Held />);
    await userEvent.click(closed());
    await userEvent.type(await search(), "plum gr");
    expect(screen.getAllByRole("option")).toHaveLength(1);
    expect(screen.getByText("plum")).toContainHTML("<mark");
    await userEvent.keyboard("{Enter}");
    expect(closed()).toHaveAccessibleName("Fruit Green plum 3 g");
    await waitFor(() => expect(closed()).toHaveFocus());
  });

  it("loses no key that is typed while the list is still on its way", async () => {
    let arrive: (list: typeof FruitList) => void = () => undefined;
    loadFruit.mockReturnValue(new Promise((resolve) => (arrive = resolve)));
    render(<Held />);
    closed().focus();
    await userEvent.keyboard("plu");
    arrive(FruitList);
    await waitFor(async () => expect(await search()).toHaveValue("plu"));
    expect(screen.getAllByRole("option")).toHaveLength(1);
  });

  it("is opened by a letter, which is the first one searched for", async () => {
    render(<Held />);
    closed().focus();
    await userEvent.keyboard("g");
    await waitFor(async () => expect(await search()).toHaveValue("g"));
    expect(screen.getAllByRole("option")).toHaveLength(2);
  });

  it("is walked with the arrows, and left unchanged with Escape", async () => {
    render(<Held />);
    closed().focus();
    await userEvent.keyboard("{ArrowDown}");
    await waitFor(async () => expect(await search()).toHaveFocus());
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
    expect(closed()).toHaveAccessibleName("Fruit Pear 2 g");
    await userEvent.keyboard("{ArrowDown}");
    await userEvent.type(await search(), "green");
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(closed()).toHaveAccessibleName("Fruit Green plum 3 g");
  });

  it("says when nothing is found", async () => {
    render(<Held />);
    await userEvent.click(closed());
    await userEvent.type(await search(), "stone");
    expect(await screen.findByText("Nothing found. Try fewer words.")).toBeVisible();
  });
});
