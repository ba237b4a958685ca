/** The stage on the main thread: numbers layers, sends batches, gives pictures back when their layers are off the stage. */
import type { LayerChange, StageBatch, StageCommand, StageReply } from '../stage/commands';
import type { Layer } from '../stage/layer';

export interface StageReceipt {
  /** Number of the frame that first showed the batch. */
  readonly frame: number;
  readonly atMs: number;
  readonly blackFrames: number;
  readonly repeatedFrames: number;
}

export interface Stage {
  /** A number no layer had before. */
  nextId(): number;
  /** Sends commands that take effect together. */
  send(...commands: StageCommand[]): void;
  /** As `send`; resolves with the first frame that shows them. Rejects when the stage closes before. */
  sendForReceipt(...commands: StageCommand[]): Promise<StageReceipt>;
  /** Adds a layer; `release` is called once when it is off the stage, or when the stage closes. */
  add(layer: Layer, release: () => void): StageCommand;
  amend(id: number, change: LayerChange): StageCommand;
  /** Resolves with the stage ms at which a layer that follows another has begun; undefined when it is off the stage before. */
  began(id: number): Promise<number | undefined>;
  /** Whether a layer was added and is not known to be off the stage. */
  isOn(id: number): boolean;
  /** Layers that were added and not retired yet. */
  readonly layersOn: number;
  /** Hands replies of the render thread in. */
  hear(reply: StageReply): void;
  close(): void;
}

export function openStage(post: (batch: StageBatch) => void): Stage {
  const releases = new Map<number, () => void>();
  const begins = new Map<number, (atMs: number | undefined) => void>();
  const receipts = new Map<number, { resolve(receipt: StageReceipt): void; reject(cause: Error): void }>();
  let lastId = 0;
  let lastReceipt = 0;
  let closed = false;
  const settleBegin = (id: number, atMs: number | undefined): void => {
    begins.get(id)?.(atMs);
    begins.delete(id);
  };
  const retire = (id: number): void => {
    const release = releases.get(id);
    releases.delete(id);
    settleBegin(id, undefined);
    release?.();
  };
  return {
    nextId: () => (lastId += 1),
    send(...commands) {
      if (!closed && commands.length > 0) post({ kind: 'batch', commands });
    },
    sendForReceipt(...commands) {
      if (closed) return Promise.reject(new Error('the stage is closed'));
      const receipt = (lastReceipt += 1);
      return new Promise((resolve, reject) => {
        receipts.set(receipt, { resolve, reject });
        post({ kind: 'batch', commands, receipt });
      });
    },
    add(layer, release) {
      releases.set(layer.id, release);
      return { op: 'add', layer };
    },
    amend: (id, change) => ({ op: 'amend', id, change }),
    isOn: (id) => releases.has(id),
    began: (id) => new Promise((resolve) => begins.set(id, resolve)),
    get layersOn() {
      return releases.size;
    },
    hear(reply) {
      if (reply.kind === 'retired') reply.ids.forEach(retire);
      else if (reply.kind === 'began') settleBegin(reply.id, reply.atMs);
      else if (reply.kind === 'receipt') {
        const { frame, atMs, blackFrames, repeatedFrames } = reply;
        receipts.get(reply.receipt)?.resolve({ frame, atMs, blackFrames, repeatedFrames });
        receipts.delete(reply.receipt);
      }
    },
    close() {
      closed = true;
      for (const id of [...releases.keys()]) retire(id);
      for (const { reject } of receipts.values()) reject(new Error('the stage is closed'));
      receipts.clear();
    },
  };
}
