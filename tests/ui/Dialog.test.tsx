import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { useModal } from "#ui/Dialog.tsx";
import { bringDialogs } from "../panels/import/builders.ts";

beforeAll(bringDialogs);
afterEach(cleanup);

const Asking = ({ onClose }: Readonly<{ onClose: () => void }>) => {
  const { dialog, close, listeners } = useModal(onClose);
  return (
    <dialog ref={dialog} aria-label="Asking" {...listeners}>
      <input type="file" aria-label="File" />
      <button onClick={close}>Done</button>
    </dialog>
  );
};

test("a dialog is open as long as it stands, and says at once that it closes", () => {
  const closed = vi.fn<() => void>();
  render(<Asking onClose={closed} />);
  expect(screen.getByRole("dialog")).toHaveProperty("open", true);
  expect(closed).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Done" }));
  expect(closed).toHaveBeenCalled();
});

test("Escape closes it; a file field in it that is left without a file does not", () => {
  const closed = vi.fn<() => void>();
  render(<Asking onClose={closed} />);
  fireEvent(screen.getByLabelText("File"), new Event("cancel", { bubbles: true }));
  expect(closed).not.toHaveBeenCalled();
  fireEvent(screen.getByRole("dialog"), new Event("cancel", { cancelable: true }));
  expect(closed).toHaveBeenCalled();
});
