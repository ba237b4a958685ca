import { openStage } from '../../../runtime/session/stage';
import type { StageBatch } from '../../../runtime/stage/commands';
import { card } from '../../support/render-rig';

const ref = { slot: 0, generation: 1, widthPx: 1, heightPx: 1 };

describe('the stage on the main thread', () => {
  const open = () => {
    const sent: StageBatch[] = [];
    return { sent, stage: openStage((batch) => sent.push(batch)) };
  };

  it('sends commands that belong together in one batch, and nothing for none', () => {
    const { stage, sent } = open();
    stage.send();
    stage.send({ op: 'remove', id: 1 }, stage.amend(2, { untilMs: 3 }));
    expect(sent).toEqual([
      {
        kind: 'batch',
        commands: [
          { op: 'remove', id: 1 },
          { op: 'amend', id: 2, change: { untilMs: 3 } },
        ],
      },
    ]);
    expect(new Set([stage.nextId(), stage.nextId(), stage.nextId()]).size).toBe(3);
  });

  it('gives a picture back once, when its layer is off the stage or the stage closes', () => {
    const { stage } = open();
    const released: number[] = [];
    for (const id of [1, 2, 3]) stage.add(card(id, ref), () => void released.push(id));
    expect(stage.layersOn).toBe(3);
    stage.hear({ kind: 'retired', ids: [2, 99] });
    stage.hear({ kind: 'retired', ids: [2] });
    expect(released).toEqual([2]);
    stage.close();
    stage.close();
    expect(released).toEqual([2, 1, 3]);
    expect(stage.layersOn).toBe(0);
  });

  it('tells which frame first showed a batch', async () => {
    const { stage, sent } = open();
    const first = stage.sendForReceipt({ op: 'expect-content', expected: true });
    const second = stage.sendForReceipt();
    const reply = { kind: 'receipt', atMs: 5, blackFrames: 1, repeatedFrames: 2 } as const;
    stage.hear({ ...reply, receipt: sent[1]!.receipt!, frame: 8 });
    stage.hear({ ...reply, receipt: sent[0]!.receipt!, frame: 7 });
    expect(await first).toEqual({ frame: 7, atMs: 5, blackFrames: 1, repeatedFrames: 2 });
    expect((await second).frame).toBe(8);
  });

  it('lets nobody wait for a stage that is closed, and sends nothing more', async () => {
    const { stage, sent } = open();
    const waiting = stage.sendForReceipt();
    stage.close();
    await expect(waiting).rejects.toThrow('closed');
    await expect(stage.sendForReceipt()).rejects.toThrow('closed');
    stage.send({ op: 'remove', id: 1 });
    expect(sent).toHaveLength(1);
  });
});
