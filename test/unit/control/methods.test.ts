/** Parameters of the methods. */
import { VitrineError } from '../../../runtime/core/errors';
import { groupIdIn } from '../../../runtime/control/group';
import { checkParams } from '../../../runtime/control/methods';

function faultsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (cause) {
    if (cause instanceof VitrineError) return cause.issues.map((issue) => `${issue.path}: ${issue.message}`);
  }
  return [];
}

describe('parameters', () => {
  it('are taken as text, numbers too', () => {
    expect(checkParams('goto', { cue: 'required' }, { cue: 2 })).toEqual({ cue: '2' });
    expect(checkParams('reload', { show: 'optional' }, {})).toEqual({});
  });

  it('are all named when several are wrong', () => {
    expect(faultsOf(() => checkParams('goto', { cue: 'required' }, { que: 'noon' }))).toEqual([
      'params.que: is not a parameter of goto',
      'params.cue: is missing',
    ]);
    for (const cue of ['', null, {}, true]) {
      expect(faultsOf(() => checkParams('goto', { cue: 'required' }, { cue }))).toHaveLength(1);
    }
  });

  it('named like something every object has are unknown too', () => {
    const params = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, unknown>;
    expect(faultsOf(() => checkParams('next', {}, params))).toHaveLength(2);
  });
});

describe('the group of the socket', () => {
  it('is found by its whole name', () => {
    const file = 'root:x:0:\nvitrine-old:x:990:\nvitrine:x:991:anna,ben\nbroken\nodd:x:nine:\n';
    expect(groupIdIn(file, 'vitrine')).toBe(991);
    expect(groupIdIn(file, 'vitri')).toBeUndefined();
    expect(groupIdIn(file, 'odd')).toBeUndefined();
  });
});
