/** What the running instance answers, in words for people. */
import { outcomeText, statusText } from '../../../runtime/cli/remote-text';

describe('the status in words', () => {
  it('names the first fifty errors, and says where the others are named', () => {
    const errors = Array.from({ length: 60 }, (_, at) => ({
      code: 'VITRINE_E_PICTURE',
      message: `${at}.jpg is broken`,
    }));
    const text = statusText({ report: { errors } });
    expect(text.match(/is broken/g)).toHaveLength(50);
    expect(text).toMatch(/and 10 more; --json names them$/);
  });

  it('tells its own facts and the figures of the screen, times and bytes in units', () => {
    const text = statusText({
      state: 'playing',
      show: { name: 'Lobby', file: '/srv/show.yaml' },
      cue: { name: 'noon', positionMs: 65_000 },
      uptimeMs: 93_784_000,
      plugins: [
        { id: 'theme-bank', mode: 'required', state: 'open' },
        { id: 'telemetry', mode: 'optional', state: 'quarantined', reason: 'port 8640 is taken' },
      ],
      gauges: { 'theme-bank': { decodesRunningCount: 1 } },
      report: {
        output: 'x11',
        renderer: 'cpu',
        size: [1920, 1080],
        frames: { presented: 12, dropped: 0, intervalMs: { p50: 16 } },
        memory: { budgetBytes: 1024 ** 3, peakRssBytes: 3 * 1024 ** 2 },
        errors: [{ code: 'VITRINE_E_PICTURE', plugin: 'theme-bank', message: 'a.jpg is broken', count: 3 }],
      },
    });
    expect(text.split('\n')).toEqual([
      'state    playing',
      'show     name Lobby, file /srv/show.yaml',
      'cue      name noon, position 1 min 5 s',
      'uptime   1 d 2 h 3 min',
      'plugins  theme-bank required open; telemetry optional quarantined port 8640 is taken',
      'screen   x11, cpu, 1920x1080',
      'frames   presented 12, dropped 0',
      'memory   budget 1 GiB, peak rss 3 MiB',
      'error    VITRINE_E_PICTURE theme-bank a.jpg is broken (3 times)',
    ]);
  });

  it('copes with whatever it is given', () => {
    for (const status of [null, undefined, 7, 'x', [], {}, { report: null }, { report: { frames: 3, errors: 'x' } }]) {
      expect(() => statusText(status)).not.toThrow();
    }
  });
});

describe('an outcome in words', () => {
  it('names what was done and what came of it', () => {
    expect(outcomeText('next', { cue: 'noon', index: 2 })).toBe('next: cue noon, index 2');
    expect(outcomeText('pause', null)).toBe('pause');
    expect(outcomeText('reload', { swapped: true, readyMs: 1234.5 })).toBe('reload: swapped true, ready 1.2 s');
  });
});
