// Properties of the device that change bytes: a CUDA GPU, and PyTorch on fake tensors for references.

/** Where the step runs, as far as bytes differ that no scenario speaks of. */
export type Machine = Readonly<{
  /** Scratch memory of matrix multiplication, taken from the caching allocator with the first product of each thread: forward's, and autograd's. */
  cublasWorkspaceBytes: number;
  /** Whose step counter (one fp32 scalar for each tensor, one block of 512 B) lies on the device. */
  stepCountersOnDevice: "adamw_torch_fused" | "adamw_torch";
  /** Whether autograd adds a second gradient into the buffer of the first, when it owns that buffer. */
  gradientsAddInPlace: boolean;
  /** Set where host memory is counted as the device's: what is made there before it is moved, batches of a data loader that wait. */
  hostIsDevice?: true;
  /** Set where rows without padding have no mask, whatever window a layer has: on fake tensors a stand-in says so. */
  withoutWindowMasks?: true;
  /** Set where the process has loaded a model with nested statistics before: it has bitsandbytes' table of their 256 values. */
  hasNestedTable?: true;
}>;

/**
 * A CUDA device, what the page shows. A workspace is that of cuBLAS before Hopper: 2 × 4,096 KiB + 8 × 16 KiB = 8.125 MiB (Hopper: 32 MiB). There are two:
 * a handle belongs to a thread, and backward runs on autograd's own. Runs measured at rest have both (45 of fms-acceleration, within 0.6 MiB).
 * Fused AdamW keeps its step counters beside the parameters, the for-each one on the CPU.
 *
 * @see aten/src/ATen/cuda/CublasHandlePool.cpp, `parseChosenWorkspaceSize`, `getCurrentCUDABlasHandle` (`thread_local` pool); torch/optim/adam.py, `_init_group`;
 * torch/csrc/autograd/input_buffer.cpp, `InputBuffer::accumulate`.
 */
export const CUDA: Machine = {
  cublasWorkspaceBytes: 2 * (2 * 4096 + 8 * 16) * 1024,
  stepCountersOnDevice: "adamw_torch_fused",
  gradientsAddInPlace: true,
};

/**
 * PyTorch on fake tensors, which the engine is tested against: no cuBLAS, every tensor on one device, sums of gradients out of place.
 *
 * @see torch/_subclasses/fake_tensor.py
 */
export const FAKE_TENSORS: Machine = {
  cublasWorkspaceBytes: 0,
  stepCountersOnDevice: "adamw_torch",
  gradientsAddInPlace: false,
  hostIsDevice: true,
  withoutWindowMasks: true,
};
