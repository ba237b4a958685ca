/** Facts: what was measured about this machine, as plain data. Questions about them are asked in `hardware/facts`. */

/** One connector of a display adapter, as the kernel lists it. */
export interface ConnectorFacts {
  readonly name: string;
  readonly connected: boolean;
  /** What the screen says it is: `GSM-5B08 LG HDR 4K`. */
  readonly screen?: string;
  /** First is the preferred mode. */
  readonly modes: readonly { readonly widthPx: number; readonly heightPx: number }[];
}

export interface HardwareFacts {
  readonly board: {
    /** Device-tree model or DMI product name; empty where neither exists. */
    readonly model: string;
    readonly family: 'raspberry-pi' | 'other';
    /** Generation of a Raspberry Pi (Zero 2 W and 3B+ are 3); 0 elsewhere. */
    readonly generation: number;
    readonly serial: string | undefined;
    readonly machineId: string | undefined;
    readonly hostName: string;
  };
  readonly os: {
    readonly id: string;
    readonly version: string;
    readonly kernel: string;
    readonly architecture: string;
  };
  readonly cpu: {
    readonly model: string;
    /** Cores the kernel shows. */
    readonly cores: number;
    /** Cores this process may use: affinity and the cgroup's quota, at least 1; may be a fraction above that. */
    readonly grantedCores: number;
  };
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    /** The cgroup's limit; undefined where there is none. */
    readonly limitBytes: number | undefined;
    /** What may be planned with: the smaller of total and limit. */
    readonly usableBytes: number;
  };
  readonly graphics: {
    /** Kernel driver names of the DRM cards (vc4, v3d, i915, virtio_gpu, …). */
    readonly drivers: readonly string[];
    readonly renderNodes: number;
    readonly framebuffers: readonly string[];
    readonly connectors: readonly ConnectorFacts[];
  };
  readonly audio: { readonly cards: readonly string[] };
  readonly session: {
    /** The display server that can be reached from here. */
    readonly type: 'wayland' | 'x11' | 'kms' | 'none';
    readonly waylandDisplay: string | undefined;
    readonly x11Display: string | undefined;
    readonly underSystemd: boolean;
    readonly container: boolean;
  };
}
