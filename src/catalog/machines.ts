// Machines with several GPUs and their host memory; fewest GPUs for models of common sizes.

/** A machine of several equal GPUs that can be rented or bought. */
export type MachineRow = Readonly<{
  /** Its name, or the names of those that have the same GPUs and no less memory. */
  name: string;
  /** The catalog's id of its GPUs. */
  gpu: string;
  gpus: number;
  /** Memory of the host, GiB. */
  hostGib: number;
}>;

/**
 * Machines of several GPUs with the memory of their hosts, no two with the same GPUs: where they are sold with more host memory too, the one with the
 * least (a DGX A100 has 2,048 GiB in NVIDIA's runs).
 *
 * @see https://github.com/meta-pytorch/torchx/blob/main/torchx/specs/named_resources_aws.py (p3 to p5, g4dn, g5, g6e: GPUs and memory);
 * https://github.com/openshift/openshift-docs, modules/rosa-sdpolicy-am-aws-compute-types.adoc (memory of g6 and p6);
 * https://docs.nvidia.com/dgx-basepod/reference-architecture-infrastructure-foundation-enterprise-ai/latest/core-components.html (DGX H100 and H200: 2 TB);
 * https://docs.nvidia.com/dgx/dgxb200-user-guide/introduction-to-dgxb200.html (2 TB); https://github.com/mlcommons/training_results_v2.0 and _v0.7,
 * NVIDIA/systems/dgxa100_….json (A100 of 80 and of 40 GB: 2 TB); https://github.com/MicrosoftDocs/azure-docs, articles/virtual-machines/nc-a100-v4-series.md,
 * ncv3-series.md (GPUs and memory), read 2026-11-26
 */
export const MACHINES = {
  "g4dn.12xlarge": { name: "g4dn.12xlarge", gpu: "t4", gpus: 4, hostGib: 192 },
  "g4dn.metal": { name: "g4dn.metal", gpu: "t4", gpus: 8, hostGib: 384 },
  NC12s_v3: { name: "NC12s v3", gpu: "v100-16gb", gpus: 2, hostGib: 224 },
  "p3.8xlarge": { name: "p3.8xlarge", gpu: "v100-16gb", gpus: 4, hostGib: 244 },
  "p3.16xlarge": { name: "p3.16xlarge", gpu: "v100-16gb", gpus: 8, hostGib: 488 },
  "p3dn.24xlarge": { name: "p3dn.24xlarge", gpu: "v100-32gb", gpus: 8, hostGib: 768 },
  "g5.12xlarge": { name: "g5.12xlarge", gpu: "a10g", gpus: 4, hostGib: 192 },
  "g5.48xlarge": { name: "g5.48xlarge", gpu: "a10g", gpus: 8, hostGib: 768 },
  "g6.12xlarge": { name: "g6.12xlarge", gpu: "l4", gpus: 4, hostGib: 192 },
  "g6.48xlarge": { name: "g6.48xlarge", gpu: "l4", gpus: 8, hostGib: 768 },
  "g6e.12xlarge": { name: "g6e.12xlarge", gpu: "l40s", gpus: 4, hostGib: 384 },
  "g6e.48xlarge": { name: "g6e.48xlarge", gpu: "l40s", gpus: 8, hostGib: 1536 },
  NC48ads_A100_v4: { name: "NC48ads A100 v4", gpu: "a100-80gb-pcie", gpus: 2, hostGib: 440 },
  NC96ads_A100_v4: { name: "NC96ads A100 v4", gpu: "a100-80gb-pcie", gpus: 4, hostGib: 880 },
  "p4d.24xlarge": { name: "p4d.24xlarge or DGX A100 320GB", gpu: "a100-40gb-sxm", gpus: 8, hostGib: 1152 },
  "p4de.24xlarge": { name: "p4de.24xlarge or DGX A100 640GB", gpu: "a100-80gb-sxm", gpus: 8, hostGib: 1152 },
  "p5.48xlarge": { name: "p5.48xlarge or DGX H100", gpu: "h100-sxm", gpus: 8, hostGib: 2048 },
  "p5en.48xlarge": { name: "p5en.48xlarge or DGX H200", gpu: "h200-sxm", gpus: 8, hostGib: 2048 },
  "p6-b200.48xlarge": { name: "p6-b200.48xlarge or DGX B200", gpu: "b200", gpus: 8, hostGib: 2048 },
} as const satisfies Record<string, MachineRow>;
